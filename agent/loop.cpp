#include "agent/loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "agent/access.h"
#include "agent/views.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/events.h"

namespace stocktray::agent {
namespace {

// An end within 5 s is promised, and the keyring has half of one, too.
constexpr Milliseconds carts_end_within{4'000};
constexpr Milliseconds end_within{4'500};
constexpr Milliseconds disk_retry{1'000};     // after a commit that failed
constexpr Milliseconds longest_wait{86'400'000};
constexpr Milliseconds at_leisure{5};         // of a turn, while nobody waits
constexpr Milliseconds of_a_turn{50};         // for requests: posts, and who asked for less, do not wait for all of them

ipc::carts::TestResult view_of_test(const cart::ProbeResult& probe) {
    ipc::carts::TestResult result;
    result.ok = probe.is_usable;
    if (!probe.version.version.empty()) result.version = probe.version.version;
    result.product_count = probe.product_count;
    result.round_trip_ms = probe.round_trip.count();
    if (probe.learned.dialect)
        result.capabilities.emplace_back(*probe.learned.dialect == cart::Dialect::xml ? "xml" : "text");
    if (const auto& extension = probe.learned.extension) {
        const std::pair<bool, const char*> words[] = {
            {extension->has_postid, "postid"},     {extension->has_batch, "batch"}, {extension->has_qohquery, "qohquery"},
            {extension->has_moves, "moves"},       {extension->has_cursor, "cursor"}, {extension->clamps, "clamps"}};
        for (const auto& [has, word] : words)
            if (has) result.capabilities.emplace_back(word);
    }
    if (probe.learned.rest) result.capabilities.emplace_back("rest");
    for (const auto& problem : probe.problems) result.problems.push_back({problem.code, problem.message, problem.hint});
    return result;
}

}  // namespace

Loop::Loop(Parts parts, std::string run, std::string version, std::filesystem::path data_dir, Random random)
    : parts_{parts},
      courier_{parts.http, random},
      publisher_{parts.server, parts.controller},
      lan_{parts.server, data_dir / "agent-keys.json"},
      desk_{.controller = parts.controller,
            .lan = lan_,
            .invitations = invitations_,
            .secrets = parts.secrets,
            .courier = courier_,
            .server = parts.server,
            .run = std::move(run),
            .version = std::move(version),
            .data_dir = std::move(data_dir)} {
    const auto identity = parts_.controller.store.identity.get();
    agent_id_ = identity.agent;
    incarnation_ = identity.incarnation;
    parts_.marker.write({incarnation_, identity.commits});
}

void Loop::run() {
    parts_.server.publish(ipc::events::AgentStarted{desk_.version});
    open_to_network();
    while (!desk_.wants_stop) {
        turn(stack::Sendings::allowed);
        if (desk_.wants_stop) break;
        wait();
        if (parts_.stop.take()) desk_.wants_stop = true;
    }
    parts_.service.stopping();
    parts_.server.publish(ipc::events::AgentStopping{desk_.version});
    spdlog::info("stopping; {} questions to carts are under way", courier_.running());
    const auto begun = parts_.clock.now().steady;
    const auto is_before = [&](Milliseconds within) { return parts_.clock.now().steady < begun + within; };
    while (courier_.running() > 0 && is_before(carts_end_within)) {
        parts_.http.poll({}, Milliseconds{50});
        courier_.go_on();
    }
    courier_.abandon();
    turn(stack::Sendings::ending);
    takes_in_ = false;
    // Who is not answered any more asks again, with the same ids.
    while (((courier_.has_deliveries() && deliveries_.empty()) || !waiting_.is_empty()) && is_before(end_within))
        turn(stack::Sendings::ending);
}

// While the disk fails only the next try counts: what is due cannot be done before it either.
bool Loop::is_due(Now now) const {
    const auto& at = retry_at_ ? retry_at_ : wakeup_;
    return at && *at <= now.steady;
}

void Loop::open_to_network() {
    const auto now = parts_.clock.now();
    lan_.follow(std::get<std::string>(parts_.controller.store.parameters.all().at("LanAddress")), now);
}

// Within a turn. What stands there already is not written again.
void Loop::tell_about_lan() {
    auto& journal = parts_.controller.journal;
    if (lan_.problem().empty())
        journal.clear("lan", "", "");
    else
        journal.raise({.kind = "lan",
                       .severity = store::Severity::warning,
                       .since = desk_.now.wall,
                       .message = "Other computers cannot reach the agent. " + lan_.problem(),
                       .hint = "End the program that holds the port, or choose another one with the parameter LanAddress."});
}

void Loop::turn(stack::Sendings sendings) {
    const auto begun = std::chrono::steady_clock::now();
    if (work(sendings) == Worked::yes)
        desk_.turns.took(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun));
}

Loop::Worked Loop::work(stack::Sendings sendings) {
    courier_.go_on();
    if (deliveries_.empty()) deliveries_ = courier_.take_deliveries();
    answer_tests();
    take_in();
    const auto now = parts_.clock.now();
    desk_.now = now;
    desk_.uptime = parts_.clock.uptime();
    const bool has_waited = !retry_at_ || *retry_at_ <= now.steady;
    if (const auto due = lan_.next_due(); due && *due <= now.steady) lan_.go_on(now);
    if (lan_.problem() != lan_problem_told_) wakeup_known_ = false;  // there is something to write
    if (waiting_.is_empty() && (deliveries_.empty() || !has_waited) && !is_due(now) &&
        sendings == stack::Sendings::allowed && wakeup_known_) {
        publish({}, now);
        return Worked::no;
    }
    responses_.clear();
    taken_.clear();
    desk_.after_commit.clear();
    desk_.if_undone.clear();
    if (!has_waited && sendings == stack::Sendings::allowed &&
        waiting_.all_of([&](const auto& request) { return only_reads(request); })) {
        // Who only looks does not make the failing disk be tried before its time.
        do_requests([&](const auto& request) { answer_reader(request, now); });
        answer_all();
        publish({}, now);
        return Worked::no;
    }
    parts_.controller.stir(platform::entropy());
    const auto commits = parts_.controller.store.commits();
    // Work that can wait goes on in the same turn only until somebody waits for an answer.
    const Controller::MayGoOn may_go_on = [&, until = std::chrono::steady_clock::now() + at_leisure] {
        return waiting_.is_empty() && !parts_.server.is_ready() && std::chrono::steady_clock::now() < until;
    };
    const auto done = parts_.controller.turn(now, sendings, [&] {
        // Whether the disk is well again shows only when something is written.
        if (retry_at_ && has_waited) parts_.controller.store.identity.touch();
        for (const auto& delivery : deliveries_) deliver(delivery);
        do_requests([&](const auto& request) {
            dispatch(request);
            parts_.members.note_seen(request.caller, now.wall);
        });
        if (lan_.problem() != lan_problem_told_) tell_about_lan();
        deliver_more(may_go_on);
    }, may_go_on);
    if (done) committed(now, parts_.controller.store.commits() != commits ? Turn::has_written : Turn::has_only_read);
    else failed(done.error(), now);
    taken_.clear();
    if (!parts_.controller.read(now, [&] { wakeup_ = parts_.controller.next_wakeup(now); })) wakeup_ = now.steady + disk_retry;
    wakeup_known_ = true;
    return Worked::yes;
}

void Loop::take_in() {
    if (takes_in_) waiting_.add(parts_.server.drain(waiting_.room()));
}

// As many of those that wait as there is time for in one turn, one at least.
void Loop::do_requests(const std::function<void(const ipc::IncomingRequest&)>& work) {
    const auto until = std::chrono::steady_clock::now() + of_a_turn;
    do {
        if (waiting_.is_empty()) return;
        taken_.push_back(waiting_.take());
        work(taken_.back());
    } while (std::chrono::steady_clock::now() < until);
}

void Loop::deliver(const Delivery& delivery) {
    if (const auto* page = std::get_if<CountsPage>(&delivery))
        parts_.controller.counts_page(page->exchange, page->items, page->answer);
    else if (const auto* answer = std::get_if<Answer>(&delivery))
        parts_.controller.answered(answer->exchange, answer->done, desk_.now);
}

// What comes in faster than a portion a turn.
void Loop::deliver_more(const Controller::MayGoOn& may_go_on) {
    while (courier_.has_deliveries() && may_go_on()) {
        auto portion = courier_.take_deliveries();
        if (portion.empty()) return;
        for (auto& delivery : portion) {
            deliver(delivery);
            deliveries_.push_back(std::move(delivery));
        }
    }
}

void Loop::dispatch(const ipc::IncomingRequest& request) {
    if (auto response = handlers_.dispatch(desk_, parts_.members, request))
        responses_.emplace_back(request.from, std::move(*response));
}

void Loop::committed(Now now, Turn turn) {
    deliveries_.clear();
    lan_problem_told_ = lan_.problem();
    if (turn == Turn::has_written) {
        retry_at_.reset();
        parts_.marker.write({incarnation_, parts_.controller.store.last_commit()});
    }
    if (desk_.disk_alert && turn == Turn::has_written) {
        spdlog::info("the data folder can be written to again");
        ipc::events::AlertCleared event;
        static_cast<ipc::alerts::Alert&>(event) = view_of(*desk_.disk_alert);
        parts_.server.publish(event);
        desk_.disk_alert.reset();
    }
    for (auto& [to, response] : responses_) parts_.server.reply(to, std::move(response));
    // The first posts leave right behind the acknowledgement, before the news are told.
    carry(parts_.controller.take_asks());
    for (const auto& act : desk_.after_commit) act();
    answer_snapshots();
    publish(parts_.controller.take_notices(), now);
    parts_.controller.store.tidy();
}

// What needs no commit: answers, and what follows from them.
void Loop::answer_all() {
    for (auto& [to, response] : responses_) parts_.server.reply(to, std::move(response));
    for (const auto& act : desk_.after_commit) act();
}

// What cannot be read for an event is a gap for those who listen: they look for themselves.
void Loop::publish(std::vector<Notice> notices, Now now) {
    if (notices.empty() && !publisher_.is_due(now)) return;
    const auto done = parts_.controller.read(now, [&] { publisher_.publish(std::move(notices), now); });
    if (done) return;
    spdlog::error("events are left out: {} ({})", done.error().message, done.error().detail);
    parts_.server.leave_out_event();
}

void Loop::failed(const Error& error, Now now) {
    spdlog::error("a turn could not be committed: {} ({})", error.message, error.detail);
    retry_at_ = now.steady + disk_retry;
    if (!desk_.disk_alert) {
        desk_.disk_alert = store::Alert{.kind = "disk",
                                        .severity = store::Severity::critical,
                                        .since = now.wall,
                                        .message = error.message + " Changes are not taken until it can be.",
                                        .hint = "Make room on the disk or repair it; nothing has to be entered twice."};
        ipc::events::AlertRaised event;
        static_cast<ipc::alerts::Alert&>(event) = view_of(*desk_.disk_alert);
        parts_.server.publish(event);
    }
    responses_.clear();
    desk_.after_commit.clear();
    for (auto act = desk_.if_undone.rbegin(); act != desk_.if_undone.rend(); ++act) (*act)();
    for (const auto& request : taken_) {
        if (only_reads(request)) answer_reader(request, now);
        else refuse(request, error);
    }
    answer_all();
}

bool Loop::only_reads(const ipc::IncomingRequest& request) const {
    const auto* handler = handlers_.find(request.method);
    return handler == nullptr || handler->method.effect == ipc::Effect::reads;
}

void Loop::answer_reader(const ipc::IncomingRequest& request, Now now) {
    const auto follows = desk_.after_commit.size();
    if (const auto done = parts_.controller.read(now, [&] { dispatch(request); }); !done) {
        desk_.after_commit.resize(follows);
        refuse(request, done.error());
    }
}

void Loop::refuse(const ipc::IncomingRequest& request, const Error& error) {
    responses_.emplace_back(
        request.from,
        ipc::error(request.from.msgid,
                   {ipc::Code::storage,
                    error.message + " The request is not acknowledged; send it again with the same ids.", std::nullopt}));
}

void Loop::answer_tests() {
    for (const auto& test : courier_.take_tests())
        parts_.server.reply(test.to, ipc::ok(test.to.msgid, view_of_test(test.result)));
}

void Loop::answer_snapshots() {
    if (desk_.snapshot_clients.empty()) return;
    std::vector<std::optional<sync::SnapshotReceipt>> receipts;
    const auto read = parts_.controller.read(desk_.now, [&] {
        for (const auto& client : desk_.snapshot_clients) receipts.push_back(parts_.controller.snapshots.receipt(client.source, client.snapshot));
    });
    if (!read) return;  // where the disk fails they wait on
    auto receipt = receipts.begin();
    std::erase_if(desk_.snapshot_clients, [&](const SnapshotClient& client) {
        auto& told = *receipt++;
        if (told) parts_.server.reply(client.to, ipc::ok(client.to.msgid, view_of(std::move(*told))));
        return told.has_value();
    });
}

void Loop::carry(std::vector<stack::Ask> asks) {
    for (auto& ask : asks) {
        const auto* cart = parts_.controller.board.get(ask.cart);
        if (cart == nullptr) continue;
        auto password = parts_.secrets.get(cart->id());
        auto why_not = password ? std::nullopt : std::optional{password.error().message};
        courier_.carry(std::move(ask), access_of(cart->config(), std::move(password).value_or(""), agent_id_), cart->cart.learned,
                       cart->config().batch_size, std::move(why_not));
    }
}

void Loop::wait() {
    const auto now = parts_.clock.now().steady;
    std::optional<Milliseconds> timeout;
    const auto until = [&](std::optional<AgentTime> time) {
        if (!time) return;
        const auto left = std::clamp(*time - now, Milliseconds{1}, longest_wait);
        if (!timeout || left < *timeout) timeout = left;
    };
    until(retry_at_ ? retry_at_ : wakeup_);
    until(publisher_.next_due());
    until(lan_.next_due());
    if (const auto every = parts_.service.sign_every()) {
        parts_.service.sign_of_life();
        if (!timeout || *every < *timeout) timeout = *every;
    }
    // What the disk could not take waits for its next try, and what came behind it, too.
    if ((deliveries_.empty() && courier_.has_deliveries()) || !waiting_.is_empty() ||
        parts_.server.is_ready())
        timeout = Milliseconds{0};
    watched_.clear();
    watched_.push_back({parts_.stop.descriptor(), false});
    for (const int socket : parts_.server.descriptors()) watched_.push_back({socket, false});
    parts_.http.poll(watched_, timeout);
}

}  // namespace stocktray::agent
