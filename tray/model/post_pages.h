// The posts of a long list, of which only the pages that somebody looks at are held. It asks nothing itself:
// it says which page is needed next, and takes what came.
#pragma once
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <vector>

#include "ipc/messages/stack.h"

namespace stocktray::tray {

class PostPages {
public:
    static constexpr std::int64_t page_size = 100;
    static constexpr std::size_t most_pages = 40;
    static constexpr std::size_t most_wishes = 3;  // who scrolls fast does not want what has gone by

    // Another list: nothing of the one before is kept.
    void clear();
    // Answers to what was asked do not come any more.
    void forget_questions();
    // What is held may be out of date: it is still shown, and asked for again when it is looked at.
    void make_stale();

    [[nodiscard]] std::int64_t total() const noexcept { return total_; }
    [[nodiscard]] bool is_known() const noexcept { return is_known_; }

    // The post of a row, or none if it is not here; then, or if it may be out of date, its page is wished
    // for.
    const ipc::stack::Post* look_at(std::int64_t row);
    // The same without a wish.
    [[nodiscard]] const ipc::stack::Post* find(std::int64_t row) const;
    // Where a post stands among what is held.
    [[nodiscard]] std::optional<std::int64_t> row_of(std::int64_t post) const;

    void wish(std::int64_t page);
    // The page to ask for now, the last one wished for first. It is not named again until it came or failed.
    [[nodiscard]] std::optional<std::int64_t> take_wish();
    [[nodiscard]] bool has_wishes() const noexcept { return !wishes_.empty(); }
    // The page that was looked at last.
    [[nodiscard]] std::int64_t last_page() const noexcept { return last_page_; }

    void take(std::int64_t page, std::vector<ipc::stack::Post> posts, std::int64_t total);
    void fail(std::int64_t page);

private:
    struct Page {
        std::int64_t number;
        bool is_fresh;
        std::vector<ipc::stack::Post> posts;
    };

    [[nodiscard]] std::list<Page>::iterator at(std::int64_t page);

    std::list<Page> pages_;             // the one looked at last is in front
    std::vector<std::int64_t> wishes_;  // the last one is asked for first
    std::vector<std::int64_t> asked_;
    std::vector<std::int64_t> doubtful_;  // asked before it was said that all may be out of date
    std::int64_t total_{0};
    std::int64_t last_page_{0};
    bool is_known_{false};
};

}  // namespace stocktray::tray
