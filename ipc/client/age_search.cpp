#include "ipc/client/age_search.h"

#include <algorithm>

namespace stocktray::ipc {
namespace {

constexpr std::int64_t whole = 1'000;  // so many are read at once; a stack that is not longer needs no search
constexpr std::int64_t few = 100;      // so many between two looks are read at once

}  // namespace

std::size_t age_column(std::int64_t age_ms) noexcept {
    return static_cast<std::size_t>(std::ranges::lower_bound(age_bounds, age_ms) - age_bounds.begin());
}

std::optional<AgeSearch::Question> AgeSearch::next() const {
    if (!total_) return Question{0, whole};
    if (*total_ == 0) return std::nullopt;
    if (!columns_.contains(*total_ - 1)) return Question{*total_ - 1, 1};
    for (auto left = columns_.begin(), right = std::next(left); right != columns_.end(); left = right++) {
        const auto between = right->first - left->first - 1;
        if (between == 0 || left->second == right->second) continue;
        if (between <= few) return Question{left->first + 1, between};
        return Question{left->first + between / 2, 1};
    }
    return std::nullopt;
}

void AgeSearch::take(const Question& question, const std::vector<std::int64_t>& created, std::int64_t total) {
    if (!total_) total_ = total;
    for (std::int64_t i = 0; i < question.limit; ++i) {
        const auto offset = question.offset + i;
        if (offset >= *total_) break;
        // What is no longer there has made the others move up: those at the end are the youngest.
        const auto at = static_cast<std::size_t>(i);
        columns_[offset] = at < created.size() ? age_column(now_ - created[at]) : 0;
    }
}

AgeCounts AgeSearch::counts() const {
    AgeCounts counts{};
    std::int64_t counted = 0;  // offsets below it
    for (const auto& [offset, column] : columns_) {
        counts[column] += offset - counted + 1;
        counted = offset + 1;
    }
    return counts;
}

}  // namespace stocktray::ipc
