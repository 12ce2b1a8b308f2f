// The stack viewer without its window: which posts are shown, what stands in each cell, and what a person
// does with them. Only what is looked at is read; what changes is read anew at most twice a second.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipc/client/age_search.h"
#include "tray/link/conversation.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/post_pages.h"

namespace stocktray::tray {

class StackModel {
public:
    enum class Show { unconfirmed, waiting, sending, unclear, refused, confirmed, closed };
    static constexpr int shows = 7;
    [[nodiscard]] static std::string words_of(Show show);

    struct Filter {
        std::string cart{};  // empty: all
        std::string sku{};   // empty: all
        Show show{Show::unconfirmed};
        bool operator==(const Filter&) const = default;
    };

    enum class Column { cart, sku, difference, state, age, attempts, waits_for, next_try, cause };

    struct Surroundings {
        std::function<std::int64_t()> now;                             // milliseconds since 1970
        std::function<std::string(const std::string&)> cart_name;      // by its id
        std::function<std::vector<std::string>()> carts_with_posts{};  // ids, for the strip
        // What holds up everything of a cart: the cause of posts that were not even tried because of it.
        std::function<std::optional<ipc::Trouble>(const std::string&)> cart_trouble;
        std::function<void()> changed;  // something is to be shown anew
        // Nobody scrolls through more rows, and a million of them take a desktop's list seconds.
        std::int64_t most_listed{100'000};
    };

    StackModel(Conversation conversation, Surroundings surroundings);

    // Shows other posts; the same filter again: reads anew.
    void show(const Filter& filter);
    [[nodiscard]] const Filter& filter() const noexcept { return filter_; }
    void read() { show(filter_); }

    [[nodiscard]] std::int64_t total() const noexcept { return pages_.total(); }
    // The rows of the list.
    [[nodiscard]] std::int64_t listed() const noexcept { return std::min(total(), surroundings_.most_listed); }
    [[nodiscard]] bool is_known() const noexcept { return pages_.is_known(); }
    // True: whatever was wished for is here.
    [[nodiscard]] bool is_settled() const noexcept { return asked_ == 0 && !pages_.has_wishes(); }
    // A cell; "…" where the row is not here yet, which is then asked for.
    [[nodiscard]] std::string text(std::int64_t row, Column column);
    [[nodiscard]] const ipc::stack::Post* find(std::int64_t row) const { return pages_.find(row); }
    [[nodiscard]] std::optional<std::int64_t> row_of(std::int64_t post) const { return pages_.row_of(post); }
    [[nodiscard]] std::string details(const ipc::stack::Post& post) const;

    // What this user may not do with posts, in a sentence; empty: everything is allowed.
    [[nodiscard]] static std::string may_not_words(const AgentMirror& mirror);

    // "3 posts", or why nothing is shown.
    [[nodiscard]] std::string headline() const;
    // What became of the last thing done; empty: nothing to say.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

    // How many posts of which age, by cart, and the titles of these columns: "≤ 20 s" … "Older".
    [[nodiscard]] static std::vector<std::string> age_titles();
    [[nodiscard]] const std::map<std::string, ipc::AgeCounts>& strip() const noexcept { return strip_; }

    // Time has passed: what a post waits for may be another without an event.
    void grow_old();
    // Does what is due. Call it when `look_again_in` milliseconds have passed; none: nothing is to come.
    void tick();
    [[nodiscard]] std::optional<std::int64_t> look_again_in() const;

    void retry(const std::vector<std::int64_t>& posts);
    void cancel(const std::vector<std::int64_t>& posts, const std::string& reason);
    void decide(std::int64_t post, ipc::Proposal what, const std::string& reason);
    void pause(const std::string& cart);
    void resume(const std::string& cart);
    // The store's count for a decision, with when it was read (`store_count_words`).
    void ask_store_count(const ipc::stack::Post& post, std::function<void(const std::string&)> answer);

private:
    void hear(const News& news);
    void ask_pages();
    [[nodiscard]] ipc::stack::List request() const;
    [[nodiscard]] ipc::stack::Post with_cause(const ipc::stack::Post& post) const;
    template <ipc::Request T>
    void act(const T& request, std::function<std::string(std::int64_t)> done);
    void begin_strip();
    void ask_strip();
    void end_strip();

    Surroundings surroundings_;
    Filter filter_{};
    PostPages pages_;
    int generation_{0};  // answers for another filter are passed over
    int asked_{0};
    std::string trouble_;  // why the list could not be read
    std::string message_;
    bool is_stale_{false};
    bool is_strip_stale_{false};
    std::int64_t refreshed_at_{0};

    std::map<std::string, ipc::AgeCounts> strip_;
    std::map<std::string, ipc::AgeCounts> next_strip_;
    std::vector<std::string> strip_carts_;  // that are still to be counted
    std::optional<ipc::AgeSearch> search_;
    std::int64_t strip_began_at_{0};
    std::int64_t strip_due_at_{0};

    Conversation conversation_;
};

}  // namespace stocktray::tray
