// Reading a store's whole list of counts, once or twice: what was seen, and what was the same both times. A bit per
// listing in memory; the counts themselves go to the listings, when the list is whole.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/jobs/tools.h"
#include "core/sync/counts_intake.h"

namespace stocktray::jobs {

class StoreList {
public:
    StoreList(Tools& tools, stack::CartKey cart);

    enum class Look { first, second };
    // A look begins (anew).
    void begin(Look look);
    // A page of it, of the store's answer with that number.
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) {
        if (intake_) intake_->take(page, answer);
    }
    // All of it is there; what follows is `go_on`.
    void complete(cart::ListAnswers answers, Now now) { intake_->complete(std::move(answers), now.wall); }
    // One slice of it goes to the listings. False: that was the last, the look is taken.
    [[nodiscard]] bool go_on(const stack::CartState& cart);

    // Has a whole look been taken?
    [[nodiscard]] bool was_read() const noexcept { return was_read_; }
    // SKUs in the last look.
    [[nodiscard]] std::int64_t distinct() const noexcept { return distinct_; }

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
    std::int64_t distinct_{0};
    Bits seen_;
    Bits same_;
    std::shared_ptr<const stack::Touched> touched_;
    std::optional<sync::CountsIntake> intake_;  // of the look that is being taken
};

}  // namespace stocktray::jobs
