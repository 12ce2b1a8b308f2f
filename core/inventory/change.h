// A change of an item's QOH as the Order Manager reports it, and the rules that need no other knowledge.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inventory/quantity.h"
#include "core/result.h"
#include "core/time.h"

namespace stocktray::inventory {

enum class Reason {
    backorder_filled,
    phone_order,
    purchase_order_received,
    web_order_imported,
    adjustment,
    return_,  // `return` on the wire
    inventory_imported,
    get_qoh,
    other,
};
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;
[[nodiscard]] std::optional<Reason> reason_from(std::string_view word) noexcept;
// The same in words for a person: "phone order".
[[nodiscard]] std::string_view in_words(Reason reason) noexcept;

// How a SKU is reported, fixed by its first change: by differences or by counts with a growing version.
enum class Counting { delta, qoh };
[[nodiscard]] std::string_view to_string(Counting counting) noexcept;

struct Change {
    std::string id;
    std::string sku;
    std::optional<Delta> delta;         // either this
    std::optional<Quantity> qoh;        // or this with `version`
    std::optional<std::int64_t> version;
    std::optional<Quantity> expected;   // compare-and-set: the count before
    Reason reason{Reason::other};
    std::string origin_cart;            // its store has already taken the pieces; empty: none
    std::string origin_listing;         // which of the SKU's listings there; empty: all of them
    std::optional<WallTime> at;         // when it happened at the Order Manager, or at the latest
    std::optional<WallTime> since;      // it may have happened as early as this; empty: it was at `at`
    std::string by;
    std::string workstation;
    std::string reason_text;            // the shop's own words
    std::string order;                  // the store's order number as the shop shows it
    std::optional<Delta> taken;         // pieces that a count took for that order; negative: gave back
    std::vector<std::string> only_carts;  // for sources that fan out themselves; empty: all
    bool moves_book{true};
    bool again{false};                  // offered again to a restored agent: moves the book, makes no post
    std::string note;

    [[nodiscard]] Counting counting() const noexcept { return qoh ? Counting::qoh : Counting::delta; }
};

// 1 to 64 printable ASCII characters: what `id` and `source` must be.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

// Is the change complete and within the limits? Says in a sentence what is wrong with it.
[[nodiscard]] Result<void> validate(const Change& change);

}  // namespace stocktray::inventory
