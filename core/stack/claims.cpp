#include "core/stack/claims.h"

#include <algorithm>
#include <iterator>

#include "core/stack/post_key.h"
#include "core/stack/repeatable.h"

namespace stocktray::stack {

using cart::Sending;

namespace {

constexpr std::size_t largest_batch = 100;  // posts in one invbatch, and claimed in one turn

bool takes_batches(const CartState& cart) noexcept {
    return cart.cart.learned.extension && cart.cart.learned.extension->has_batch && cart.has_keys();
}

}  // namespace

std::int64_t Claims::connections(const CartState& cart) noexcept {
    // Until a script has shown that it adds differences, one at a time: an absolute script does less harm.
    const bool is_unproven = !cart.cart.adds && cart.cart.learned.counts != cart::CountSource::none;
    return is_unproven || cart.circuit.is_on_trial() ? 1 : cart.config().connections;
}

// One is left for changes, so that none of them waits behind a job's full request.
std::int64_t Claims::connections_for_jobs(const CartState& cart) noexcept {
    return std::max<std::int64_t>(1, connections(cart) - 1);
}

void Claims::claim(CartState& cart, Now now) {
    std::int64_t free = connections(cart) - exchanges_.out_for_posts(cart.cart.key);
    if (free <= 0) return;
    claim_repeats(cart, free, now);
    if (free <= 0) return;
    claim_changes(cart, free, now);
    claim_for_jobs(cart, now);
}

void Claims::claim_changes(CartState& cart, std::int64_t free, Now now) {
    if (cart.counts.queued == 0) return;
    if (!cart.is_touched && !(cart.next_due && *cart.next_due <= now.steady)) return;
    const auto most = takes_batches(cart) ? static_cast<std::int64_t>(largest_batch) : free;
    auto posts = store_.posts.sendable(cart.cart.key, now.steady, most);
    if (posts.empty()) return;

    // Those tried before go singly in their repeat form; the fresh ones fill the connections evenly, so a lone
    // post is never held back and many share a request.
    const auto fresh = std::stable_partition(posts.begin(), posts.end(), [](const Post& post) { return post.attempts > 0; });
    const std::vector<Post> first_ones{std::make_move_iterator(fresh), std::make_move_iterator(posts.end())};
    posts.erase(fresh, posts.end());
    for (auto& post : posts) {
        if (free == 0) return;
        // A script that does not remember keys does not know the repeat form; the post is certainly not applied.
        const auto sending = post.key && cart.has_keys() ? Sending::repeat : Sending::first;
        send(cart, {std::move(post)}, sending, now);
        --free;
    }
    if (free == 0 || first_ones.empty()) return;
    const auto slots = static_cast<std::size_t>(free);
    // As many as a turn takes are one request: more of them wait, for the next turn and the other connections.
    const bool are_many = first_ones.size() >= largest_batch;
    const std::size_t per_request =
        !takes_batches(cart) ? 1 : are_many ? largest_batch : (first_ones.size() + slots - 1) / slots;
    for (std::size_t at = 0; at < first_ones.size() && free > 0; at += per_request, --free) {
        const auto end = std::min(at + per_request, first_ones.size());
        send(cart, {first_ones.begin() + static_cast<std::ptrdiff_t>(at),
                    first_ones.begin() + static_cast<std::ptrdiff_t>(end)},
             Sending::first, now);
    }
}

// A full request a turn, or what is left when no more is coming.
void Claims::claim_for_jobs(CartState& cart, Now now) {
    if (cart.counts.queued == 0 || (!cart.is_touched && !cart.has_job_posts)) return;
    const auto free = connections_for_jobs(cart) - exchanges_.out_for_posts(cart.cart.key);
    if (free <= 0) return;
    const bool has_batch = takes_batches(cart);
    auto posts = store_.posts.sendable_of_jobs(cart.cart.key, has_batch ? static_cast<std::int64_t>(largest_batch) : free);
    // What a person has sent again was out before: it goes singly and, where the store knows keys, under its own.
    const auto fresh = std::stable_partition(posts.begin(), posts.end(), [](const Post& post) { return post.attempts > 0; });
    std::vector<Post> tried{std::make_move_iterator(posts.begin()), std::make_move_iterator(fresh)};
    posts.erase(posts.begin(), fresh);
    if (std::ssize(tried) > free) tried.resize(static_cast<std::size_t>(free));
    for (auto& post : tried) {
        const auto sending = post.key && cart.has_keys() ? Sending::repeat : Sending::first;
        send(cart, {std::move(post)}, sending, now);
    }
    if (posts.empty() || std::ssize(tried) >= free) return;
    if (!has_batch) {
        if (const auto room = static_cast<std::size_t>(free) - tried.size(); posts.size() > room) posts.resize(room);
        for (auto& post : posts) send(cart, {std::move(post)}, Sending::first, now);
    } else if (posts.size() == largest_batch || !cart.are_job_posts_coming) {
        send(cart, std::move(posts), Sending::first, now);
    }
}

void Claims::claim_repeats(CartState& cart, std::int64_t& free, Now now) {
    if (cart.counts.uncertain == cart.counts.parked) return;
    for (auto& post : store_.posts.uncertain(cart.cart.key)) {
        if (free <= 0) return;
        if (post.is_parked || post.due > now.steady || !is_repeatable(cart, post, now.steady) ||
            exchanges_.is_out(cart.cart.key, post.id))
            continue;
        ++post.attempts;
        store_.posts.save(post);
        const auto listing = store_.listings.get(post.listing);
        if (!listing) continue;
        exchanges_.ask(cart.cart.key,
                       AskUpdate{{listing->store_sku, post.delta.pieces, post.key}, Sending::repeat},
                       ForPosts{{post.id}, Sending::repeat, cart.cart.store_seq}, now.steady);
        --free;
    }
}

void Claims::send(CartState& cart, std::vector<Post> posts, Sending sending, Now now) {
    std::vector<cart::StockUpdate> updates;
    ForPosts purpose{{}, sending, cart.cart.store_seq};
    std::int64_t number = store_.identity.draw_numbers(static_cast<std::int64_t>(posts.size()));
    for (auto& post : posts) {
        const auto listing = store_.listings.get(post.listing);
        if (!listing) continue;
        ++post.attempts;
        post.is_paused = false;
        if (!post.first_sent) {
            post.first_sent = now.steady;
            post.first_sent_at = now.wall;
            if (listing->store_qoh) post.expected_qoh = *listing->store_qoh + post.delta.pieces;
        }
        // What is queued was certainly not applied, whatever was sent of it before. A script that keeps no keys refuses a
        // keyed post, and what it may apply without a key must not be repeated under one when it keeps them again.
        if (!cart.has_keys()) post.key.reset();
        else if (!post.key) post.key = cart::PostKey{draw_postid(random_), number++, cart.cart.learned.extension->store};
        // Law 2: `sending` is on disk before the request leaves.
        queue_.move(cart, post, On::sent, now);
        updates.push_back({listing->store_sku, post.delta.pieces, post.key});
        purpose.posts.push_back(post.id);
    }
    if (updates.empty()) return;
    What what = updates.size() == 1 ? What{AskUpdate{std::move(updates.front()), sending}}
                                    : What{AskBatch{std::move(updates), sending}};
    exchanges_.ask(cart.cart.key, std::move(what), std::move(purpose), now.steady);
}

std::optional<AgentTime> Claims::next_wakeup(const CartState& cart, Now now) const {
    const auto out = exchanges_.out_for_posts(cart.cart.key);
    if (cart.has_job_posts && !cart.are_job_posts_coming && out < connections_for_jobs(cart)) return now.steady;
    if (out >= connections(cart)) return std::nullopt;
    auto next = cart.next_due;
    if (cart.counts.uncertain > cart.counts.parked)
        for (const auto& post : store_.posts.uncertain(cart.cart.key))
            if (!post.is_parked && is_repeatable(cart, post, now.steady) &&
                !exchanges_.is_out(cart.cart.key, post.id) && (!next || post.due < *next))
                next = post.due;
    return next;
}

}  // namespace stocktray::stack
