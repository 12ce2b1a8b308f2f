#include "core/store/posts.h"

#include <algorithm>

#include "core/store/database.h"

// The columns of a post, in the order in which `read` takes them.
#define POST_COLUMNS                                                                                             \
    "p.post, p.cart, p.listing, p.delta, p.state, p.parked, p.attempts, p.changes, p.created_at, p.created,"     \
    " p.due, p.number, p.postid, p.store_id, p.first_sent_at, p.first_sent, p.finished_at, p.error_code,"        \
    " p.error_text, p.expected_qoh, p.reply_qoh, p.proposal, p.settled_by, p.paused, p.doubt"

// The condition of the indexes posts_open and posts_waiting, word for word: SQLite takes a partial index only for a query that
// says its condition, and would otherwise look at every post that there ever was. OR, because it makes a table of IN's list.
#define IS_OPEN "parked = 0 AND (state = 'queued' OR state = 'sending' OR state = 'uncertain')"

#define JOBS_LANE "2"
// For the index of those that wait, which lies lane by lane.
#define IS_OPEN_IN_ANY_LANE "lane IN (0, 1, " JOBS_LANE ") AND " IS_OPEN

namespace stocktray::store {
namespace {

static_assert(static_cast<int>(stack::Lane::jobs) == 2);

using stack::Post;
using stack::State;

Post read(const Query& q) {
    Post post;
    post.id = q.integer(0);
    post.cart = q.integer(1);
    post.listing = q.integer(2);
    post.delta = {q.integer(3)};
    post.state = stack::state_from(q.view(4)).value_or(State::uncertain);
    post.is_parked = q.flag(5);
    post.attempts = q.integer(6);
    post.changes = q.integer(7);
    post.created_at = wall_from_ms(q.integer(8));
    post.created = agent_from_ms(q.integer(9));
    post.due = agent_from_ms(q.integer(10));
    if (!q.is_null(12)) post.key = cart::PostKey{q.text(12), q.integer(11), q.text(13)};
    if (!q.is_null(14)) post.first_sent_at = wall_from_ms(q.integer(14));
    if (!q.is_null(15)) post.first_sent = agent_from_ms(q.integer(15));
    if (!q.is_null(16)) post.finished_at = wall_from_ms(q.integer(16));
    post.error_code = q.text(17);
    post.error_text = q.text(18);
    post.expected_qoh = q.maybe_integer(19);
    post.reply_qoh = q.maybe_integer(20);
    if (!q.is_null(21))
        post.proposal = q.view(21) == "applied" ? stack::Proposal::applied : stack::Proposal::not_applied;
    post.settled_by = q.maybe_integer(22);
    post.is_paused = q.flag(23);
    post.doubt = stack::doubt_from(q.view(24));
    return post;
}

std::optional<Post> first(Query q) { return q.next() ? std::optional{read(q)} : std::nullopt; }

void append(std::vector<Post>& posts, Query q) {
    while (q.next()) posts.push_back(read(q));
}
std::vector<Post> all(Query q) {
    std::vector<Post> posts;
    append(posts, std::move(q));
    return posts;
}

template <class Time>
std::optional<std::int64_t> ms(const std::optional<Time>& time) {
    return time ? std::optional{to_ms(*time)} : std::nullopt;
}

// The states of a filter as a JSON list, which SQLite can read as a table; empty: no filter.
std::string states_as_json(const std::vector<State>& states) {
    if (states.empty()) return {};
    std::string json = "[";
    for (const auto state : states) {
        if (json.size() > 1) json += ',';
        json += '"';
        json += to_string(state);
        json += '"';
    }
    return json + ']';
}

#define LISTED_FROM                                                                                              \
    " FROM posts p JOIN carts c ON c.cart = p.cart JOIN listings l ON l.listing = p.listing"                     \
    " LEFT JOIN items i ON i.item = l.item"
#define POST_FILTER                                                                                              \
    " p.post > ?1 AND (?2 IS NULL OR p.cart = ?2)"                                                               \
    " AND (?4 = '' OR p.state IN (SELECT value FROM json_each(iif(?4 = '', '[]', ?4))))"                         \
    " AND (?5 IS NULL OR p.parked = ?5)"
#define WITH_SKU LISTED_FROM " WHERE (?3 IS NULL OR i.sku = ?3 OR l.store_sku = ?3) AND" POST_FILTER

void bind_filter(Query& q, const PostFilter& filter, const std::string& states) {
    q.bind(1, filter.after);
    q.bind(2, filter.cart);
    q.bind(3, filter.sku);
    q.bind(4, states);
    q.bind(5, filter.is_parked);
}

ListedPost read_listed(const Query& q) {
    ListedPost listed;
    listed.post = read(q);
    listed.cart = q.text(25);
    listed.sku = q.text(26);
    listed.store_sku = q.text(27);
    listed.is_held = q.flag(28);
    return listed;
}

}  // namespace

void Posts::add(Post& post, stack::Lane lane) {
    const bool is_held = is_busy(post.listing);
    database_.run(
        "INSERT INTO posts (cart, listing, delta, state, held, lane, changes, created_at, created, expected_qoh)"
        " VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
        post.cart, post.listing, post.delta.pieces, is_held, static_cast<int>(lane), post.changes, to_ms(post.created_at),
        to_ms(post.created), post.expected_qoh);
    post.id = database_.last_row();
}

void Posts::add_up(const Post& post, stack::Lane lane, AgentTime now) {
    // A job's posts wait for one another; one that a change goes with waits since that change.
    database_.run("UPDATE posts SET delta = ?1, changes = ?2, created = CASE WHEN lane = " JOBS_LANE " AND ?3 < lane THEN ?4 ELSE created END,"
                  " lane = min(lane, ?3), expected_qoh = ?5 WHERE post = ?6",
                  post.delta.pieces, post.changes, static_cast<int>(lane), to_ms(now), post.expected_qoh, post.id);
}

void Posts::save(const Post& post) {
    std::optional<std::int64_t> number;
    std::optional<std::string_view> postid;
    std::optional<std::string_view> store_id;
    if (post.key) {
        number = post.key->number;
        postid = post.key->postid;
        store_id = post.key->store;
    }
    std::optional<std::string_view> proposal;
    if (post.proposal) proposal = to_string(*post.proposal);
    database_.run(
        "UPDATE posts SET state = ?, parked = ?, due = ?, attempts = ?, number = ?, postid = ?, store_id = ?,"
        " first_sent_at = ?, first_sent = ?, finished_at = ?, error_code = ?, error_text = ?, expected_qoh = ?,"
        " reply_qoh = ?, proposal = ?, settled_by = ?, paused = ?, doubt = ? WHERE post = ?",
        to_string(post.state), post.is_parked, to_ms(post.due), post.attempts, number, postid, store_id,
        ms(post.first_sent_at), ms(post.first_sent), ms(post.finished_at), post.error_code, post.error_text,
        post.expected_qoh, post.reply_qoh, proposal, post.settled_by, post.is_paused, to_string(post.doubt),
        post.id);
    // Only the first of its listing leaves: the others have waited for it before.
    if (post.state == State::sending) return;
    // Order per listing: what is out or in doubt goes first whatever its number (a person may have queued an
    // older post again), then the oldest. The term on all three states is what the index needs.
    database_.run(
        "UPDATE posts SET held = (post <> coalesce("
        "(SELECT post FROM posts WHERE listing = ?1 AND " IS_OPEN " AND state <> 'queued' ORDER BY post LIMIT 1),"
        " (SELECT post FROM posts WHERE listing = ?1 AND " IS_OPEN " ORDER BY post LIMIT 1)))"
        " WHERE listing = ?1 AND " IS_OPEN " AND state = 'queued'",
        post.listing);
}

std::optional<Post> Posts::get(stack::PostId id) const {
    return first(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.post = ?", id));
}

std::optional<ListedPost> Posts::listed(stack::PostId id) const {
    Query q = database_.query("SELECT " POST_COLUMNS ", c.id, coalesce(i.sku, l.store_sku), l.store_sku, p.held"
                              " FROM posts p JOIN carts c ON c.cart = p.cart JOIN listings l ON l.listing = p.listing"
                              " LEFT JOIN items i ON i.item = l.item WHERE p.post = ?",
                              id);
    return q.next() ? std::optional{read_listed(q)} : std::nullopt;
}

std::vector<ListedPost> Posts::list(const PostFilter& filter) const {
    const std::string states = states_as_json(filter.states);
    // Without a SKU the others are passed over before anything is joined: a page deep in a long stack is near.
    Query q = filter.sku
                  ? database_.query("SELECT " POST_COLUMNS ", c.id, coalesce(i.sku, l.store_sku), l.store_sku, p.held"
                                    WITH_SKU " ORDER BY p.post LIMIT ?6 OFFSET ?7")
                  : database_.query("SELECT " POST_COLUMNS ", c.id, coalesce(i.sku, l.store_sku), l.store_sku, p.held"
                                    LISTED_FROM " WHERE ?3 IS NULL AND p.post IN (SELECT p.post FROM posts p WHERE"
                                    POST_FILTER " ORDER BY p.post LIMIT ?6 OFFSET ?7) ORDER BY p.post");
    bind_filter(q, filter, states);
    q.bind(6, filter.limit);
    q.bind(7, filter.offset);
    std::vector<ListedPost> posts;
    while (q.next()) posts.push_back(read_listed(q));
    return posts;
}

std::int64_t Posts::count(const PostFilter& filter) const {
    if (!filter.sku && filter.after == 0) return kept_count(filter);
    const std::string states = states_as_json(filter.states);
    Query q = database_.query("SELECT count(*)" WITH_SKU);
    bind_filter(q, filter, states);
    return q.next() ? q.integer(0) : 0;
}

// From the counts that the database keeps itself: nobody waits for a million posts to be counted.
std::int64_t Posts::kept_count(const PostFilter& filter) const {
    const auto is_wanted = [&](std::string_view state) {
        return filter.states.empty() ||
               std::ranges::any_of(filter.states, [&](State one) { return to_string(one) == state; });
    };
    std::int64_t in_states = 0;
    std::int64_t parked = 0;  // which are among the uncertain
    Query q = database_.query("SELECT state, sum(posts) FROM post_counts WHERE ?1 IS NULL OR cart = ?1 GROUP BY state",
                              filter.cart);
    while (q.next()) {
        const auto state = q.view(0);
        if (state == "parked") parked = is_wanted("uncertain") ? q.integer(1) : 0;
        else if (is_wanted(state)) in_states += q.integer(1);
    }
    if (!filter.is_parked) return in_states;
    return *filter.is_parked ? parked : in_states - parked;
}

std::optional<Post> Posts::unsent_of(stack::ListingKey listing) const {
    return first(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.listing = ? AND " IS_OPEN
                                 " AND p.state = 'queued' AND p.attempts = 0 ORDER BY p.post DESC LIMIT 1",
                                 listing));
}

bool Posts::is_busy(stack::ListingKey listing) const {
    return database_
        .query("SELECT 1 FROM posts WHERE listing = ? AND " IS_OPEN " LIMIT 1", listing)
        .next();
}

std::vector<Post> Posts::waiting_of(stack::ListingKey listing) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.listing = ? AND " IS_OPEN
                               " ORDER BY p.post",
                               listing));
}

std::vector<Post> Posts::stuck_of(stack::ListingKey listing) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.listing = ?"
                               " AND (p.state = 'rejected' OR p.parked = 1) ORDER BY p.post",
                               listing));
}

std::vector<Post> Posts::ended_of(stack::ListingKey listing, std::int64_t limit) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.listing = ? AND p.finished_at IS NOT NULL"
                               " ORDER BY p.post DESC LIMIT ?",
                               listing, limit));
}

bool Posts::has_cancelled_change(stack::ListingKey listing) const {
    return database_.query("SELECT 1 FROM posts WHERE listing = ? AND finished_at IS NOT NULL AND state = 'cancelled' AND lane < " JOBS_LANE
                           " LIMIT 1",
                           listing)
        .next();
}

std::vector<Post> Posts::sendable(stack::CartKey cart, AgentTime now, std::int64_t limit) const {
    std::vector<Post> posts =
        all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'queued'"
                            " AND p.held = 0 AND p.due > 0 AND p.due <= ? ORDER BY p.due LIMIT ?",
                            cart, to_ms(now), limit));
    const auto left = limit - static_cast<std::int64_t>(posts.size());
    if (left > 0)
        append(posts, database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'queued'"
                                      " AND p.held = 0 AND p.due = 0 AND p.lane < " JOBS_LANE
                                      " ORDER BY p.lane, p.post LIMIT ?",
                                      cart, left));
    return posts;
}

std::optional<AgentTime> Posts::next_due(stack::CartKey cart) const {
    Query fresh = database_.query("SELECT 1 FROM posts WHERE cart = ? AND state = 'queued' AND held = 0 AND due = 0"
                                  " AND lane < " JOBS_LANE " LIMIT 1",
                                  cart);
    if (fresh.next()) return AgentTime{};
    Query q = database_.query(
        "SELECT due FROM posts WHERE cart = ? AND state = 'queued' AND held = 0 AND due > 0 ORDER BY due LIMIT 1",
        cart);
    return q.next() ? std::optional{agent_from_ms(q.integer(0))} : std::nullopt;
}

std::vector<Post> Posts::sendable_of_jobs(stack::CartKey cart, std::int64_t limit) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'queued'"
                               " AND p.held = 0 AND p.due = 0 AND p.lane = " JOBS_LANE " ORDER BY p.post LIMIT ?",
                               cart, limit));
}

bool Posts::has_sendable_of_jobs(stack::CartKey cart) const {
    return database_
        .query("SELECT 1 FROM posts WHERE cart = ? AND state = 'queued' AND held = 0 AND due = 0"
               " AND lane = " JOBS_LANE " LIMIT 1",
               cart)
        .next();
}

std::optional<OldestPost> Posts::oldest_waiting(stack::CartKey cart, stack::Lane lane) const {
    Query q = database_.query("SELECT post, created FROM posts WHERE cart = ? AND lane = ? AND " IS_OPEN
                              " ORDER BY created, post LIMIT 1",
                              cart, static_cast<int>(lane));
    return q.next() ? std::optional{OldestPost{q.integer(0), agent_from_ms(q.integer(1))}} : std::nullopt;
}

std::optional<OldestPost> Posts::oldest_tried_of_jobs(stack::CartKey cart) const {
    // Each part by an index of its own; of many that do not get through the first ones tell.
    Query q = database_.query("SELECT post, first_sent FROM"
                              " (SELECT * FROM (SELECT post, first_sent FROM posts WHERE cart = ?1 AND state = 'queued' AND held = 0 AND due > 0"
                              "   AND lane = " JOBS_LANE " AND paused = 0 AND first_sent IS NOT NULL ORDER BY due LIMIT 100)"
                              "  UNION ALL SELECT * FROM (SELECT post, first_sent FROM posts WHERE cart = ?1 AND state = 'uncertain'"
                              "   AND lane = " JOBS_LANE " AND parked = 0 AND first_sent IS NOT NULL ORDER BY post LIMIT 100))"
                              " ORDER BY first_sent, post LIMIT 1",
                              cart);
    return q.next() ? std::optional{OldestPost{q.integer(0), agent_from_ms(q.integer(1))}} : std::nullopt;
}

std::int64_t Posts::waiting_since(stack::CartKey cart, AgentTime limit) const {
    // Nobody waits for a million posts to be counted: the smaller side is, and the sum of both is known.
    constexpr std::int64_t most_counted = 20'000;
    const auto number = [](Query q) { return q.next() ? q.integer(0) : 0; };
    const auto before = number(database_.query("SELECT count(*) FROM (SELECT 1 FROM posts WHERE cart = ? AND " IS_OPEN_IN_ANY_LANE
                                               " AND created < ?"
                                               " LIMIT ?)",
                                               cart, to_ms(limit), most_counted));
    if (before < most_counted) return before;
    const auto after = number(database_.query("SELECT count(*) FROM (SELECT 1 FROM posts WHERE cart = ? AND " IS_OPEN_IN_ANY_LANE
                                              " AND created >= ?"
                                              " LIMIT ?)",
                                              cart, to_ms(limit), most_counted));
    const auto in_all = counts(cart);
    return std::max(before, in_all.queued + in_all.sending + in_all.uncertain - in_all.parked - after);
}

std::vector<Post> Posts::sending() const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.state = 'sending' ORDER BY p.post"));
}

std::vector<Post> Posts::uncertain(stack::CartKey cart) const {
    return all(database_.query(
        "SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'uncertain' ORDER BY p.post", cart));
}

std::vector<Post> Posts::queued(stack::CartKey cart) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND " IS_OPEN
                               " AND p.state = 'queued' ORDER BY p.created, p.post",
                               cart));
}

std::vector<Post> Posts::queued_up_to(stack::PostId last, stack::CartKey cart, std::int64_t limit) const {
    return all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND " IS_OPEN
                               " AND p.state = 'queued' AND p.post <= ? ORDER BY p.created, p.post LIMIT ?",
                               cart, last, limit));
}

stack::PostId Posts::highest() const {
    Query q = database_.query("SELECT max(post) FROM posts");
    return q.next() ? q.integer(0) : 0;
}

std::vector<Post> Posts::rejected(stack::CartKey cart) const {
    return all(database_.query(
        "SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'rejected' ORDER BY p.post", cart));
}

std::vector<Post> Posts::unfinished(stack::CartKey cart) const {
    // Each part by an index of its own.
    std::vector<Post> posts =
        all(database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND " IS_OPEN
                            " ORDER BY p.created, p.post",
                            cart));
    append(posts, database_.query("SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'uncertain'"
                                  " AND p.parked = 1 ORDER BY p.post",
                                  cart));
    append(posts, database_.query(
                      "SELECT " POST_COLUMNS " FROM posts p WHERE p.cart = ? AND p.state = 'rejected' ORDER BY p.post",
                      cart));
    return posts;
}

bool Posts::has_parked(stack::CartKey cart) const {
    return database_.query("SELECT 1 FROM posts WHERE cart = ? AND state = 'uncertain' AND parked = 1 LIMIT 1", cart).next();
}

PostCounts Posts::counts(stack::CartKey cart) const {
    PostCounts counts;
    // From `parked` on in their order: those of cancelled, confirmed and folded posts are nobody's question here.
    Query q = database_.query("SELECT state, posts FROM post_counts WHERE cart = ? AND state >= 'parked'", cart);
    while (q.next()) {
        const auto state = q.view(0);
        const auto posts = q.integer(1);
        if (state == "queued") counts.queued = posts;
        else if (state == "sending") counts.sending = posts;
        else if (state == "uncertain") counts.uncertain = posts;
        else if (state == "parked") counts.parked = posts;
        else if (state == "rejected") counts.rejected = posts;
    }
    return counts;
}

void Posts::hurry(stack::CartKey cart) {
    // Those a person has paused stay where they are.
    database_.run("UPDATE posts SET due = 0 WHERE cart = ? AND state = 'queued' AND held = 0 AND due > 0"
                  " AND paused = 0",
                  cart);
}

std::int64_t Posts::prune(WallTime limit, std::int64_t most) {
    database_.run("DELETE FROM posts WHERE post IN (SELECT post FROM posts WHERE finished_at IS NOT NULL"
                  " AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)",
                  to_ms(limit), most);
    return database_.changed_rows();
}

}  // namespace stocktray::store
