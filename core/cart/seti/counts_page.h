// What one answer to downloadqoh or downloadprods says, and how it is gathered while the answer comes in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

enum class Download { qoh, products };

// One answer's worth of products.
struct CountsPage {
    Cause cause{Cause::none};  // none: whole and usable
    Dialect form{Dialect::xml};
    int code{0};                      // the XML answer's ResponseCode: 1 data, 2 nothing there, 3 error
    std::string description;          // what the script says beside it, or its error
    bool is_refused{false};           // a listed refusal: "no", not "broken"
    std::vector<ReadCount> items;     // those not given away before
    std::int64_t rows{0};             // items, with those given away
    std::int64_t products{0};         // with and without a SKU: what `batchsize` counts
    std::int64_t skipped{0};          // without a SKU
    bool tells_end{false};            // it says whether a page follows
    std::optional<std::string> next;  // the cursor of the page after this one
    std::vector<Warning> warnings;
    std::string better_charset;  // not readable as it was; ask again and read it in this charset
    bool is_spoiled{false};      // names were given away that were read in a wrong charset
    std::string broken_in;  // the SKU of the product in which it stopped being readable, if that was seen
};

// Takes items before their answer is known to be whole, at most `CountSink::most_at_once` at a time.
using TakeItems = std::function<void(std::vector<ReadCount>)>;

// Fills a page. With `take`, a catalogue of a million in one answer is never in memory: items are given away
// as soon as there are enough of them. Names outside ASCII are held back, for only the whole answer proves
// its charset; after `most_held` of them that were good UTF-8 there is no doubt left.
class PageBuilder {
public:
    static constexpr std::size_t most_held = 20'000;

    explicit PageBuilder(TakeItems take) : take_{std::move(take)} {}

    void add(std::string sku, std::string_view qoh);
    void skip();  // a product without a SKU
    void fail(Cause why);
    // The script answered with an error; `is_error_root`: under an element of that name.
    void judge_error(std::string_view text, bool is_error_root);

    [[nodiscard]] bool has_failed() const noexcept { return page.cause != Cause::none; }
    // Names outside ASCII were given away: they were read in the right charset, or the page is spoiled.
    [[nodiscard]] bool is_charset_trusted() const noexcept { return is_charset_trusted_; }

    CountsPage page;

private:
    void give_away();

    TakeItems take_;
    std::size_t held_{0};  // the first of `page.items`, names outside ASCII all
    bool is_charset_trusted_{false};
};

}  // namespace stocktray::cart::seti
