#include "ipc/spool/delivery.h"

#include <fmt/format.h>
#include <algorithm>
#include <unordered_map>

#include "ipc/codec/encode.h"
#include "ipc/messages/parameters.h"
#include "ipc/spool/clock_notice.h"
#include "ipc/wall_clock.h"
#include "ipc/whoami.h"

namespace stocktray::ipc {
namespace {

constexpr std::size_t most_in_a_batch = 1'000;
constexpr std::chrono::milliseconds patience{50};  // between two looks whether to stop
constexpr std::size_t longest_source = 58;         // of an id's 64 signs

// The agent will not have this one however often it is asked. Everything else is worth another try.
bool is_final(Code code) {
    switch (code) {
        case Code::invalid_request:
        case Code::unknown_method:
        case Code::invalid_params:
        case Code::not_found:
        case Code::conflict:
        case Code::unsupported:
        case Code::too_large: return true;
        case Code::unauthorized:  // of the whole client: ends when somebody gives it the right
        case Code::busy:
        case Code::storage:
        case Code::internal:
        case Code::no_agent:
        case Code::no_answer:
        case Code::bad_answer: return false;
    }
    return false;
}

// Not of the way there: somebody has answered.
bool is_answer(Code code) { return code != Code::no_agent && code != Code::no_answer; }

std::optional<std::chrono::milliseconds> wish_of(const Error& error) {
    const Data* after = error.data ? error.data->find("retry_after_ms") : nullptr;
    if (!after) return std::nullopt;
    std::optional<std::chrono::milliseconds> wish;
    after->visit([&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::int64_t>)
            wish = std::chrono::milliseconds{std::clamp<std::int64_t>(value, 0, 60'000)};
    });
    return wish;
}

}  // namespace

Delivery::Delivery(Spool& spool, Client& client, Options options)
    : spool_{spool}, client_{client}, options_{std::move(options)} {
    if (const auto known = spool_.known_agent()) lateness_seconds_ = known->lateness_seconds;
}

template <Request T>
Expected<typename T::Result> Delivery::ask(const T& request, std::stop_token stop) {
    is_agents_word_ = false;
    const auto pending = client_.send(request);
    if (!pending) return Failure{pending.error()};
    // Short enough that a silence can be told in time.
    const auto patience_now = options_.answer_within.value_or(
        std::clamp<Duration>(std::chrono::seconds{lateness_seconds_} / 3, Duration{1'000}, Duration{10'000}));
    const auto deadline = std::chrono::steady_clock::now() + patience_now;
    for (;;) {
        client_.poll(patience);
        if (auto answer = client_.take(*pending)) {
            is_agents_word_ = !*answer && is_answer(answer->error().code);
            return std::move(*answer);
        }
        if (stop.stop_requested() || std::chrono::steady_clock::now() >= deadline) break;
    }
    client_.forget(pending->msgid);
    return fail(Code::no_answer, "The agent did not answer in time; what was submitted waits in the spool.");
}

Delivery::Report Delivery::run(std::stop_token stop, Greeting greeting,
                               const std::function<void(std::int64_t seq)>& after_batch) {
    Report report;
    is_agents_word_ = false;
    const auto in_trouble = [&](const Error& error) {
        report.trouble = error;
        report.is_refused = is_agents_word_;
        report.has_heard_agent |= is_agents_word_;
        report.retry_after = wish_of(error);
        return report;
    };
    if (auto greeted = greet(greeting, report, stop); !greeted) return in_trouble(greeted.error());
    held_ = {};
    while (!stop.stop_requested()) {
        auto next = spool_.next_waiting(held_.after, most_in_a_batch);
        if (!next) return in_trouble(next.error());
        if (next->damaged > 0)
            report.notices.push_back({.kind = SpoolNotice::Kind::doubtful,
                                      .message = fmt::format("{} of the spooled changes {} damaged on the disk, and {} not delivered. "
                                                             "Please decide what becomes of {}.",
                                                             next->damaged, next->damaged == 1 ? "was" : "were",
                                                             next->damaged == 1 ? "is" : "are", next->damaged == 1 ? "it" : "them"),
                                      .count = next->damaged});
        auto& entries = next->entries;
        if (entries.empty() && next->damaged > 0) continue;
        if (entries.empty()) {
            is_agents_word_ = held_.why.has_value();
            return held_.why ? in_trouble(*held_.why) : report;
        }
        const bool are_changes = entries.front().kind == SpoolKind::change;
        const std::int64_t last = are_changes ? entries.back().seq : entries.front().seq;
        auto done = are_changes ? deliver_changes(std::move(entries), report, stop)
                                : deliver_orders(entries.front(), report, stop);
        if (!done) return in_trouble(done.error());
        report.has_heard_agent = true;
        if (after_batch) after_batch(last);
    }
    report.trouble = Error{Code::no_answer, "Stopped before everything was delivered.", {}};
    return report;
}

// Asked at the beginning of each run: what answers now may be another agent, or a restored one.
Expected<void> Delivery::greet(Greeting greeting, Report& report, std::stop_token stop) {
    auto hello = ask(agent::Hello{options_.client, 1}, stop);
    if (!hello) return Failure{std::move(hello.error())};
    agent_ = std::move(*hello);
    clock_notice_ = clock_notice(now_ms(), agent_->server_time, host_name());
    report.has_heard_agent = true;
    report.is_restored = agent_->restored;
    auto known = spool_.known_agent();
    if (!known) return Failure{std::move(known.error())};

    const bool is_known = known->incarnation == agent_->incarnation;
    if (!is_known) {
        auto doubtful = spool_.meets(agent_->incarnation);
        if (!doubtful) return Failure{std::move(doubtful.error())};
        if (*doubtful > 0)
            report.notices.push_back({.kind = SpoolNotice::Kind::doubtful,
                                      .message = fmt::format("{} of the spooled changes went to an agent that was replaced "
                                                             "before it answered. Please decide what becomes of them.",
                                                             *doubtful),
                                      .count = *doubtful});
    }
    if (greeting == Greeting::whole || !is_known) {
        learn_lateness(stop);
        tell_of_clock(stop);
    }
    // A restored agent that we know has forgotten a part of what it acknowledged. An empty one gets the counts as
    // they are, never old changes.
    if (is_known && agent_->restored && known->offered_again_to != agent_->run) {
        if (auto offered = offer_everything_again(report, stop); !offered) return offered;
        known->offered_again_to = agent_->run;
        known->lateness_seconds = lateness_seconds_;
        return spool_.remember(*known);
    }
    if (known->lateness_seconds != lateness_seconds_) {
        known->lateness_seconds = lateness_seconds_;
        return spool_.remember(*known);
    }
    return {};
}

void Delivery::learn_lateness(std::stop_token stop) {
    const auto parameters = ask(parameters::Get{std::vector<std::string>{"LatenessSeconds"}}, stop);
    if (!parameters) return;
    const auto found = parameters->parameters.find("LatenessSeconds");
    if (found == parameters->parameters.end()) return;
    if (const auto* seconds = std::get_if<std::int64_t>(&found->second)) lateness_seconds_ = *seconds;
}

// An agent that does not take it says so each time, and nothing is lost by that but the notice.
void Delivery::tell_of_clock(std::stop_token stop) {
    const auto message = clock_notice_ ? clock_notice_->message : std::string{};
    if (clock_told_to_ == agent_->run && clock_told_ == message) return;
    // A source of its own: what the program around this one tells as `source` is told as a whole, too.
    alerts::Tell tell{.source = spool_.source().substr(0, longest_source) + "/clock"};
    if (clock_notice_) tell.alerts.push_back(*clock_notice_);
    if (!ask(tell, stop)) return;
    clock_told_to_ = agent_->run;
    clock_told_ = message;
}

Expected<void> Delivery::offer_everything_again(Report& report, std::stop_token stop) {
    std::int64_t counted = 0;
    std::int64_t refused = 0;
    std::string why;
    for (std::int64_t after = 0;;) {
        auto entries = spool_.delivered_since(now_ms(), after, most_in_a_batch);
        if (!entries) return Failure{std::move(entries.error())};
        if (entries->empty()) break;
        after = entries->back().seq;
        qoh::Submit submit{spool_.source(), {}};
        for (const auto& entry : *entries) {
            // What another agent took is not what this one forgot.
            if (entry.offered_to != agent_->incarnation || entry.is_damaged) continue;
            if (auto change = entry.change()) {
                change->again = true;
                change->expected.reset();
                submit.changes.push_back(std::move(*change));
            }
        }
        if (submit.changes.empty()) continue;
        auto result = submit_again(std::move(submit.changes), stop);
        if (!result) return Failure{std::move(result.error())};
        counted += result->accepted;
        refused += std::ssize(result->rejected);
        if (why.empty() && !result->rejected.empty()) why = fmt::format("{}: {}", result->rejected.front().id, result->rejected.front().message);
    }
    if (refused > 0)
        report.notices.push_back({.kind = SpoolNotice::Kind::refused,
                                  .message = fmt::format("The agent was restored from a copy, and {} of the changes of the last 30 days "
                                                         "that it is told again {} not taken, the first of them {} Compare the counts "
                                                         "of what was sold lately.",
                                                         refused, refused == 1 ? "was" : "were", why),
                                  .count = refused});
    report.notices.push_back({.kind = SpoolNotice::Kind::offered_again,
                              .message = fmt::format("The agent was restored from a copy; it was told again of the last 30 "
                                                     "days, and {} {} new to it.",
                                                     counted, counted == 1 ? "change was" : "changes were"),
                              .count = counted});
    return {};
}

void Delivery::look_behind(std::int64_t seq) {
    if (held_.why) held_.after = std::max(held_.after, seq);
}

bool Delivery::holds(const orders::Imported& import) {
    bool is_held = held_.carts.contains(import.cart);
    if (import.orders)
        for (const auto& order : *import.orders)
            for (const auto& line : order.lines) is_held = is_held || held_.skus.contains(line.sku);
    if (is_held) held_.carts.insert(import.cart);
    return is_held;
}

Expected<void> Delivery::deliver_changes(std::vector<SpoolEntry> all, Report& report, std::stop_token stop) {
    qoh::Submit submit{spool_.source(), {}};
    std::vector<SpoolEntry> entries;
    const std::int64_t last = all.back().seq;
    for (auto& entry : all) {
        auto change = entry.change();
        // It was valid when it was spooled, and its sum holds: a rule has become stricter since.
        if (!change) return refuse(entry, change.error(), report);
        if (held_.skus.contains(change->sku)) {
            if (change->origin_cart) held_.carts.insert(*change->origin_cart);
            continue;
        }
        // It may have been taken, and forgotten with the rest: then the stores have it already.
        if (agent_->restored && entry.offered_to == agent_->incarnation) change->again = true;
        submit.changes.push_back(std::move(*change));
        entries.push_back(std::move(entry));
    }
    if (entries.empty()) {
        look_behind(last);
        return {};
    }
    if (auto noted = spool_.offered(entries, agent_->incarnation); !noted) return noted;
    auto result = ask(submit, stop);
    if (!result && is_final(result.error().code)) {
        if (entries.size() == 1) return refuse(entries.front(), result.error(), report);
        // One of them spoils the others: which, half of them will tell.
        entries.resize(entries.size() / 2);
        return deliver_changes(std::move(entries), report, stop);
    }
    if (!result) return Failure{std::move(result.error())};

    std::vector<SpoolVerdict> verdicts;
    std::unordered_map<std::size_t, const qoh::RejectedChange*> rejected;
    for (const auto& one : result->rejected) rejected.emplace(static_cast<std::size_t>(one.index), &one);
    std::optional<Error> postponed;  // of all of them
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto found = rejected.find(i);
        if (found == rejected.end()) {
            verdicts.push_back({.seq = entries[i].seq});
            continue;
        }
        const Code code = from_string<Code>(found->second->code).value_or(Code::internal);
        const Error error{code, found->second->message, {}};
        if (!is_final(code)) {
            if (code != Code::busy) postponed = error;
            held_.skus.insert(submit.changes[i].sku);
            if (submit.changes[i].origin_cart) held_.carts.insert(*submit.changes[i].origin_cart);
            if (!held_.why) held_.why = error;
            continue;
        }
        verdicts.push_back({entries[i].seq, SpoolState::refused, found->second->code, found->second->message});
        report.notices.push_back({SpoolNotice::Kind::refused, entries[i].seq, entries[i].id, submit.changes[i].sku,
                                  found->second->code, found->second->message, 1});
        ++report.refused;
    }
    if (auto ended = spool_.end(verdicts, now_ms()); !ended) return ended;
    report.delivered += std::ranges::count(verdicts, SpoolState::delivered, &SpoolVerdict::state);
    look_behind(last);
    is_agents_word_ = postponed.has_value();
    if (postponed) return Failure{std::move(*postponed)};
    return {};
}

// One that a newer version will not have must not keep the others from it.
Expected<qoh::SubmitResult> Delivery::submit_again(std::vector<qoh::Change> changes, std::stop_token stop) {
    auto result = ask(qoh::Submit{spool_.source(), changes}, stop);
    if (result || !is_final(result.error().code)) return result;
    if (changes.size() == 1)
        return qoh::SubmitResult{.rejected = {{0, changes.front().id, std::string{to_string(result.error().code)}, result.error().message}}};
    const auto half = changes.begin() + std::ssize(changes) / 2;
    auto first = submit_again({changes.begin(), half}, stop);
    if (!first) return first;
    auto second = submit_again({half, changes.end()}, stop);
    if (!second) return second;
    first->accepted += second->accepted;
    first->duplicates += second->duplicates;
    first->rejected.insert(first->rejected.end(), second->rejected.begin(), second->rejected.end());
    return first;
}

Expected<void> Delivery::deliver_orders(const SpoolEntry& entry, Report& report, std::stop_token stop) {
    const auto orders = entry.imported();
    if (!orders) return refuse(entry, orders.error(), report);
    if (holds(*orders)) {
        look_behind(entry.seq);
        return {};
    }
    auto result = ask(*orders, stop);
    if (!result && is_final(result.error().code)) return refuse(entry, result.error(), report);
    if (!result) return Failure{std::move(result.error())};
    const SpoolVerdict verdict{.seq = entry.seq};
    if (auto ended = spool_.end({&verdict, 1}, now_ms()); !ended) return ended;
    ++report.delivered;
    look_behind(entry.seq);
    if (!result->complete) {
        std::string lines;
        for (const auto& missing : result->missing)
            if (lines.size() < 200) lines += fmt::format("{}{} (order {})", lines.empty() ? "" : ", ", missing.sku, missing.order);
        report.notices.push_back({.kind = SpoolNotice::Kind::import_incomplete,
                                  .message = fmt::format("The import of {}'s web orders is not complete: no change has taken "
                                                         "the pieces of {}.",
                                                         orders->cart, lines.empty() ? "its orders" : lines),
                                  .count = static_cast<std::int64_t>(result->missing.size())});
    }
    return {};
}

Expected<void> Delivery::refuse(const SpoolEntry& entry, const Error& error, Report& report) {
    const SpoolVerdict verdict{entry.seq, SpoolState::refused, std::string{to_string(error.code)}, error.message};
    if (auto ended = spool_.end({&verdict, 1}, now_ms()); !ended) return ended;
    const auto change = entry.kind == SpoolKind::change ? entry.change() : Expected<qoh::Change>{};
    report.notices.push_back({SpoolNotice::Kind::refused, entry.seq, entry.id, change ? change->sku : "", verdict.code,
                              verdict.message, 1});
    ++report.refused;
    return {};
}

}  // namespace stocktray::ipc
