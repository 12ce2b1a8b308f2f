// What is wrong with a shop that is spoken to by REST, and what this way cannot promise, in the words of its
// owner.
#pragma once
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::cart::xcart_rest {

enum class Finding {
    not_found,  // neither generation's interface answers
    wrong_key,
    read_only_key,
    no_orders,           // they cannot be looked at
    no_clock,            // its answers carry no time
    unreadable_product,  // one that spoils lists
    sales_may_be_lost,   // always
    variants_are_slow,   // X-Cart 5.5 with variants
    orders_uncounted,    // the module
};

[[nodiscard]] ProbeProblem problem_of(Finding finding, std::string_view said);

}  // namespace stocktray::cart::xcart_rest
