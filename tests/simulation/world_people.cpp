// What people do: the Order Manager's, customers, and whoever looks after the carts; and the faults that meet them.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "tests/simulation/world.h"

namespace stocktray::simulation {

using namespace std::chrono_literals;
using inventory::Change;
using inventory::Delta;
using inventory::Reason;

// --- people ----------------------------------------------------------------------------------------------

inventory::Change World::a_change(const std::string& sku) {
    Change change;
    change.id = fmt::format("c{}", ++last_change_);
    change.sku = sku;
    const auto delta = static_cast<std::int64_t>(random_.below(9)) - 4;
    change.reason = delta < 0 ? Reason::phone_order : Reason::purchase_order_received;
    move(change, delta);
    ++sums_.changes;
    return change;
}

void World::move(inventory::Change& change, std::int64_t delta) {
    qoh_[change.sku] += delta;
    if (!counted_.contains(change.sku)) {
        change.delta = Delta{delta};
        return;
    }
    count_anew(change);
    if (!change.order.empty()) change.taken = Delta{-delta};
}

void World::count_anew(inventory::Change& change) {
    change.id = fmt::format("c{}", ++last_change_);
    change.qoh = inventory::Quantity{qoh_[change.sku]};
    change.version = ++counted_[change.sku];
}

void World::change_of_order_manager(const std::string& sku) {
    to_tell_.push_back({.change = a_change(sku)});
    tell();
}

// It works on the same data, and the agent hears of it hours later.
void World::change_of_laptop() {
    auto change = a_change(any_sku());
    change.at = now_.wall;
    laptop_.push_back({.source = "laptop", .change = std::move(change)});
}

void World::laptop_comes_home() {
    std::ranges::move(std::exchange(laptop_, {}), std::back_inserter(to_tell_));
    tell();
}

void World::customer() {
    Site& site = *sites_[random_.below(sites_.size())];
    auto& orders = site.store.orders();
    ++sums_.orders;
    const auto now = to_ms(now_.wall);
    const auto chance = random_.below(10);
    if (chance == 0 && !orders.empty()) {
        // A customer changes his mind; the shop puts the pieces back.
        Order& order = orders[random_.below(orders.size())];
        if (order.state == Order::State::cancelled) return;
        site.store.cancel(order, now);
        note(fmt::format("{}: order {} is cancelled ({} of {})", site.id, order.number, order.pieces, order.sku));
        if (!order.is_imported) return;
        Change change;
        change.id = fmt::format("c{}", ++last_change_);
        change.sku = order.sku;
        change.reason = Reason::return_;
        change.origin_cart = site.id;
        change.order = std::to_string(order.number);
        move(change, order.pieces);
        to_tell_.push_back({.change = std::move(change)});
        sync::Import import{site.id, now_.wall, site.last_order, std::vector<sync::ImportedOrder>{}};
        import.orders->push_back({std::to_string(order.number), {{std::to_string(order.number), order.sku, {}, 0, 0, {}}}});
        to_tell_.push_back({.import = std::move(import)});
        tell();
        return;
    }
    if (chance == 2 && !orders.empty()) return edit(site, orders[random_.below(orders.size())]);
    const auto state = chance == 1 ? Order::State::unfinished : Order::State::placed;
    const auto& sku = any_sku();
    if (site.store.is_hidden(sku)) return;
    const auto pieces = 1 + static_cast<std::int64_t>(random_.below(3));
    const auto number = site.store.sell(sku, pieces, state);
    note(fmt::format("{}: order {} takes {} of {}{}", site.id, number, pieces, sku, state == Order::State::placed ? "" : ", unfinished"));
    if (state == Order::State::placed) return;
    // Somebody who has not paid yet: within hours he has, or the shop gives the pieces back.
    at(Milliseconds{std::int64_t{1} + static_cast<std::int64_t>(random_.below(6 * 3'600'000))}, [this, &site, number, pays = random_.below(2) == 0] {
        for (auto& order : site.store.orders()) {
            if (order.number != number || order.state != Order::State::unfinished) continue;
            if (pays)
                site.store.finish(order);
            else
                site.store.cancel(order, to_ms(now_.wall));
        }
    });
}

// The shop changes an order. Of one that is imported the Order Manager hears at once, and tells its lines anew.
void World::edit(Site& site, Order& order) {
    if (order.state != Order::State::placed) return;
    const auto more = 1 + static_cast<std::int64_t>(random_.below(3)) - order.pieces;
    site.store.edit(order, order.pieces + more);
    note(fmt::format("{}: order {} has {} of {} now", site.id, order.number, order.pieces, order.sku));
    if (!order.is_imported || more == 0) return;
    Change change;
    change.id = fmt::format("c{}", ++last_change_);
    change.sku = order.sku;
    change.reason = more > 0 ? Reason::web_order_imported : Reason::return_;
    change.origin_cart = site.id;
    change.order = std::to_string(order.number);
    move(change, -more);
    to_tell_.push_back({.change = std::move(change)});
    sync::Import import{site.id, now_.wall, site.last_order, std::vector<sync::ImportedOrder>{}};
    import.orders->push_back({std::to_string(order.number), {{std::to_string(order.number), order.sku, {}, order.pieces, order.pieces, {}}}});
    to_tell_.push_back({.import = std::move(import)});
    tell();
}

void World::import_orders(Site& site) {
    sync::Import import{site.id, now_.wall, site.last_order, std::vector<sync::ImportedOrder>{}};
    for (auto& order : site.store.orders()) {
        if (order.is_imported || order.state != Order::State::placed) continue;
        order.is_imported = true;
        Change change;
        change.id = fmt::format("c{}", ++last_change_);
        change.sku = order.sku;
        change.reason = Reason::web_order_imported;
        change.origin_cart = site.id;
        change.order = std::to_string(order.number);
        move(change, -order.pieces);
        to_tell_.push_back({.change = std::move(change)});
        import.orders->push_back({std::to_string(order.number), {{std::to_string(order.number), order.sku, {}, order.pieces, order.pieces, {}}}});
        if (site.last_order.empty() || std::stoll(site.last_order) < order.number) site.last_order = std::to_string(order.number);
    }
    import.last_order = site.last_order;
    to_tell_.push_back({.import = std::move(import)});
    tell();
}

// In order, each until it is answered; the agent may die between its commit and its answer.
void World::tell() {
    while (!to_tell_.empty()) {
        const Told told = to_tell_.front();
        const bool dies = has_faults_ && random_.below(400) == 0;
        std::int64_t taken = 0;
        bool has_to_pull = false;
        std::optional<Result<sync::SnapshotReceipt>> receipt;
        const auto turned = turn([&] {
            if (told.part) {
                receipt = controller_->snapshots.receive(*told.part, now_);
                taken = 1;
            } else if (told.change) {
                const auto submitted = controller_->books.submit(told.source, {*told.change}, now_);
                taken = submitted.accepted + submitted.duplicates + submitted.superseded;
                for (const auto& refused : submitted.rejected) {
                    has_to_pull = refused.error.code == ErrorCode::busy && told.change->qoh;
                    if (!has_to_pull) broken("law 1", "a change was rejected: " + refused.error.message);
                }
                if (!told.change->order.empty()) controller_->imports.look_again(now_);
            } else if (auto done = controller_->imports.imported(*told.import, now_); done) {
                taken = 1;
            }
        });
        if (turned == Turned::died) continue;
        if (has_to_pull) {
            // The count may contain what Get QOH has handed out: that first, and then the count as it is.
            pull();
            count_anew(*to_tell_.front().change);
            continue;
        }
        if (dies) {
            crash();
            continue;  // no answer: the same again
        }
        if (taken != 1) broken("law 1", "what the Order Manager told was not taken");
        if (told.change) {
            told_.push_back(told);
            // Made while a cart is off it never goes there.
            for (const auto& site : sites_)
                if (!is_posted(*site, told.change->sku)) site->may_differ.insert(told.change->sku);
        }
        if (told.change && told.change->qoh) note(fmt::format("change {}: {} has {}", told.change->id, told.change->sku, told.change->qoh->pieces));
        if (told.change && told.change->delta) note(fmt::format("change {}: {:+} of {}", told.change->id, told.change->delta->pieces, told.change->sku));
        to_tell_.erase(to_tell_.begin());
        // A snapshot that was not open any more, or met an open Get QOH, is told anew; what moved meanwhile is counted again.
        if (receipt && !*receipt) must_count_ = true;
        if (receipt && *receipt && !(*receipt)->retake.empty())
            at(1min, [this, skus = (*receipt)->retake] { tell_counts(fmt::format("snapshot-{}", ++last_snapshot_), skus); });
    }
}

void World::fault() {
    ++sums_.faults;
    const auto what = random_.below(12);
    if (what == 0) {
        const auto how = random_.below(8);
        if (how == 0) return put_back();
        if (how == 7) return put_back(*sites_[random_.below(sites_.size())]);
        if (how < 4) return disk_.cut_power_after(static_cast<int>(random_.below(60)));
        return crash();
    }
    if (what == 1 && !has_laptop_) {
        // An hour, as where summer time is set by hand; or days.
        const std::int64_t most = random_.below(2) == 0 ? 3'600 : 5 * 24 * 3'600;
        const auto jump = std::chrono::seconds{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(2 * most))) - most};
        note(fmt::format("the wall clock jumps by {} s", jump.count()));
        now_.wall += jump;
        return;
    }
    Site& site = *sites_[random_.below(sites_.size())];
    if (what == 10) return hide_product(site);
    if (what == 11) return correct_by_hand(site);
    if (what == 2 && site.store.script != Script::plain) {
        // Its owner has another script for some hours, or its table of keys is gone: the agent stops there until a person has looked.
        if (random_.below(2) == 0) {
            const auto script = std::exchange(site.store.script, Script::plain);
            note(site.id + ": another script");
            at(Milliseconds{static_cast<std::int64_t>(random_.below(4 * 3'600'000))},
               [this, &site, script, since = now_.steady] { bring_back(site, script, since); });
        } else {
            site.store.lose_keys(fmt::format("store{:011}", random_.below(1'000'000'000)));
            note(site.id + ": its keys are lost");
        }
        for (int n = 0; n < 4; ++n)
            at(Milliseconds{static_cast<std::int64_t>(random_.below(600'000))}, [this] { change_of_order_manager(); });
        return;
    }
    constexpr Weather weathers[] = {Weather::no_connection, Weather::swallowed, Weather::answer_lost, Weather::late, Weather::late,
                                    Weather::page,          Weather::busy,      Weather::cut,         Weather::forbidden,
                                    Weather::firewalled,    Weather::no_access, Weather::forgets};
    site.weather = weathers[random_.below(std::size(weathers))];
    // Seconds or half an hour; a server that works its queue off late has done so within the settling time, and one without power forgets
    // its last moments.
    site.clears = now_.steady + (site.weather == Weather::late || site.weather == Weather::forgets || random_.below(2) == 0
                                     ? Milliseconds{1'000 + static_cast<std::int64_t>(random_.below(60'000))}
                                     : Milliseconds{60'000 + static_cast<std::int64_t>(random_.below(1'800'000))});
    // A fault that meets nothing teaches nothing: somebody is at work while it lasts, and a customer buys.
    const auto window = static_cast<std::uint64_t>((site.clears - now_.steady).count());
    for (int n = 0; n < 4; ++n)
        at(Milliseconds{static_cast<std::int64_t>(random_.below(window))}, [this] { change_of_order_manager(); });
    at(Milliseconds{static_cast<std::int64_t>(random_.below(window))}, [this] { customer(); });
    // An import soon behind it invites a verdict while the store may still be working its queue off.
    at(Milliseconds{static_cast<std::int64_t>(window) + static_cast<std::int64_t>(random_.below(40'000))}, [this, &site] { import_orders(site); });
    note(fmt::format("{}: weather {} for {} s", site.id, static_cast<int>(site.weather), (site.clears - now_.steady).count() / 1'000));
}

// What was sent to the other script under a key, and nobody heard whether it took it, no connector can know: its owner waits until
// that is settled (PROOF.md).
void World::bring_back(Site& site, Script script, AgentTime since) {
    const auto* cart = controller_->board.find(site.id);
    auto posts = store_->posts.sending();
    std::erase_if(posts, [&](const auto& post) { return post.cart != cart->cart.key; });
    std::ranges::move(store_->posts.uncertain(cart->cart.key), std::back_inserter(posts));
    if (std::ranges::any_of(posts, [&](const auto& post) { return post.key && !post.is_parked && post.first_sent >= since; })) {
        at(10min, [this, &site, script, since] { bring_back(site, script, since); });
        return;
    }
    site.store.script = script;
    note(site.id + ": its script is back");
}

// What only a person can end: he counts, and says what is true.
void World::decide() {
    for (const auto& cart : controller_->board.all())
        for (const auto& post : store_->posts.uncertain(cart->cart.key)) {
            if (!post.is_parked || under_way_[post.id] > 0) continue;
            ++sums_.persons;
            const auto truth = applied_[post.id] > 0 ? stack::Proposal::applied : stack::Proposal::not_applied;
            (void)turn([&] { (void)controller_->interventions.resolve(post.id, truth, "counted", now_); });
            return decide();
        }
}

// Somebody reads the alerts every hour: a store that is another one now, and an agent that was put back, are accepted as what they
// are; then the Order Manager tells its counts.
void World::look_after_carts() {
    offer_again();
    for (const auto& site : sites_) {
        send_refused_again(*site);
        auto* cart = controller_->board.find(site->id);
        if (cart->cart.stop == cart::Stop::credentials && site->weather != Weather::no_access) {
            ++sums_.persons;
            note("a person has put the password of " + site->id + " right");
            (void)turn([&] { (void)controller_->interventions.retry({.cart = site->id}, now_); });
            continue;
        }
        if (cart->cart.stop != cart::Stop::store_changed && cart->cart.stop != cart::Stop::agent_restored &&
            cart->cart.stop != cart::Stop::store_restored)
            continue;
        ++sums_.persons;
        if (cart->cart.stop == cart::Stop::store_restored) ++sums_.stores_named;
        note("a person accepts the store of " + site->id);
        // What waited under the keys of the former store is left to the gap, and named.
        expect_differences(*site, store_->posts.unfinished(cart->cart.key));
        Result<void> done;
        const auto turned = turn([&] { done = controller_->standing.accept(*controller_->board.find(site->id), now_); });
        if (turned == Turned::yes && !done) broken("law 1", done.error().message);
    }
    count_again();
}

// A product is there again: what was refused for want of it is sent once more.
void World::send_refused_again(const Site& site) {
    std::vector<stack::PostId> refused;
    for (const auto& post : store_->posts.rejected(controller_->board.find(site.id)->cart.key))
        if (!site.store.is_hidden(store_->posts.listed(post.id)->store_sku)) refused.push_back(post.id);
    if (refused.empty()) return;
    ++sums_.persons;
    note(fmt::format("a person sends {} refused posts of {} again", refused.size(), site.id));
    (void)turn([&] { (void)controller_->interventions.retry({.posts = refused}, now_); });
}

// Clients keep what they told, and offer it to an agent that was put back: it learns which orders were taken, and posts nothing.
void World::offer_again() {
    if (store_->identity.get().trouble != store::Trouble::restored) return;
    for (auto told : told_) {
        told.change->again = true;
        while (turn([&] { (void)controller_->books.submit(told.source, {*told.change}, now_); }) == Turned::died) {
        }
    }
}

// All counts, once nothing of Get QOH is open: because the agent was put back, or its clients are not sure.
void World::count_again() {
    if (!must_count_) return;
    pull();
    if (store_->pulls.count() > 0) return;
    must_count_ = false;
    tell_counts(fmt::format("snapshot-{}", ++last_snapshot_), skus_);
}

// What the audits say has to be counted again: it changed while a snapshot was taken, or the clock went back since.
void World::count_what_is_named() {
    std::vector<std::string> named;
    for (const auto& sku : skus_)
        if (const auto item = store_->items.find(sku); item && item->needs_retake) named.push_back(sku);
    if (!named.empty()) tell_counts(fmt::format("snapshot-{}", ++last_snapshot_), std::move(named));
}

// A snapshot takes its time, and people go on working.
void World::begin_counting() {
    const auto name = fmt::format("snapshot-{}", ++last_snapshot_);
    to_tell_.push_back({.part = sync::SnapshotPart{"om", name, 0, false, {}}});
    tell();
    at(Milliseconds{static_cast<std::int64_t>(random_.below(600'000))}, [this, name] { tell_counts(name, skus_); });
    for (int n = 0; n < 3; ++n)
        at(Milliseconds{static_cast<std::int64_t>(random_.below(600'000))}, [this] { random_.below(2) == 0 ? change_of_laptop() : change_of_order_manager(); });
}

void World::tell_counts(std::string snapshot, std::vector<std::string> skus) {
    sync::SnapshotPart part{"om", std::move(snapshot), 1, true, {}};
    for (const auto& sku : skus) part.items.push_back({sku, {qoh_.at(sku)}, std::nullopt, true});
    to_tell_.push_back({.part = std::move(part)});
    tell();
}

void World::start_job() {
    Site& site = *sites_[random_.below(sites_.size())];
    const auto* cart = controller_->board.find(site.id);
    jobs::Options options;
    auto kind = std::array{jobs::Kind::get_qoh, jobs::Kind::send_qoh, jobs::Kind::audit, jobs::Kind::undo}[random_.below(4)];
    if (kind == jobs::Kind::undo) {
        for (const auto& job : store_->jobs.list(cart->cart.key, std::nullopt, 5))
            if (job.kind == jobs::Kind::send_qoh || job.kind == jobs::Kind::get_qoh) options.undoes = job.id;
        if (!options.undoes) return;
    }
    if (random_.below(3) == 0) options.skus = std::vector{skus_[random_.below(skus_.size())]};
    if (options.undoes) options.skus.reset();
    // The counts may contain what the laptop has not told yet: a Get takes its pieces for a difference.
    if (kind == jobs::Kind::get_qoh)
        for (const auto& told : laptop_)
            for (const auto& one : sites_) one->may_differ.insert(told.change->sku);
    (void)turn([&] {
        if (!controller_->jobs.start(kind, site.id, options, now_)) return;
        ++sums_.jobs;
        if (!options.undoes) return;
        // What it takes back is wrong again, and named.
        for (const auto& sku : skus_)
            if (store_->jobs.item(*options.undoes, sku)) site.may_differ.insert(sku);
    });
    note(fmt::format("{}: a person starts {}", site.id, to_string(kind)));
}

// The Order Manager applies what Get QOH found and keeps how far it has come in one transaction of its own; the answer may be lost.
void World::pull() {
    for (int round = 0; round < 10; ++round) {
        std::optional<std::int64_t> ack = last_pulled_ > 0 ? std::optional{last_pulled_} : std::nullopt;
        Result<jobs::PullAnswer> answer;
        if (turn([&] { answer = controller_->handover.pull({.consumer = "om", .ack = ack}, now_); }) == Turned::died) continue;
        if (!answer) {
            // This agent has not given it out: it was put back.
            last_pulled_ = 0;
            must_count_ = true;
            continue;
        }
        if (has_faults_ && random_.below(50) == 0) {
            crash();
            continue;
        }
        if (answer->items.empty()) return;
        for (const auto& item : answer->items) {
            if (item.cursor <= last_pulled_) continue;
            note(fmt::format("the Order Manager takes over {:+} of {}", item.delta, item.sku));
            qoh_[item.sku] += item.delta;
            last_pulled_ = item.cursor;
        }
    }
}

std::int64_t World::due(const Site& site, const std::string& sku) const {
    std::int64_t waits = 0;  // in web orders that were not imported
    for (const auto& order : site.store.orders())
        if (order.sku == sku && !order.is_imported && order.state != Order::State::cancelled) waits += order.pieces;
    return qoh_.at(sku) - site.buffer - waits;
}

std::set<std::string> World::wrong(const Site& site) const {
    std::set<std::string> skus;
    for (const auto& [sku, count] : site.store.counts())
        if (count != due(site, sku)) skus.insert(sku);
    return skus;
}

void World::expect_differences(Site& site, const std::vector<stack::Post>& posts) {
    for (const auto& post : posts) site.may_differ.insert(store_->posts.listed(post.id)->store_sku);
}

// A person looks at all counts, and sends those that differ: no other may be wrong, and none is named that is right.
void World::send_what_is_named() {
    std::set<std::string> told;
    for (const auto& alert : store_->alerts.list()) {
        note(fmt::format("alert {} {} {}: {}", alert.kind, alert.cart, alert.sku, alert.message));
        if (alert.kind == "drift") told.insert(alert.cart);
    }
    bool is_sending = false;
    for (const auto& site : sites_) {
        const auto differ = wrong(*site);
        // Unfinished orders hide a piece here and there; more than that is a rule that is broken.
        auto odd = differ;
        std::erase_if(odd, [&](const auto& sku) { return site->may_differ.contains(sku); });
        if (odd.size() > 3) broken("law 6", fmt::format("{} differ at {} for no reason", fmt::join(odd, ", "), site->id));
        if (!differ.empty() && !told.contains(site->id)) broken("law 4", fmt::format("counts differ at {}, and nobody is told", site->id));
        // A connector's losses are repaired by it.
        const auto named = audit(*site);
        if (named != wrong(*site))
            broken("law 4", fmt::format("{} differ at {}, and the audit names {}", fmt::join(wrong(*site), ", "), site->id, fmt::join(named, ", ")));
        if (named.empty()) continue;
        ++sums_.persons;
        note(fmt::format("a person sends {} to {}", fmt::join(named, ", "), site->id));
        jobs::Options options;
        options.skus.emplace(named.begin(), named.end());
        (void)turn([&] {
            if (!controller_->jobs.start(jobs::Kind::send_qoh, site->id, options, now_)) broken("law 4", "Send QOH cannot be started at " + site->id);
        });
        is_sending = true;
    }
    if (is_sending) run_for(1h);
}

std::set<std::string> World::audit(const Site& site) {
    Result<jobs::JobId> job;
    const auto start = [&] { (void)turn([&] { job = controller_->jobs.start(jobs::Kind::audit, site.id, {}, now_); }); };
    start();
    if (!job && job.error().code == ErrorCode::conflict) {  // one of its own is at work
        run_for(1h);
        start();
    }
    if (!job) broken("law 4", fmt::format("an audit of {} cannot be started: {}", site.id, job.error().message));
    run_for(1h);
    if (const auto ended = store_->jobs.get(*job); !ended || ended->state != jobs::State::done)
        broken("liveness", fmt::format("an audit of {} does not end", site.id));
    std::set<std::string> named;
    for (const auto& line : store_->jobs.items(*job, jobs::ItemResult::different, {}, std::ssize(skus_))) named.insert(line.sku);
    return named;
}

}  // namespace stocktray::simulation
