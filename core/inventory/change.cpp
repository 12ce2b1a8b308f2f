#include "core/inventory/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/control_characters.h"

namespace stocktray::inventory {
namespace {

struct ReasonRow {
    Reason reason;
    std::string_view word;
    std::string_view words;
};
constexpr std::array reasons{
    ReasonRow{Reason::backorder_filled, "backorder_filled", "backorder filled"},
    ReasonRow{Reason::phone_order, "phone_order", "phone order"},
    ReasonRow{Reason::purchase_order_received, "purchase_order_received", "purchase order received"},
    ReasonRow{Reason::web_order_imported, "web_order_imported", "web order imported"},
    ReasonRow{Reason::adjustment, "adjustment", "adjustment"},
    ReasonRow{Reason::return_, "return", "return"},
    ReasonRow{Reason::inventory_imported, "inventory_imported", "inventory imported"},
    ReasonRow{Reason::get_qoh, "get_qoh", "Get QOH From Website"},
    ReasonRow{Reason::other, "other", "other reason"},
};

const ReasonRow& row(Reason reason) noexcept {
    return *std::ranges::find(reasons, reason, &ReasonRow::reason);
}

constexpr std::size_t longest_sku = 255;

}  // namespace

std::string_view to_string(Reason reason) noexcept { return row(reason).word; }
std::string_view in_words(Reason reason) noexcept { return row(reason).words; }

std::optional<Reason> reason_from(std::string_view word) noexcept {
    const auto found = std::ranges::find(reasons, word, &ReasonRow::word);
    return found == reasons.end() ? std::nullopt : std::optional{found->reason};
}

std::string_view to_string(Counting counting) noexcept {
    return counting == Counting::qoh ? "qoh" : "delta";
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 &&
           std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

Result<void> validate(const Change& change) {
    const auto refuse = [](std::string message) { return fail(ErrorCode::invalid, std::move(message)); };
    if (!is_name(change.id)) return refuse("A change's id must be 1 to 64 printable ASCII characters.");
    if (change.sku.empty()) return refuse("A change needs a SKU.");
    if (change.sku.size() > longest_sku || has_control_character(change.sku))
        return refuse("A SKU may have at most 255 bytes and no control characters.");
    if (change.delta.has_value() == change.qoh.has_value())
        return refuse(fmt::format("The change of {} must have either a delta or a qoh.", change.sku));
    if (change.qoh && !change.version)
        return refuse(fmt::format("The count of {} needs a version that grows with every change.", change.sku));
    if ((change.delta && !is_in_range(*change.delta)) || (change.qoh && !is_in_range(*change.qoh)))
        return refuse(fmt::format("The quantity of {} is beyond ±2,000,000,000.", change.sku));
    if (change.reason == Reason::web_order_imported && change.origin_cart.empty())
        return refuse(fmt::format("The change of {} comes from a web order: it needs origin_cart.", change.sku));
    if (change.reason == Reason::web_order_imported && change.order.empty())
        return refuse(fmt::format("The change of {} comes from a web order: it needs the order's number.",
                                  change.sku));
    if (change.reason == Reason::get_qoh && change.origin_cart.empty())
        return refuse(fmt::format("The change of {} comes from Get QOH: it needs origin_cart.", change.sku));
    if (change.qoh && (!change.moves_book || change.reason == Reason::get_qoh))
        return refuse(fmt::format("The count of {} would move no book: send its difference.", change.sku));
    if (change.taken && (!change.qoh || change.order.empty() || change.origin_cart.empty()))
        return refuse(fmt::format("The change of {} says what was taken: that is for a qoh with order and origin_cart.", change.sku));
    if (change.taken && !is_in_range(*change.taken))
        return refuse(fmt::format("The quantity of {} is beyond ±2,000,000,000.", change.sku));
    if (!change.origin_listing.empty() && change.origin_cart.empty())
        return refuse(fmt::format("The change of {} names an origin_listing without origin_cart.", change.sku));
    if (!change.moves_book && change.only_carts.empty())
        return refuse(fmt::format("The change of {} moves no book: it must name its carts in only_carts.",
                                  change.sku));
    return {};
}

}  // namespace stocktray::inventory
