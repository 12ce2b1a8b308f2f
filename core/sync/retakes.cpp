#include "core/sync/retakes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace stocktray::sync {

void tell_retakes(const store::Store& store, Journal& journal, Now now) {
    constexpr std::int64_t named = 5;
    const auto [number, skus] = store.items.to_retake(named);
    if (number == 0) return journal.clear("no_baseline", "", "");
    const auto more = number - std::ssize(skus);
    journal.raise({.kind = "no_baseline",
                   .severity = store::Severity::warning,
                   .since = now.wall,
                   .message = fmt::format("The Order Manager has to count {} SKU{} again: {}{}.", number, number == 1 ? "" : "s",
                                          fmt::join(skus, ", "), more > 0 ? fmt::format(" and {} more", more) : ""),
                   .hint = "They changed while a snapshot was taken, or were not in it. Until they are counted again they are neither "
                           "compared nor sent; a snapshot of these SKUs alone is enough.",
                   .count = number});
}

}  // namespace stocktray::sync
