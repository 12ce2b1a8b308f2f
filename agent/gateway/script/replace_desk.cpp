#include "agent/gateway/script/replace_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <sstream>
#include <utility>

#include "agent/clock.h"
#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "agent/gateway/script/open_get.h"
#include "core/cart/seti/ascii.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/qoh.h"
#include "ipc/random_id.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto told_within = 20s;
constexpr std::size_t most_counts = 1'000'000;
constexpr std::size_t most_in_a_part = 50'000;  // of a snapshot, and of a job
constexpr std::int64_t told_for_ms = 7LL * 24 * 3'600'000;
constexpr std::string_view remembered_as = "sends";       // carts and since when, a line each
constexpr std::string_view told_as = "sends to start";    // carts and SKUs, a line each
constexpr std::string_view once_more = "Press Send QOH to Cart in the Order Manager once more: only the Order Manager knows these counts.";
constexpr std::string_view by_hand = "Use Send QOH To Website in Stocktray, or press Send QOH to Cart in the Order Manager once more.";

}  // namespace

// One snapshot a source is open at a time; the carts do not wait for one another.
std::string ReplaceDesk::source_of(const std::string& cart) const {
    return (surroundings_.outbox.source().substr(0, 40) + "/" + cart).substr(0, 64);
}

ipc::Expected<void> ReplaceDesk::open_snapshot(const std::string& cart, Batches& batches) {
    // Changes that were posted before these counts were read are told before them.
    const auto is_flushed = surroundings_.outbox.flush(2s);
    if (!is_flushed) return ipc::Failure{is_flushed.error()};
    if (!*is_flushed) return ipc::fail(ipc::Code::no_agent, "Earlier changes have not reached Stocktray's agent yet.");
    ipc::qoh::Snapshot opening;
    opening.source = source_of(cart);
    opening.snapshot = ipc::random_id();
    const auto opened = ask(surroundings_.outbox, opening, 3s);
    if (!opened && opened.error().code == ipc::Code::conflict)
        if (const auto open_get = open_get_of(surroundings_.outbox, cart))
            return ipc::fail(ipc::Code::conflict, fmt::format("{} {}", open_get->message, open_get->hint));
    if (!opened) return ipc::Failure{opened.error()};
    batches.snapshot = opening.snapshot;
    return {};
}

std::string ReplaceDesk::take(const ipc::carts::Cart& cart, const FormFields& form) {
    const auto pieces = read_pieces(form.get("update"), ipc::to_string(cart.charset));
    if (!pieces) return error_answer(pieces.error().message);
    if (const auto count = cart::seti::read_integer(cart::seti::trim(form.get("count")));
        form.has("count") && count != std::ssize(*pieces))
        return error_answer(fmt::format("Expected {} updates, found {}.", form.get("count"), pieces->size()));
    std::unique_lock lock{mutex_};
    auto& batches = batches_[cart.cart];
    batches.name = cart.name;
    // A snapshot that is opened meanwhile would end the one that is being told.
    if (!was_told_.wait_for(lock, told_within, [&] { return !batches.is_being_told; }))
        return error_answer("The counts before these are being taken over. Nothing was changed; please send these again in a moment.");
    if (batches.snapshot.empty())
        if (auto opened = open_snapshot(cart.cart, batches); !opened)
            return error_answer("The counts were not taken, and nothing was changed. " + opened.error().message);
    if (batches.counts.size() + pieces->size() > most_counts)
        return error_answer("More than 1000000 counts wait to be sent. Please send the rest when these are sent.");
    promised_.insert_or_assign(cart.cart, to_ms(agent::Clock::wall_now()));
    if (auto kept = remember_promised(); !kept) return error_answer(kept.error().message + " The counts were not taken, and nothing was changed.");
    for (const auto& piece : *pieces) batches.counts.insert_or_assign(piece.sku, piece.number);
    batches.last = Clock::now();
    has_batches_.notify_all();
    return replaced_answer(*pieces, "OK");
}

Result<void> ReplaceDesk::remember_promised() {
    std::string carts;
    for (const auto& [cart, since] : promised_) carts += fmt::format("{}\t{}\n", cart, since);
    return ledger_.remember(remembered_as, carts);
}

void ReplaceDesk::remember_to_send() {
    std::string skus;
    for (const auto& [cart, batches] : batches_)
        for (const auto& sku : batches.to_send) skus += cart + '\t' + sku + '\n';
    if (auto kept = ledger_.remember(told_as, skus); !kept) spdlog::error("{}", kept.error().message);
}

void ReplaceDesk::tell(About about, const std::string& cart, std::string message, std::string_view hint) {
    std::vector<Problem> problems;
    if (!message.empty()) problems.push_back({.sku = {}, .cart = cart, .message = std::move(message), .hint = std::string{hint}});
    surroundings_.tell((about == About::counts ? "counts-" : "send-") + cart.substr(0, 50), std::move(problems));
}

void ReplaceDesk::tell_counts(const std::string& cart, Batches& batches, std::unique_lock<std::mutex>& lock) {
    const auto counts = std::exchange(batches.counts, {});
    const auto snapshot = std::exchange(batches.snapshot, {});
    batches.is_being_told = true;
    lock.unlock();
    ipc::Expected<void> told;
    std::int64_t number = 0;
    for (auto at = counts.begin(); told && at != counts.end();) {
        ipc::qoh::Snapshot part;
        part.source = source_of(cart);
        part.snapshot = snapshot;
        part.part = ++number;
        for (; at != counts.end() && part.items.size() < most_in_a_part; ++at) {
            auto& item = part.items.emplace_back();
            item.sku = at->first;
            item.qoh = at->second;
        }
        part.last = at == counts.end();
        const auto taken = ask(surroundings_.outbox, part, 60s);
        if (!taken) told = ipc::Failure{taken.error()};
        else if (!taken->retake.empty())
            spdlog::info("{} counts of {} changed while they were sent and are left to the next ones", taken->retake.size(), cart);
    }
    lock.lock();
    batches.is_being_told = false;
    was_told_.notify_all();
    if (told) {
        promised_.erase(cart);
        for (const auto& [sku, qoh] : counts) batches.to_send.insert(sku);
        tell(About::counts, cart, {}, {});
    } else {
        tell(About::counts, cart,
             fmt::format("The {} counts that the Order Manager sent for {} were not taken over: {}", counts.size(), batches.name,
                         told.error().message),
             once_more);
    }
    remember_to_send();
    if (auto kept = remember_promised(); !kept) spdlog::error("{}", kept.error().message);
}

void ReplaceDesk::start_send(const std::string& cart, Batches& batches, std::unique_lock<std::mutex>& lock) {
    ipc::jobs::Start start;
    start.kind = ipc::JobKind::send_qoh;
    start.cart = cart;
    auto& skus = start.options.skus.emplace();
    for (const auto& sku : batches.to_send) {
        if (skus.size() == most_in_a_part) break;
        skus.push_back(sku);
    }
    lock.unlock();
    const auto started = ask(surroundings_.outbox, start, 10s);
    lock.lock();
    const auto code = started ? ipc::Code::internal : started.error().code;
    if (!started && (code == ipc::Code::conflict || code == ipc::Code::busy || code == ipc::Code::no_agent || code == ipc::Code::no_answer)) {
        spdlog::info("Send QOH to {} waits: {}", cart, started.error().message);
        const auto now = Clock::now();
        batches.not_before = now + pace_.again_after;
        if (!batches.waits_since) batches.waits_since = now;
        if (now - *batches.waits_since >= pace_.told_after)
            tell(About::sending, cart,
                 fmt::format("{} counts that the Order Manager sent for {} still wait to go to the store: {}", batches.to_send.size(),
                             batches.name, started.error().message),
                 "They go as soon as that is over.");
        return;
    }
    batches.waits_since.reset();
    for (const auto& sku : skus) batches.to_send.erase(sku);
    remember_to_send();
    if (!started)
        return tell(About::sending, cart,
                    fmt::format("Send QOH to {} could not be started for {} counts: {}", batches.name, skus.size(),
                                started.error().message),
                    by_hand);
    spdlog::info("Send QOH to {}: job {} for {} counts", cart, started->job, skus.size());
    if (batches.to_send.empty()) tell(About::sending, cart, {}, {});
}

void ReplaceDesk::recover() {
    const std::lock_guard lock{mutex_};
    const auto each_line = [this](std::string_view name, auto use) {
        const auto left = ledger_.remembered(name);
        if (!left || !*left) return;
        std::istringstream lines{**left};
        for (std::string line; std::getline(lines, line);) {
            const auto tab = std::min(line.find('\t'), line.size());
            use(line.substr(0, tab), line.substr(std::min(tab + 1, line.size())));
        }
    };
    each_line(told_as, [this](const std::string& cart, const std::string& sku) {
        auto& batches = batches_[cart];
        if (batches.name.empty()) batches.name = cart;
        batches.to_send.insert(sku);
    });
    const auto now = to_ms(agent::Clock::wall_now());
    each_line(remembered_as, [&](const std::string& cart, const std::string& since) {
        const auto at = cart::seti::read_integer(since).value_or(now);
        // The counts of the days since have long come another way, or a person has decided that they are not wanted.
        if (now - at > told_for_ms) return;
        promised_.insert_or_assign(cart, at);  // until counts of it were taken over
        tell(About::counts, cart,
             fmt::format("Counts that the Order Manager sent for {} did not go to the store: the gateway was ended before.", cart),
             once_more);
    });
}

void ReplaceDesk::run(std::stop_token stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        auto next = Clock::time_point::max();
        std::string due;
        for (const auto& [cart, batches] : batches_) {
            if (!batches.has_work()) continue;
            const auto at = std::max(batches.last + pace_.quiet_for, batches.not_before);
            if (at <= Clock::now()) due = cart;
            next = std::min(next, at);
        }
        if (due.empty()) {
            const auto has_work = [this] { return std::ranges::any_of(batches_, [](const auto& one) { return one.second.has_work(); }); };
            if (next == Clock::time_point::max())
                has_batches_.wait(lock, stop, has_work);
            else
                has_batches_.wait_until(lock, stop, next, [] { return false; });
            continue;
        }
        auto& batches = batches_.at(due);  // none is ever taken out
        if (!batches.counts.empty()) tell_counts(due, batches, lock);
        if (!batches.to_send.empty()) start_send(due, batches, lock);
    }
}

}  // namespace stocktray::gateway
