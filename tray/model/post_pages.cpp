#include "tray/model/post_pages.h"

#include <algorithm>
#include <utility>

namespace stocktray::tray {

void PostPages::clear() {
    pages_.clear();
    wishes_.clear();
    asked_.clear();
    doubtful_.clear();
    total_ = last_page_ = 0;
    is_known_ = false;
}

void PostPages::forget_questions() {
    asked_.clear();
    doubtful_.clear();
}

void PostPages::make_stale() {
    for (auto& page : pages_) page.is_fresh = false;
    doubtful_ = asked_;
}

std::list<PostPages::Page>::iterator PostPages::at(std::int64_t page) {
    return std::ranges::find(pages_, page, &Page::number);
}

const ipc::stack::Post* PostPages::look_at(std::int64_t row) {
    if (row < 0 || row >= total_) return nullptr;
    last_page_ = row / page_size;
    const auto page = at(last_page_);
    if (page == pages_.end()) {
        wish(last_page_);
        return nullptr;
    }
    pages_.splice(pages_.begin(), pages_, page);
    if (!page->is_fresh) wish(last_page_);
    return find(row);
}

const ipc::stack::Post* PostPages::find(std::int64_t row) const {
    if (row < 0) return nullptr;
    const auto page = std::ranges::find(pages_, row / page_size, &Page::number);
    if (page == pages_.end()) return nullptr;
    const auto place = static_cast<std::size_t>(row % page_size);
    return place < page->posts.size() ? &page->posts[place] : nullptr;
}

std::optional<std::int64_t> PostPages::row_of(std::int64_t post) const {
    // A page that is out of date may name a post that another one names, too: the fresh one is right.
    std::optional<std::int64_t> found;
    for (const auto& page : pages_) {
        const auto place = std::ranges::find(page.posts, post, &ipc::stack::Post::post);
        if (place == page.posts.end()) continue;
        found = page.number * page_size + (place - page.posts.begin());
        if (page.is_fresh) break;
    }
    return found;
}

void PostPages::wish(std::int64_t page) {
    if (std::ranges::find(asked_, page) != asked_.end()) return;
    std::erase(wishes_, page);
    wishes_.push_back(page);
    if (wishes_.size() > most_wishes) wishes_.erase(wishes_.begin());
}

std::optional<std::int64_t> PostPages::take_wish() {
    if (wishes_.empty()) return std::nullopt;
    const auto page = wishes_.back();
    wishes_.pop_back();
    asked_.push_back(page);
    return page;
}

void PostPages::take(std::int64_t page, std::vector<ipc::stack::Post> posts, std::int64_t total) {
    std::erase(asked_, page);
    total_ = total;
    is_known_ = true;
    const bool is_fresh = std::erase(doubtful_, page) == 0 &&
                          std::ssize(posts) >= std::min(page_size, total - page * page_size);
    if (const auto old = at(page); old != pages_.end()) {
        old->posts = std::move(posts);
        old->is_fresh = is_fresh;
    } else {
        pages_.push_front({page, is_fresh, std::move(posts)});
    }
    std::erase_if(pages_, [&](const Page& one) { return one.number * page_size >= total_; });
    if (pages_.size() > most_pages) pages_.pop_back();
    std::erase_if(wishes_, [&](std::int64_t one) { return one > 0 && one * page_size >= total_; });
    if (last_page_ > 0 && last_page_ * page_size >= total_)
        last_page_ = total_ == 0 ? 0 : (total_ - 1) / page_size;
}

void PostPages::fail(std::int64_t page) {
    std::erase(asked_, page);
    std::erase(doubtful_, page);
}

}  // namespace stocktray::tray
