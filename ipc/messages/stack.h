// stack.*: the posts that still have to reach a cart, and what a person may do with them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/trouble.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::stack {

struct Post {
    static constexpr std::string_view type_name = "Post";
    std::int64_t post{0};  // its number
    std::string cart{};
    std::string sku{};        // the Order Manager's
    std::string store_sku{};  // as the cart knows it
    std::int64_t delta{0};
    PostState state{PostState::queued};
    std::optional<bool> parked{};
    std::int64_t attempts{0};
    std::int64_t created_at{0};  // of its oldest change
    std::optional<std::int64_t> next_attempt_at{};
    std::optional<WaitingFor> waiting_for{};
    std::optional<std::int64_t> until{};
    std::optional<Trouble> last_error{};
    std::optional<std::int64_t> expected_qoh{};
    std::optional<std::int64_t> reply_qoh{};
    std::optional<Proposal> proposal{};
    std::optional<std::string> proposal_text{};
    std::optional<std::int64_t> settled_by{};  // the post that carried the gap; none: there was no gap
    std::int64_t changes{1};                   // how many changes are added up in it
    std::optional<std::int64_t> sent_at{};     // when it was sent first

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("post", &Post::post, rules::number));
        visit(field("cart", &Post::cart, rules::cart));
        visit(field("sku", &Post::sku, rules::sku));
        visit(field("store_sku", &Post::store_sku, rules::sku));
        visit(field("delta", &Post::delta, rules::pieces));
        visit(field("state", &Post::state));
        visit(field("parked", &Post::parked));
        visit(field("attempts", &Post::attempts, rules::number));
        visit(field("created_at", &Post::created_at, rules::moment));
        visit(field("next_attempt_at", &Post::next_attempt_at, rules::moment));
        visit(field("waiting_for", &Post::waiting_for));
        visit(field("until", &Post::until, rules::moment));
        visit(field("last_error", &Post::last_error));
        visit(field("expected_qoh", &Post::expected_qoh, rules::pieces));
        visit(field("reply_qoh", &Post::reply_qoh, rules::pieces));
        visit(field("proposal", &Post::proposal));
        visit(field("proposal_text", &Post::proposal_text));
        visit(field("settled_by", &Post::settled_by, rules::number));
        visit(field("changes", &Post::changes, rules::number));
        visit(field("sent_at", &Post::sent_at, rules::moment));
    }
    bool operator==(const Post&) const = default;
};

struct ListResult {
    std::vector<Post> posts{};
    std::optional<std::string> next{};
    std::int64_t total{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("posts", &ListResult::posts));
        visit(field("next", &ListResult::next, rules::cursor));
        visit(field("total", &ListResult::total, rules::number));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"stack.list", Role::viewer, Effect::reads};
    std::optional<std::string> cart{};
    std::optional<std::string> sku{};
    std::optional<std::vector<PostState>> states{};  // none: all that are unconfirmed
    std::optional<bool> parked{};
    std::optional<std::string> after{};
    std::int64_t limit{100};
    std::optional<std::int64_t> offset{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &List::cart, rules::cart));
        visit(field("sku", &List::sku, rules::sku));
        visit(field("states", &List::states, rules::at_most(32)));
        visit(field("parked", &List::parked));
        visit(field("after", &List::after, rules::cursor));
        visit(defaulted("limit", &List::limit, rules::limit));
        visit(field("offset", &List::offset, rules::number));
    }
    bool operator==(const List&) const = default;
};

// How many posts a request has touched.
struct Touched {
    std::int64_t posts{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("posts", &Touched::posts, rules::number));
    }
    bool operator==(const Touched&) const = default;
};

// Which posts: those named, or all of a cart that it can be said of. One of the two is given.
struct Selection {
    std::optional<std::vector<std::int64_t>> posts{};
    std::optional<std::string> cart{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("posts", &Selection::posts, rules::at_most(1'000, rules::number)));
        visit(field("cart", &Selection::cart, rules::cart));
    }
    bool operator==(const Selection&) const = default;
};

// Try again now, without waiting for the timer.
struct Retry : Selection {
    using Result = Touched;
    static constexpr Method method{"stack.retry", Role::operator_, Effect::changes_state};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Selection::each_field(visit);
        visit(field("id", &Retry::id, rules::id));
    }
    bool operator==(const Retry&) const = default;
};

struct Cancel : Selection {
    using Result = Touched;
    static constexpr Method method{"stack.cancel", Role::order_manager, Effect::changes_state};
    std::string reason{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Selection::each_field(visit);
        visit(field("reason", &Cancel::reason, rules::some_line));
        visit(field("id", &Cancel::id, rules::id));
    }
    bool operator==(const Cancel&) const = default;
};

struct Pause : Selection {
    using Result = Touched;
    static constexpr Method method{"stack.pause", Role::operator_, Effect::changes_state};
    std::optional<std::int64_t> until{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Selection::each_field(visit);
        visit(field("until", &Pause::until, rules::moment));
        visit(field("id", &Pause::id, rules::id));
    }
    bool operator==(const Pause&) const = default;
};

struct Resume : Selection {
    using Result = Touched;
    static constexpr Method method{"stack.resume", Role::operator_, Effect::changes_state};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Selection::each_field(visit);
        visit(field("id", &Resume::id, rules::id));
    }
    bool operator==(const Resume&) const = default;
};

// A person decides: either `post` with `applied`, or `cart` with `accept_proposals`.
struct Resolve {
    using Result = Touched;
    static constexpr Method method{"stack.resolve", Role::order_manager, Effect::changes_state};
    std::optional<std::int64_t> post{};
    std::optional<bool> applied{};
    std::optional<std::string> cart{};
    std::optional<bool> accept_proposals{};
    std::string reason{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("post", &Resolve::post, rules::number));
        visit(field("applied", &Resolve::applied));
        visit(field("cart", &Resolve::cart, rules::cart));
        visit(field("accept_proposals", &Resolve::accept_proposals));
        visit(field("reason", &Resolve::reason, rules::some_line));
        visit(field("id", &Resolve::id, rules::id));
    }
    bool operator==(const Resolve&) const = default;
};

}  // namespace stocktray::ipc::stack
