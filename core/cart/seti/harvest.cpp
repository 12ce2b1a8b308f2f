#include "core/cart/seti/harvest.h"

#include <algorithm>
#include <utility>

#include "core/cart/seti/read_counts.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t most_bad = 1000;  // in words

}  // namespace

void Harvest::begin_answer(Overlap overlap) {
    if (is_open_) seen_.doubt(answer_);
    answer_ = static_cast<std::uint8_t>(answer_ % SeenSkus::last_answer + 1);
    overlap_ = overlap;
    is_open_ = false;
}

void Harvest::take(std::vector<ReadCount> items) {
    is_open_ = true;
    std::vector<ReadCount> fresh;
    for (ReadCount& item : items) {
        const auto sight = seen_.add(item, answer_, overlap_);
        if (sight == SeenSkus::Sight::known) continue;
        if (sight == SeenSkus::Sight::conflict) item = {std::move(item.sku), CountWord::ambiguous, 0};
        if (sink_) {
            fresh.push_back(std::move(item));
            if (fresh.size() == CountSink::most_at_once) sink_->take(std::exchange(fresh, {}));
        } else if (sight == SeenSkus::Sight::first) {
            items_.push_back(std::move(item));
        } else {
            keep(std::move(item));
        }
    }
    if (!fresh.empty()) sink_->take(fresh);
}

void Harvest::keep(ReadCount item) {
    const auto before = std::ranges::find(items_, item.sku, &ReadCount::sku);
    if (before == items_.end()) {
        items_.push_back(std::move(item));
    } else {
        *before = std::move(item);
    }
}

void Harvest::add_bad(std::string_view problem) {
    if (bad_.size() < most_bad) bad_.push_back(redactor_.keep(problem));
}

void Harvest::move_into(CountsResult& result) {
    result.distinct = seen_.size();
    result.items = std::move(items_);
    result.bad = std::move(bad_);
}

}  // namespace stocktray::cart::seti
