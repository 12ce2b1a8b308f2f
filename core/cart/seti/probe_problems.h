// What the test of a cart found wrong, in words for the owner of the shop.
#pragma once
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

// A cause met on the way; `said` has no secrets in it.
[[nodiscard]] ProbeProblem problem_of(Cause cause, std::string_view said);

enum class Finding { no_live_update, says_yes_to_anything, no_counts, paging_ignored, no_keys, other_agent };
[[nodiscard]] ProbeProblem problem_of(Finding finding, std::string_view said);

// Counts could not be read this time, which says nothing of what the script can do.
[[nodiscard]] ProbeProblem counts_unread(Cause cause, std::string_view said);

}  // namespace stocktray::cart::seti
