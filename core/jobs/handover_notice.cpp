#include "core/jobs/handover_notice.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::jobs {
namespace {

constexpr Milliseconds patience{std::int64_t{24} * 3'600'000};

}  // namespace

void remind_of_handover(store::Store& store, const stack::CartBoard& board, Journal& journal, Now now) {
    const auto oldest = store.pulls.list(1);
    const auto job = oldest.empty() ? std::nullopt : store.jobs.get(oldest.front().job);
    const bool is_late = job && now.wall - job->finished_at.value_or(now.wall) >= patience;
    for (const auto& cart : board.all()) {
        if (!is_late || cart->cart.key != oldest.front().cart) {
            journal.clear("needs_decision", cart->id(), "");
            continue;
        }
        const auto waiting = store.pulls.count();
        journal.raise({.kind = "needs_decision",
                       .severity = store::Severity::warning,
                       .cart = cart->id(),
                       .since = now.wall,
                       .message = fmt::format("The Order Manager has not taken over what Get QOH of {} found (job {}): {} "
                                              "SKUs have waited for more than a day.",
                                              cart->config().name, job->id, waiting),
                       .hint = "Let it take them over (stocktrayctl pull), or undo that Get. Until then nothing else is "
                               "done with these SKUs.",
                       .action = "open_get",
                       .count = waiting});
    }
}

}  // namespace stocktray::jobs
