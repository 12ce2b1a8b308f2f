#include "tray/model/job_results.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "tray/model/job_words.h"

namespace stocktray::tray {
namespace {

// SKUs are ASCII nearly always; of other letters the case counts.
std::string lower(std::string text) {
    for (char& sign : text)
        if (sign >= 'A' && sign <= 'Z') sign = static_cast<char>(sign - 'A' + 'a');
    return text;
}

}  // namespace

void JobResults::clear() {
    items_.clear();
    left_out_.clear();
    left_out_count_ = 0;
    shown_.clear();
    tally_ = {};
    stays_out_.clear();
}

void JobResults::begin_again() {
    auto stays_out = std::exchange(stays_out_, {});
    for (std::size_t at = 0; at < items_.size(); ++at)
        if (left_out_[at]) stays_out.insert(items_[at].sku);
        else if (has_tick(at)) stays_out.erase(items_[at].sku);
    clear();
    stays_out_ = std::move(stays_out);
}

void JobResults::add(std::vector<ipc::jobs::ResultItem> items) {
    for (auto& item : items) {
        tally_.add(item);
        if (fits(item)) shown_.push_back(items_.size());
        items_.push_back(std::move(item));
        left_out_.push_back(false);
        if (stays_out_.contains(items_.back().sku)) tick_one(items_.size() - 1, false);
    }
}

bool JobResults::fits(const ipc::jobs::ResultItem& item) const {
    if (only_ && item.result != *only_) return false;
    const auto has = [&](const std::string& text) { return lower(text).find(text_) != std::string::npos; };
    return text_.empty() || has(item.sku) || has(item.store_sku) || has(why_words(item));
}

void JobResults::set_filter(std::string text, std::optional<ipc::JobResult> only) {
    text_ = lower(std::move(text));
    only_ = only;
    shown_.clear();
    for (std::size_t at = 0; at < items_.size(); ++at)
        if (fits(items_[at])) shown_.push_back(at);
}

std::vector<ipc::JobResult> JobResults::kinds() const {
    using enum ipc::JobResult;
    std::set<ipc::JobResult> there;
    for (const auto& item : items_) there.insert(item.result);
    std::vector<ipc::JobResult> kinds;
    for (const auto kind :
         {would_change, new_, different, error, ambiguous, waiting, not_found, not_tracked, skipped, ok})
        if (there.contains(kind)) kinds.push_back(kind);
    return kinds;
}

void JobResults::tick(std::size_t at, bool is_ticked) {
    if (!has_tick(at)) return;
    for (std::size_t other = 0; other < items_.size(); ++other)
        if (items_[other].sku == items_[at].sku) tick_one(other, is_ticked);
}

void JobResults::tick_one(std::size_t at, bool is_ticked) {
    if (!has_tick(at) || left_out_[at] == !is_ticked) return;
    left_out_[at] = !is_ticked;
    if (is_ticked) {
        --left_out_count_;
        tally_.add(items_[at]);
    } else {
        ++left_out_count_;
        tally_.remove(items_[at]);
    }
}

void JobResults::tick_shown(bool is_ticked) {
    std::unordered_set<std::string_view> skus;
    for (const auto at : shown_) skus.insert(items_[at].sku);
    for (std::size_t at = 0; at < items_.size(); ++at)
        if (skus.contains(items_[at].sku)) tick_one(at, is_ticked);
}

std::optional<std::vector<std::string>> JobResults::selection() const {
    if (left_out_count_ == 0) return std::nullopt;
    std::vector<std::string> skus;
    for (std::size_t at = 0; at < items_.size(); ++at)
        // What waits goes on by itself, unless the whole is narrowed to SKUs without it.
        if (has_tick(at) ? !left_out_[at] : items_[at].result == ipc::JobResult::waiting)
            skus.push_back(items_[at].sku);
    return skus;
}

std::vector<std::string> skus_of_text(std::string_view text) {
    constexpr std::string_view separators = "\r\n,;\t";
    std::vector<std::string> skus;
    std::set<std::string, std::less<>> known;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (word.starts_with(' ')) word.remove_prefix(1);
        while (word.ends_with(' ')) word.remove_suffix(1);
        if (word.empty() || !known.emplace(word).second) continue;
        skus.emplace_back(word);
    }
    return skus;
}

}  // namespace stocktray::tray
