#include "core/cart/seti/harvest.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t most_bad = 1000;  // in words

}  // namespace

void Harvest::begin_answer(Overlap overlap) {
    note_broken();
    ++answer_;
    answers_.may_overlap = overlap == Overlap::possible;
}

void Harvest::note_broken() {
    if (std::exchange(is_open_, false)) answers_.broken.push_back(answer_);
}

void Harvest::take(std::vector<ReadCount> items) {
    is_open_ = true;
    for (const ReadCount& item : items) static_cast<void>(met_.add(item.sku));
    if (items.size() <= CountSink::most_at_once) {
        if (!items.empty()) sink_->take(items, answer_);
        return;
    }
    for (auto from = items.begin(); from != items.end();) {
        const auto some = std::min(items.end() - from, static_cast<std::ptrdiff_t>(CountSink::most_at_once));
        sink_->take({std::make_move_iterator(from), std::make_move_iterator(from + some)}, answer_);
        from += some;
    }
}

void Harvest::add_bad(std::string_view problem) {
    if (bad_.size() < most_bad) bad_.push_back(redactor_.keep(problem));
}

void Harvest::move_into(CountsResult& result) {
    note_broken();
    result.distinct = met_.size();
    result.answers = std::move(answers_);
    result.bad = std::move(bad_);
}

}  // namespace stocktray::cart::seti
