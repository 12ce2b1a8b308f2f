// The posts, and the questions that the stack controller asks about them. Every question asked at a start or
// per change has an index of its own, so a million waiting posts cost no memory and no scan.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/stack/post.h"

namespace stocktray::store {

class Database;

// Posts of one cart by state; `uncertain` includes the parked.
struct PostCounts {
    std::int64_t queued{0};
    std::int64_t sending{0};
    std::int64_t uncertain{0};
    std::int64_t parked{0};
    std::int64_t rejected{0};

    [[nodiscard]] std::int64_t unconfirmed() const noexcept { return queued + sending + uncertain + rejected; }
};

struct OldestPost {
    stack::PostId id{0};
    AgentTime created{};
};

// A post with the names that people know it by.
struct ListedPost {
    stack::Post post;
    std::string cart;       // the cart's id
    std::string sku;        // the Order Manager's
    std::string store_sku;
    bool is_held{false};    // an earlier post of the same listing is not finished
};

// What a report says of a post that has ended.
struct EndedPost {
    stack::PostId id{0};
    stack::CartKey cart{0};
    stack::State state{stack::State::confirmed};
    stack::Doubt doubt{stack::Doubt::none};
    WallTime finished_at{};
    Milliseconds took{0};  // from the acceptance of its oldest change
};

struct PostFilter {
    std::optional<stack::CartKey> cart;
    std::optional<std::string> sku;             // the Order Manager's or the store's
    std::vector<stack::State> states;           // empty: all
    std::optional<bool> is_parked;
    stack::PostId after{0};
    std::int64_t limit{100};
    std::int64_t offset{0};
};

class Posts {
public:
    explicit Posts(Database& database) noexcept : database_{database} {}

    // Queues a post behind the unfinished ones of its listing.
    void add(stack::Post& post, stack::Lane lane);
    // Writes what may change in a post's life, and lets the next one of its listing go first if it is finished.
    void save(const stack::Post& post);
    // Adds a change to a queued post that was never sent. Of both lanes it takes the one that goes first; a job's post that leaves its
    // lane waits since now.
    void add_up(const stack::Post& post, stack::Lane lane, AgentTime now);

    [[nodiscard]] std::optional<stack::Post> get(stack::PostId id) const;
    [[nodiscard]] std::optional<ListedPost> listed(stack::PostId id) const;
    [[nodiscard]] std::vector<ListedPost> list(const PostFilter& filter) const;
    // Without a SKU it is known without counting.
    [[nodiscard]] std::int64_t count(const PostFilter& filter) const;

    // The queued post of the listing that was never sent, if there is one.
    [[nodiscard]] std::optional<stack::Post> unsent_of(stack::ListingKey listing) const;
    // Is anything of the listing queued, sending, or uncertain and not parked?
    [[nodiscard]] bool is_busy(stack::ListingKey listing) const;
    [[nodiscard]] std::vector<stack::Post> waiting_of(stack::ListingKey listing) const;
    // Parked and rejected posts of the listing: what a gap sent through the door closes.
    [[nodiscard]] std::vector<stack::Post> stuck_of(stack::ListingKey listing) const;

    // The last that ended of the listing, newest first.
    [[nodiscard]] std::vector<stack::Post> ended_of(stack::ListingKey listing, std::int64_t limit) const;
    // Was one of the listing's posts cancelled that was no job's? It is one that a person called off.
    [[nodiscard]] bool has_cancelled_change(stack::ListingKey listing) const;

    // Those that ended from `from` to before `until`, the newest first; at most `most`. Calls `take` for each.
    // True: there are no more.
    bool each_ended(WallTime from, WallTime until, std::int64_t most,
                    const std::function<void(const EndedPost&)>& take) const;

    // Posts that may leave now: first those tried before, then last pieces, then the oldest. None of a job's that were
    // not tried yet.
    [[nodiscard]] std::vector<stack::Post> sendable(stack::CartKey cart, AgentTime now, std::int64_t limit) const;
    // When the next of those may leave.
    [[nodiscard]] std::optional<AgentTime> next_due(stack::CartKey cart) const;
    // A job's posts that may leave and were not tried yet, the oldest first.
    [[nodiscard]] std::vector<stack::Post> sendable_of_jobs(stack::CartKey cart, std::int64_t limit) const;
    [[nodiscard]] bool has_sendable_of_jobs(stack::CartKey cart) const;
    [[nodiscard]] std::optional<OldestPost> oldest_waiting(stack::CartKey cart, stack::Lane lane) const;
    // Of a job's posts that were sent and did not get through, the first one, and since when that is tried.
    [[nodiscard]] std::optional<OldestPost> oldest_tried_of_jobs(stack::CartKey cart) const;
    // How many of the waiting ones were accepted before `limit`; exact unless there are tens of thousands both before
    // and after it.
    [[nodiscard]] std::int64_t waiting_since(stack::CartKey cart, AgentTime limit) const;
    [[nodiscard]] std::vector<stack::Post> sending() const;
    [[nodiscard]] std::vector<stack::Post> uncertain(stack::CartKey cart) const;
    [[nodiscard]] std::vector<stack::Post> queued(stack::CartKey cart) const;
    // The oldest of those, up to the post `last`; at most `limit`.
    [[nodiscard]] std::vector<stack::Post> queued_up_to(stack::PostId last, stack::CartKey cart, std::int64_t limit) const;
    // The highest number of a post that is there; 0: none is.
    [[nodiscard]] stack::PostId highest() const;
    [[nodiscard]] std::vector<stack::Post> rejected(stack::CartKey cart) const;
    [[nodiscard]] std::vector<stack::Post> unfinished(stack::CartKey cart) const;
    [[nodiscard]] PostCounts counts(stack::CartKey cart) const;
    [[nodiscard]] bool has_parked(stack::CartKey cart) const;
    // Every waiting retry of the cart becomes due.
    void hurry(stack::CartKey cart);
    // Forgets finished posts from before `limit`; at most `most` of them.
    std::int64_t prune(WallTime limit, std::int64_t most);

private:
    [[nodiscard]] std::int64_t kept_count(const PostFilter& filter) const;

    Database& database_;
};

}  // namespace stocktray::store
