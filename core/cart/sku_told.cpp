#include "core/cart/sku_told.h"

#include <algorithm>

namespace stocktray::cart {

ReadCount settle(std::span<const Told> told, const ListAnswers& answers) {
    for (std::size_t i = 1; i < told.size(); ++i) {
        const Told& before = told[i - 1];
        const Told& now = told[i];
        const bool is_repetition =
            before.answer != now.answer && std::ranges::binary_search(answers.broken, before.answer);
        const bool is_overlap =
            before.answer != now.answer && answers.may_overlap && before.count == now.count;
        if (!is_repetition && !is_overlap) return {told.front().count.sku, CountWord::ambiguous, 0};
    }
    return told.back().count;
}

}  // namespace stocktray::cart
