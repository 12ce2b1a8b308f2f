#include "agent/gateway/script/replace_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sstream>

#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "core/cart/seti/ascii.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/qoh.h"
#include "ipc/spool/random_id.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_for = 5s;     // after the last batch
constexpr auto again_after = 15s;  // while another job is at work on the cart
constexpr std::size_t most_counts = 50'000;
constexpr std::string_view remembered_as = "sends";  // carts, a line each
constexpr std::string_view once_more = "Press Send QOH to Cart in the Order Manager once more, or use Send QOH To Website in Stocktray.";

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
    const std::lock_guard lock{mutex_};
    auto& batches = batches_[cart.cart];
    batches.name = cart.name;
    if (batches.snapshot.empty())
        if (auto opened = open_snapshot(cart.cart, batches); !opened) {
            batches_.erase(cart.cart);
            return error_answer("The counts were not taken, and nothing was changed. " + opened.error().message);
        }
    if (batches.counts.size() + pieces->size() > most_counts)
        return error_answer("More than 50000 counts wait to be sent. Please send the rest when these are sent.");
    promised_.insert(cart.cart);
    if (auto kept = remember(); !kept) return error_answer(kept.error().message + " The counts were not taken, and nothing was changed.");
    for (const auto& piece : *pieces) batches.counts.insert_or_assign(piece.sku, piece.number);
    batches.last = Clock::now();
    has_batches_.notify_all();
    return replaced_answer(*pieces, "OK");
}

Result<void> ReplaceDesk::remember() {
    std::string carts;
    for (const auto& cart : promised_) carts += cart + '\n';
    return ledger_.remember(remembered_as, carts);
}

void ReplaceDesk::tell(const std::string& cart, std::string message, std::string hint) {
    std::vector<Problem> problems;
    if (!message.empty()) problems.push_back({.sku = {}, .cart = cart, .message = std::move(message), .hint = std::move(hint)});
    surroundings_.tell("send-" + cart.substr(0, 50), std::move(problems));
}

std::optional<ReplaceDesk::Clock::duration> ReplaceDesk::send(const std::string& cart, Batches& batches) {
    ipc::qoh::Snapshot part;
    part.source = source_of(cart);
    part.snapshot = batches.snapshot;
    part.part = 1;
    part.last = true;
    for (const auto& [sku, qoh] : batches.counts) {
        auto& item = part.items.emplace_back();
        item.sku = sku;
        item.qoh = qoh;
    }
    const auto failed = [&](const ipc::Error& error) {
        tell(cart, fmt::format("The {} counts that the Order Manager sent for {} were not taken over: {}", batches.counts.size(),
                               batches.name, error.message),
             std::string{once_more});
        return std::nullopt;
    };
    if (!batches.snapshot.empty() && !batches.counts.empty()) {
        const auto taken = ask(surroundings_.outbox, part, 60s);
        if (!taken) return failed(taken.error());
        batches.snapshot.clear();
        if (!taken->retake.empty())
            spdlog::info("{} counts of {} changed while they were sent and are left to the next ones", taken->retake.size(), cart);
    }
    ipc::jobs::Start start;
    start.kind = ipc::JobKind::send_qoh;
    start.cart = cart;
    start.options.skus.emplace();
    for (const auto& [sku, qoh] : batches.counts) start.options.skus->push_back(sku);
    const auto started = ask(surroundings_.outbox, start, 10s);
    if (!started && (started.error().code == ipc::Code::conflict || started.error().code == ipc::Code::busy ||
                     started.error().code == ipc::Code::no_agent || started.error().code == ipc::Code::no_answer)) {
        spdlog::info("Send QOH to {} waits: {}", cart, started.error().message);
        return again_after;
    }
    if (!started) return failed(started.error());
    spdlog::info("Send QOH to {}: job {} for {} counts", cart, started->job, batches.counts.size());
    tell(cart, {}, {});
    return std::nullopt;
}

void ReplaceDesk::run(std::stop_token stop) {
    std::unique_lock lock{mutex_};
    if (const auto left = ledger_.remembered(remembered_as); left && *left) {
        std::istringstream carts{**left};
        for (std::string cart; std::getline(carts, cart);) {
            promised_.insert(cart);  // until a Send has succeeded
            tell(cart, fmt::format("Counts that the Order Manager sent for {} did not go to the store: the gateway was ended before.", cart),
                 std::string{once_more});
        }
    }
    while (!stop.stop_requested()) {
        auto next = Clock::time_point::max();
        std::string due;
        for (const auto& [cart, batches] : batches_) {
            const auto at = std::max(batches.last + quiet_for, batches.not_before);
            if (at <= Clock::now()) due = cart;
            next = std::min(next, at);
        }
        if (due.empty()) {
            if (next == Clock::time_point::max())
                has_batches_.wait(lock, stop, [this] { return !batches_.empty(); });
            else
                has_batches_.wait_until(lock, stop, next, [] { return false; });
            continue;
        }
        // Batches that come meanwhile are a Send of their own.
        auto batches = std::move(batches_.extract(due).mapped());
        lock.unlock();
        const auto again = send(due, batches);
        lock.lock();
        if (!again) {
            promised_.erase(due);
            if (auto kept = remember(); !kept) spdlog::error("{}", kept.error().message);
            continue;
        }
        batches.not_before = Clock::now() + *again;
        // The newer counts of those that came meanwhile hold.
        auto [place, is_new] = batches_.try_emplace(due, batches);
        if (!is_new) {
            place->second.counts.merge(batches.counts);
            place->second.not_before = batches.not_before;
        }
    }
}

}  // namespace stocktray::gateway
