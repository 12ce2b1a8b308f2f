// Reading a store's whole list of counts, once or twice: what was seen, and what was the same both times. A bit per
// listing in memory; the counts themselves go to the listings.
#pragma once
#include <memory>
#include <vector>

#include "core/jobs/tools.h"

namespace stocktray::jobs {

class StoreList {
public:
    StoreList(Tools& tools, stack::CartKey cart);

    enum class Look { first, second };
    // A look begins (anew).
    void begin(Look look);
    // A page of it.
    void take(stack::CartState& cart, const std::vector<cart::ReadCount>& page, Now now);

    void finished_look() noexcept { was_read_ = true; }
    // Has a whole look been taken?
    [[nodiscard]] bool was_read() const noexcept { return was_read_; }

    // Was it in the last look?
    [[nodiscard]] bool was_seen(stack::ListingKey listing) const { return has(seen_, listing); }
    // Had it the same count in both looks, with none of its posts moving meanwhile?
    [[nodiscard]] bool is_same(stack::ListingKey listing) const {
        return has(same_, listing) && !touched_->has(listing);
    }
    [[nodiscard]] bool was_touched(stack::ListingKey listing) const { return touched_->has(listing); }

private:
    using Bits = std::vector<bool>;
    [[nodiscard]] static bool has(const Bits& bits, stack::ListingKey listing) {
        return listing < static_cast<stack::ListingKey>(bits.size()) && bits[static_cast<std::size_t>(listing)];
    }
    static void set(Bits& bits, stack::ListingKey listing) {
        const auto at = static_cast<std::size_t>(listing);
        if (at >= bits.size()) bits.resize(at + 4'096);
        bits[at] = true;
    }

    Tools& tools_;
    stack::CartKey cart_;
    Look look_{Look::first};
    bool was_read_{false};
    Bits seen_;
    Bits same_;
    std::shared_ptr<const stack::Touched> touched_;
};

}  // namespace stocktray::jobs
