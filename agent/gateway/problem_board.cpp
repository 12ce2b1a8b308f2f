#include "agent/gateway/problem_board.h"

#include <spdlog/spdlog.h>
#include <algorithm>

#include "agent/gateway/ask.h"
#include "ipc/messages/alerts.h"

namespace stocktray::gateway {
namespace {

constexpr std::chrono::seconds again_after{5};
constexpr std::size_t most_told = 1'000;

}  // namespace

void ProblemBoard::tell(std::string_view door, std::vector<Problem> problems) {
    const std::lock_guard lock{mutex_};
    auto& before = problems_[std::string{door}];
    if (before == problems) return;
    for (const auto& problem : problems)
        if (std::ranges::count(before, problem) == 0) spdlog::warn("{}: {}", door, problem.message);
    before = std::move(problems);
    is_new_ = true;
    changed_.notify_all();
}

void ProblemBoard::run(ipc::Outbox& outbox, std::stop_token stop) {
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [this] { return is_new_; }) && !stop.stop_requested()) {
        ipc::alerts::Tell tell{outbox.source(), {}};
        for (const auto& [door, problems] : problems_)
            for (const auto& problem : problems) {
                if (tell.alerts.size() == most_told) break;
                auto& told = tell.alerts.emplace_back();
                if (!problem.cart.empty()) told.cart = problem.cart;
                if (!problem.sku.empty()) told.sku = problem.sku;
                told.about = door;
                told.message = problem.message;
                told.hint = problem.hint;
            }
        is_new_ = false;
        lock.unlock();
        const auto done = ask(outbox, tell);
        lock.lock();
        if (done) continue;
        // An agent that does not have it will not have it in a moment either; one that is away will come back.
        const bool is_away = done.error().code == ipc::Code::no_agent || done.error().code == ipc::Code::no_answer ||
                             done.error().code == ipc::Code::busy || done.error().code == ipc::Code::storage;
        if (!is_away) spdlog::error("the agent does not take a notice of the gateway: {}", done.error().message);
        if (is_away) is_new_ = true;
        changed_.wait_for(lock, stop, again_after, [] { return false; });
    }
}

}  // namespace stocktray::gateway
