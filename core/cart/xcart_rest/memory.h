// Where a shop keeps which SKU. X-Cart 5.5 cannot be asked for a SKU, and no generation for a variant's: the
// shop's list is read once and the places are kept. A place is only a hint: what is there is read and
// compared each time.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::cart::xcart_rest {

// A product, or one of its variants. The module names variants without their product: that is 0 then.
struct Place {
    std::int64_t product{0};
    std::optional<std::int64_t> variant;

    auto operator<=>(const Place&) const = default;
};

// 24 bytes a SKU: a shop may have a million.
class Directory {
public:
    void add(std::string_view sku, Place place);
    // To be called once, behind the last `add`.
    void seal();
    // Where this SKU was seen; in very rare cases another one, too.
    [[nodiscard]] std::vector<Place> find(std::string_view sku) const;
    // Calls `take(fingerprint, place)` for each.
    template <class Take>
    void each(Take take) const {
        for (const Entry& entry : entries_) take(entry.sku, entry.place());
    }
    void add(std::uint64_t fingerprint, Place place) {
        entries_.push_back({fingerprint, place.product, place.variant.value_or(no_variant)});
    }

private:
    static constexpr std::int64_t no_variant = std::numeric_limits<std::int64_t>::min();
    struct Entry {
        std::uint64_t sku{0};
        std::int64_t product{0};
        std::int64_t variant{no_variant};

        auto operator<=>(const Entry&) const = default;
        [[nodiscard]] Place place() const {
            return {product, variant == no_variant ? std::nullopt : std::optional{variant}};
        }
    };
    std::vector<Entry> entries_;
};

// Of one shop, shared by its dialogues.
struct Memory {
    std::shared_ptr<const Directory> directory;  // none: the shop's list was not read yet
    std::set<std::string> missed;  // SKUs that were looked for in vain, in all but old products' variants
};

}  // namespace stocktray::cart::xcart_rest
