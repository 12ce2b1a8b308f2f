#include "core/cart/seti/counts_page.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/refusals.h"

namespace stocktray::cart::seti {
namespace {

ReadCount read_item(std::string sku, std::string_view qoh) {
    qoh = trim(qoh);
    if (qoh.empty() || equals_ignoring_case(qoh, "NA")) return {std::move(sku), CountWord::not_tracked, 0};
    if (const auto count = read_count(qoh)) return {std::move(sku), CountWord::count, *count};
    return {std::move(sku), CountWord::error, 0};
}

bool is_ascii(const ReadCount& item) noexcept {
    return std::ranges::none_of(item.sku, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

}  // namespace

void PageBuilder::add(std::string sku, std::string_view qoh) {
    ++page.products;
    ++page.rows;
    page.items.push_back(read_item(std::move(sku), qoh));
    if (take_ && page.items.size() - held_ == CountSink::most_at_once && !has_failed()) give_away();
}

void PageBuilder::skip() {
    ++page.products;
    ++page.skipped;
}

void PageBuilder::fail(Cause why) {
    if (!has_failed()) page.cause = why;
}

void PageBuilder::judge_error(std::string_view text, bool is_error_root) {
    page.description = trim(text);
    const auto listed = is_error_root ? xml_refusal(text) : listed_refusal(text);
    page.is_refused = listed.has_value();
    fail(listed.value_or(Cause::store_error));
}

void PageBuilder::give_away() {
    std::vector<ReadCount>& items = page.items;
    const auto fresh = items.begin() + static_cast<std::ptrdiff_t>(held_);
    if (held_ >= most_held) is_charset_trusted_ = true;
    const auto doubtful =
        is_charset_trusted_ ? items.end() : std::stable_partition(fresh, items.end(), is_ascii);
    if (fresh != doubtful) take_({std::make_move_iterator(fresh), std::make_move_iterator(doubtful)});
    items.erase(fresh, doubtful);
    for (; is_charset_trusted_ && held_ > 0;) {
        const std::size_t some = std::min(held_, CountSink::most_at_once);
        const auto from = items.end() - static_cast<std::ptrdiff_t>(some);
        take_({std::make_move_iterator(from), std::make_move_iterator(items.end())});
        items.erase(from, items.end());
        held_ -= some;
    }
    held_ = items.size();
}

}  // namespace stocktray::cart::seti
