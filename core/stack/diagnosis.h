// Why a cart does not follow, in the words of the people who can do something about it.
#pragma once
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::stack {

// A cause as it stands on the wire and in the database.
[[nodiscard]] std::string_view to_string(cart::Cause cause) noexcept;
[[nodiscard]] cart::Cause cause_from(std::string_view word) noexcept;  // an unknown word is `none`

struct Diagnosis {
    std::string message;  // what happened, one sentence without the cart's name
    std::string hint;     // what to do, one sentence
};

// `said` is what the store or the network said (secrets already taken out); it is quoted where it helps.
[[nodiscard]] Diagnosis diagnose(cart::Cause cause, std::string_view said);

// Does this cause say that the script was not reached or not answering (and not only this one post)?
[[nodiscard]] bool is_failure_to_reach(cart::Cause cause) noexcept;

}  // namespace stocktray::stack
