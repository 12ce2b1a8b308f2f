#include "core/sync/sorted_counts.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace stocktray::sync {
namespace {

const std::string& sku_of(const cart::Told& told) noexcept { return told.count.sku; }

}  // namespace

void SortedCounts::add(const std::vector<cart::ReadCount>& page, std::int32_t answer) {
    if (has_leftovers_) has_leftovers_ = !kept_.forget_older(cart_, list_, first_);
    for (const auto& count : page) collected_.push_back({count, answer});
    write(page.size());
    if (collected_.size() >= per_run) begin_writing();
}

void SortedCounts::begin_writing() {
    write(writing_.size());
    writing_ = std::exchange(collected_, {});
    collected_.reserve(per_run + cart::CountSink::most_at_once);
    // Stable: what was told of a SKU stays in its order.
    std::ranges::stable_sort(writing_, {}, sku_of);
    written_ = 0;
    runs_.emplace_back();
}

void SortedCounts::write(std::size_t most) {
    for (std::size_t done = 0; done < most && written_ < writing_.size();) {
        const auto some = std::min(per_block, writing_.size() - written_);
        const auto block = kept_.put(cart_, list_, std::span{writing_}.subspan(written_, some));
        if (!first_) first_ = block;
        runs_.back().blocks.push_back(block);
        written_ += some;
        done += some;
    }
}

void SortedCounts::close() {
    write(writing_.size());
    writing_ = {};
    std::ranges::stable_sort(collected_, {}, sku_of);
    Run& last = runs_.emplace_back();
    last.head = std::exchange(collected_, {});
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        std::ranges::reverse(runs_[i].blocks);
        if (fill(runs_[i])) push(i);
    }
}

// False: the run is at its end.
bool SortedCounts::fill(Run& run) {
    if (run.at < run.head.size()) return true;
    run.at = 0;
    run.head.clear();
    if (run.blocks.empty()) return false;
    run.head = kept_.take(run.blocks.back());
    run.blocks.pop_back();
    return !run.head.empty();
}

// Of two runs with one SKU the earlier comes first.
bool SortedCounts::is_behind(std::size_t a, std::size_t b) const noexcept {
    const int order = runs_[a].sku().compare(runs_[b].sku());
    return order != 0 ? order > 0 : a > b;
}

void SortedCounts::push(std::size_t run) {
    heap_.push_back(run);
    std::ranges::push_heap(heap_, [this](std::size_t a, std::size_t b) { return is_behind(a, b); });
}

std::size_t SortedCounts::pop() {
    std::ranges::pop_heap(heap_, [this](std::size_t a, std::size_t b) { return is_behind(a, b); });
    const auto run = heap_.back();
    heap_.pop_back();
    return run;
}

const std::vector<cart::Told>& SortedCounts::next() {
    group_.clear();
    while (!heap_.empty() && (group_.empty() || runs_[heap_.front()].sku() == group_.front().count.sku)) {
        const auto number = pop();
        Run& run = runs_[number];
        group_.push_back(std::move(run.head[run.at++]));
        if (fill(run)) push(number);
    }
    return group_;
}

}  // namespace stocktray::sync
