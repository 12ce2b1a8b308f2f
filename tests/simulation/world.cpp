#include "tests/simulation/world.h"

#include <fmt/format.h>
#include <algorithm>

#include "core/dialogue_for.h"

namespace stocktray::simulation {

using namespace std::chrono_literals;

namespace {

constexpr Milliseconds day_long = 24h;
constexpr Milliseconds imported_every = 1h;

// Whoever downloads a whole store gives its pages to the agent within a turn.
class Pages final : public cart::CountSink {
public:
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) override { pages.emplace_back(page, answer); }
    std::vector<std::pair<std::vector<cart::ReadCount>, std::int32_t>> pages;
};

}  // namespace

void Sums::add(const Sums& other) {
    changes += other.changes;
    orders += other.orders;
    faults += other.faults;
    crashes += other.crashes;
    requests += other.requests;
    unclear += other.unclear;
    persons += other.persons;
    jobs += other.jobs;
    rejected += other.rejected;
    interventions += other.interventions;
    restored += other.restored;
    stores_restored += other.stores_restored;
    stores_named += other.stores_named;
    turns += other.turns;
}

World::World(std::uint64_t seed, bool is_traced)
    : seed_{seed}, is_traced_{is_traced}, random_{seed}, now_{wall_from_ms(1'800'000'000'000), agent_from_ms(1'000'000)} {
    set_up();
}

// --- time ------------------------------------------------------------------------------------------------

void World::at(Milliseconds from_now, Action action) {
    events_.push({now_.steady + from_now, ++last_event_, std::make_shared<Action>(std::move(action))});
}

void World::advance_to(AgentTime time) {
    if (time <= now_.steady) return;
    now_.wall += time - now_.steady;
    now_.steady = time;
}

bool World::step(AgentTime until) {
    const auto wakeup = controller_->next_wakeup(now_);
    const auto event_at = events_.empty() ? std::optional<AgentTime>{} : std::optional{events_.top().at};
    const bool is_wakeup = wakeup && (!event_at || std::max(*wakeup, now_.steady) < *event_at);
    if (!is_wakeup && !event_at) return false;
    const auto next = is_wakeup ? std::max(*wakeup, now_.steady) : *event_at;
    if (next > until) {
        advance_to(until);
        return false;
    }
    if (is_wakeup) {
        // An agent that wakes up for nothing would never sleep again.
        advance_to(std::max(next, now_.steady + 1ms));
        turn();
        return true;
    }
    advance_to(next);
    const auto action = events_.top().action;
    events_.pop();
    (*action)();
    return true;
}

void World::run_for(Milliseconds time) {
    const auto until = now_.steady + time;
    while (step(until)) {
    }
}

// --- the agent -------------------------------------------------------------------------------------------

void World::set_up() {
    has_laptop_ = random_.below(2) == 0;
    open_store();
    begin_life(true);
    for (int n = 0; n < 12; ++n) {
        skus_.push_back(fmt::format("SKU-{:02}", n));
        qoh_[skus_.back()] = 40 + static_cast<std::int64_t>(random_.below(60));
    }
    // Half of the Order Managers tell counts where others tell differences, of some SKUs.
    if (random_.below(2) == 0)
        for (int n = 0; n < 3; ++n) counted_[any_sku()] = {};
    const std::pair<const char*, Script> kinds[] = {
        {"moves", Script::with_moves}, {"keys", Script::with_keys}, {"plain", Script::plain}, {"held", Script::with_moves}};
    for (const auto& [id, script] : kinds) {
        const std::int64_t buffer = std::string_view{id} == "held" ? 2 : 0;
        auto counts = qoh_;
        for (auto& [sku, count] : counts) count -= buffer;
        sites_.push_back(std::make_unique<Site>(Site{id, FakeStore{fmt::format("store0000000{}", id), script, std::move(counts)}, buffer}));
    }
    turn([&] {
        controller_->switching.set_parameter("SynchQOH", true, now_);
        sync::SnapshotPart part{"om", "first", 1, true, {}};
        for (const auto& [sku, count] : qoh_) part.items.push_back({sku, {count}, std::nullopt, true});
        if (!controller_->snapshots.receive(part, now_)) broken("set-up", "the snapshot is not taken");
    });
    advance_to(now_.steady + 5min);
    for (const auto& site : sites_) {
        cart::CartConfig config;
        config.id = site->id;
        config.name = site->id;
        config.url = "https://" + site->id + ".test/import.php";
        config.user = "om";
        config.buffer = site->buffer;
        config.synchronize_inventory = true;
        turn([&] {
            if (!controller_->switching.create(config, now_)) broken("set-up", "the cart is not taken");
        });
    }
    has_faults_ = false;
    run_for(1h);
    // Half of the shops are older than their agent: it knows of an import that lies two days back, so that connectors may be asked
    // for the orders since.
    if (random_.below(2) == 0) {
        for (const auto& site : sites_) site->last_order = "1000";
        for (const auto& site : sites_) import_orders(*site);
        advance_to(now_.steady + 48h);
        for (const auto& site : sites_) import_orders(*site);
        run_for(1h);
    }
    has_faults_ = true;
}

void World::collect() {
    for (auto& ask : controller_->take_asks()) {
        const auto* exchange = controller_->exchanges.find(ask.exchange);
        const auto* purpose = exchange == nullptr ? nullptr : std::get_if<stack::ForPosts>(&exchange->purpose);
        auto* cart = controller_->board.get(ask.cart);
        const auto site = std::ranges::find_if(sites_, [&](const auto& one) { return one->id == cart->id(); });
        auto errand = std::make_shared<Errand>();
        errand->exchange = ask.exchange;
        if (purpose != nullptr) errand->posts = purpose->posts;
        if (const auto* update = std::get_if<stack::AskUpdate>(&ask.what)) errand->skus = {update->update.sku};
        if (const auto* batch = std::get_if<stack::AskBatch>(&ask.what))
            for (const auto& update : batch->updates) errand->skus.push_back(update.sku);
        errand->memory = static_cast<int>(remembered_.size());
        errand->site = site->get();
        errand->life = life_;
        check_asks(ask, errand->posts);
        cart::Access access;
        access.url = cart->config().url;
        access.user = "om";
        access.password = "secret";
        access.agent = agent_id;
        auto pages = std::make_shared<Pages>();
        errand->dialogue = dialogue_for(std::move(ask.what), access, cart->cart.learned, cart->config().batch_size, pages, "0123456789ABCDEF");
        at(0ms, [this, errand] { carry(errand, errand->dialogue->begin()); });
        errand->give_pages = [this, pages, exchange_id = ask.exchange] {
            for (const auto& [page, answer] : pages->pages) controller_->counts_page(exchange_id, page, answer);
            pages->pages.clear();
        };
    }
}

// --- the network -----------------------------------------------------------------------------------------

void World::carry(std::shared_ptr<Errand> errand, cart::Step step) {
    if (const auto* done = std::get_if<cart::Done>(&step)) return finish(errand, *done);
    auto request = std::make_shared<http::Request>(std::move(std::get<http::Request>(step)));
    ++sums_.requests;
    Site& site = *errand->site;
    if (site.weather != Weather::fine && site.clears <= now_.steady) site.weather = Weather::fine;
    const auto latency = Milliseconds{5 + static_cast<std::int64_t>(random_.below(45))};
    const auto reply = [this, errand, request](http::Reply answer) {
        if (answer.transport == http::Transport::complete && answer.status == 200 && request->sink) {
            const auto body = std::exchange(answer.body, {});
            if (!request->sink->take(body)) answer.transport = http::Transport::stopped_by_reader;
        }
        carry(errand, errand->dialogue->answered(answer));
    };
    const auto good = [](std::string body) {
        http::Reply answer;
        answer.status = 200;
        answer.body = std::move(body);
        return answer;
    };
    const auto page = [](int status) {
        http::Reply answer;
        answer.status = status;
        answer.body = "<html><body>Not here</body></html>";
        return answer;
    };
    const auto failed = [](http::Transport how, bool was_sent) {
        http::Reply answer;
        answer.transport = how;
        answer.was_sent = was_sent;
        return answer;
    };
    const auto whole = request->whole_timeout.value_or(60s);
    const bool reaches_store = site.weather != Weather::no_connection && site.weather != Weather::swallowed && site.weather != Weather::busy &&
                               site.weather != Weather::forbidden && site.weather != Weather::no_access;
    if (reaches_store) count_under_way(*errand, +1);
    switch (site.weather) {
        case Weather::fine:
            at(latency, [=, this] { process(errand, *request, [=](std::string body) { reply(good(std::move(body))); }); });
            return;
        case Weather::no_connection:
            at(latency, [=] { reply(failed(http::Transport::connect_failed, false)); });
            return;
        case Weather::swallowed:
            at(whole, [=] { reply(failed(http::Transport::timed_out, true)); });
            return;
        case Weather::answer_lost:
            at(latency, [=, this] { process(errand, *request, [](const std::string&) {}); });
            at(whole, [=] { reply(failed(http::Transport::timed_out, true)); });
            return;
        case Weather::late:
            // A server that hung works its queue off beside new requests; users are told a settling time that is longer.
            // It runs the script that was there when it came: one that waits while its script is replaced by another is beyond anybody's
            // knowledge (PROOF.md).
            at(std::max<Milliseconds>(site.clears - now_.steady, 0ms) + Milliseconds{static_cast<std::int64_t>(random_.below(115'000))},
               [=, this, script = site.store.script] {
                   const auto there_now = std::exchange(errand->site->store.script, script);
                   process(errand, *request, [](const std::string&) {});
                   errand->site->store.script = there_now;
               });
            at(whole, [=] { reply(failed(http::Transport::timed_out, true)); });
            return;
        case Weather::page:
            at(latency, [=, this] {
                process(errand, *request, [=](const std::string&) { reply(good("<html><body>We are back soon</body></html>")); });
            });
            return;
        case Weather::busy:
            at(latency, [=] { reply(good("SETIError: busy, nothing changed")); });
            return;
        case Weather::cut:
            at(latency, [=, this] { process(errand, *request, [=](const std::string&) { reply(failed(http::Transport::closed, true)); }); });
            return;
        case Weather::forbidden:
            at(latency, [=] { reply(page(403)); });
            return;
        case Weather::firewalled: {
            const bool is_change = request->body.find("setifunction=inv") != std::string::npos;
            at(latency, [=, this] {
                process(errand, *request, [=](std::string body) { reply(is_change ? page(403) : good(std::move(body))); });
            });
            return;
        }
        case Weather::no_access:
            at(latency, [=] { reply(good("SETIError: Incorrect password")); });
            return;
        case Weather::forgets:
            at(latency, [=, this] { forget(errand, *request, [=](std::string body) { reply(good(std::move(body))); }); });
            return;
    }
}

// The store does what the request asks. Which posts that was is the truth that nobody else knows.
void World::process(const std::shared_ptr<Errand>& errand, const http::Request& request, const std::function<void(std::string)>& then) {
    count_under_way(*errand, -1);
    auto& store = errand->site->store;
    const auto before = store.applied().size();
    auto body = store.answer(request.body, to_ms(now_.wall));
    each_applied(*errand, store, before, [&](const Applied& applied, stack::PostId post) {
        note(fmt::format("{} applies {:+} of {} (post {})", errand->site->id, applied.delta, applied.sku, post));
        errand->site->applied_since.push_back(post);
        if (++applied_[post] > 1)
            broken("law 2", fmt::format("post {} ({:+} of {}) was applied {} times at {}", post, applied.delta, applied.sku, applied_[post],
                                        errand->site->id));
    });
    if (store.overwritten() > 0) broken("law 5", "a count was overwritten at " + errand->site->id);
    then(std::move(body));
}

// It answers as one that has done it, and has not.
void World::forget(const std::shared_ptr<Errand>& errand, const http::Request& request, const std::function<void(std::string)>& then) {
    count_under_way(*errand, -1);
    auto fooled = errand->site->store;
    const auto before = fooled.applied().size();
    auto body = fooled.answer(request.body, to_ms(now_.wall));
    each_applied(*errand, fooled, before, [&](const Applied& applied, stack::PostId post) {
        note(fmt::format("{} forgets {:+} of {} (post {})", errand->site->id, applied.delta, applied.sku, post));
        undone_.insert(post);
        errand->site->may_differ.insert(applied.sku);
    });
    then(std::move(body));
}

// One request carries each listing once, in the order of its posts; what a key was known for is not applied again.
template <class Each>
void World::each_applied(const Errand& errand, const FakeStore& store, std::size_t before, Each each) {
    for (auto i = before; i < store.applied().size(); ++i) {
        const auto& applied = store.applied()[i];
        const auto place = std::ranges::find(errand.skus, applied.sku) - errand.skus.begin();
        if (place == std::ssize(errand.skus)) broken("law 4", fmt::format("{} of {} were applied at {} for no post", applied.delta, applied.sku, errand.site->id));
        const auto post = errand.posts[static_cast<std::size_t>(place)];
        if (is_remembered(errand, post)) each(applied, post);
        else note(fmt::format("{} applies {:+} of {} for a post that is forgotten", errand.site->id, applied.delta, applied.sku));
    }
}

void World::finish(const std::shared_ptr<Errand>& errand, const cart::Done& done) {
    if (const auto* update = std::get_if<cart::UpdateResult>(&done); update != nullptr && update->outcome == cart::Outcome::unclear)
        ++sums_.unclear;
    if (errand->life != life_) return;  // who asked is dead
    std::erase_if(out_, [&](const auto& out) { return std::ranges::count(errand->posts, out.second) > 0; });
    turn([&] {
        errand->give_pages();
        controller_->answered(errand->exchange, done, now_);
    });
}

void World::run(int days, const Day& day) {
    const auto begin = now_.steady;
    const auto spread = [&](int times, void (World::*what)()) {
        for (int n = 0; n < times * days; ++n)
            at(Milliseconds{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(day_long.count() * days)))}, [this, what] { (this->*what)(); });
    };
    spread(day.changes, &World::change_of_order_manager);
    spread(day.orders, &World::customer);
    spread(day.faults, &World::fault);
    spread(day.jobs, &World::start_job);
    spread(day.interventions, &World::intervene);
    if (has_laptop_) {
        spread(day.laptop, &World::change_of_laptop);
        spread(8, &World::laptop_comes_home);
        spread(3, &World::begin_counting);
    }
    for (Milliseconds time = 1h; time < day_long * days; time += 1h) {
        at(time, [this] { look_after_carts(); });
        at(time + 20min, [this] { pull(); });
    }
    for (Milliseconds time = 3h; time < day_long * days; time += 6h) {
        at(time, [this] { back_up(); });
        for (const auto& site : sites_) at(time + 1h, [this, raw = site.get()] { back_up(*raw); });
    }
    for (const auto& site : sites_)
        for (auto time = imported_every; time < day_long * days; time += imported_every)
            at(time, [this, raw = site.get()] { import_orders(*raw); });
    while (step(begin + day_long * days)) {
    }

    // No more faults, and nobody buys: everything must come to rest. Two imports a day apart end what a quiet read alone does not.
    has_faults_ = false;
    for (const auto& site : sites_) site->weather = Weather::fine;
    for (int round = 0; round < 8; ++round) {
        look_after_carts();
        laptop_comes_home();
        for (const auto& site : sites_) import_orders(*site);
        pull();
        if (round == 1 && has_laptop_) must_count_ = true;
        count_again();
        if (round >= 2) count_what_is_named();
        run_for(9h);
        if (round == 5) decide();
    }
    // Law 4 allows what is named: a plain script does not show what unfinished orders hold, so a doubt may end by a count that
    // they made lower; the next audit names it, and a person sends the counts.
    send_what_is_named();
    if (!rests()) {
        std::string left;
        for (const auto& cart : controller_->board.all())
            for (const auto& post : store_->posts.unfinished(cart->cart.key))
                left += fmt::format(" post {} ({:+} at {}) {}{}, applied {}", post.id, post.delta.pieces, cart->id(), stack::to_string(post.state),
                                    post.is_parked ? ", parked" : "", applied_[post.id]);
        broken("liveness", "it does not come to rest:" + left);
    }
    check_rest();
}

}  // namespace stocktray::simulation
