#include "core/stack/post_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "core/stack/diagnosis.h"

namespace stocktray::stack {
namespace {

std::optional<PostNews> news_of(State state) noexcept {
    switch (state) {
        case State::confirmed: return PostNews::confirmed;
        case State::rejected: return PostNews::rejected;
        case State::uncertain: return PostNews::uncertain;
        case State::settled: return PostNews::settled;
        case State::queued:
        case State::sending:
        case State::folded:
        case State::cancelled: return std::nullopt;
    }
    return std::nullopt;
}

// A person's word is said before the move; it stays.
Doubt doubt_after(const Post& post, State next, On on) noexcept {
    if (next == State::uncertain) return Doubt::open;
    if (post.doubt != Doubt::open) return post.doubt;
    switch (on) {
        case On::cancelled: return Doubt::person;
        case On::gap_sent: return Doubt::gap;
        default: return post.state == State::uncertain ? Doubt::key : post.doubt;
    }
}

bool is_final(State state) noexcept {
    switch (state) {
        case State::confirmed:
        case State::settled:
        case State::folded:
        case State::cancelled: return true;
        case State::queued:
        case State::sending:
        case State::uncertain:
        case State::rejected: return false;
    }
    return false;
}

}  // namespace

std::optional<std::size_t> Touched::place_of(ListingKey listing) const {
    if (only_.empty()) return static_cast<std::size_t>(listing);
    const auto found = std::ranges::lower_bound(only_, listing);
    if (found == only_.end() || *found != listing) return std::nullopt;
    return static_cast<std::size_t>(found - only_.begin());
}

void Touched::add(CartKey cart, ListingKey listing) {
    const auto at = cart == cart_ ? place_of(listing) : std::nullopt;
    if (!at) return;
    if (*at >= touched_.size()) touched_.resize(only_.empty() ? *at + 4'096 : only_.size());
    touched_[*at] = true;
}

std::shared_ptr<const Touched> PostQueue::watch(CartKey cart, std::vector<ListingKey> only) {
    std::ranges::sort(only);
    auto touched = std::make_shared<Touched>(cart, std::move(only));
    watches_.push_back(touched);
    return touched;
}

void PostQueue::touch_item(ItemKey item) {
    std::erase_if(watches_, [](const auto& watch) { return watch.expired(); });
    if (watches_.empty()) return;
    for (const auto& listing : store_.listings.of_item(item)) touch(listing.cart, listing.key);
}

void PostQueue::touch(CartKey cart, ListingKey listing) {
    std::erase_if(watches_, [](const auto& watch) { return watch.expired(); });
    for (const auto& watch : watches_)
        if (const auto touched = watch.lock()) touched->add(cart, listing);
}

bool PostQueue::has_room(ListingKey listing, inventory::Delta delta) const {
    if (!is_in_range(delta)) return false;
    const auto unsent = store_.posts.unsent_of(listing);
    return !unsent || is_in_range(unsent->delta + delta);
}

void PostQueue::add(CartState& cart, const store::Listing& listing, inventory::Delta delta, inventory::Quantity left,
                    Now now, Errand errand) {
    if (delta.pieces == 0) return;
    const bool are_last = left.pieces <= board_.settings().last_pieces;
    const auto lane = errand == Errand::job ? Lane::jobs : are_last ? Lane::last_pieces : Lane::changes;
    cart.is_touched = true;
    touch(cart.cart.key, listing.key);
    if (auto unsent = store_.posts.unsent_of(listing.key)) {
        unsent->delta = unsent->delta + delta;
        ++unsent->changes;
        store_.posts.add_up(*unsent, lane, now.steady);
        if (unsent->delta.pieces == 0) move(cart, *unsent, On::cancels_out, now);
        return;
    }
    Post post;
    post.cart = cart.cart.key;
    post.listing = listing.key;
    post.delta = delta;
    post.created_at = now.wall;
    post.created = now.steady;
    store_.posts.add(post, lane);
}

bool PostQueue::move(CartState& cart, Post& post, On on, Now now) {
    const auto next = next_state(post.state, on);
    if (!next) return false;
    touch(cart.cart.key, post.listing);
    post.doubt = doubt_after(post, *next, on);
    post.state = *next;
    if (post.state != State::uncertain) post.is_parked = false;
    if (is_final(post.state)) post.finished_at = now.wall;
    cart.is_touched = true;
    store_.posts.save(post);
    if (const auto news = news_of(post.state)) {
        if (auto listed = store_.posts.listed(post.id)) {
            std::optional<Milliseconds> took;
            if (*news == PostNews::confirmed) took = now.steady - post.created;
            journal_.tell(PostNotice{*news, std::move(*listed), took});
        }
    }
    return true;
}

void PostQueue::fold_all(CartState& cart) {
    cart.cart.fold_to = store_.posts.highest();
    board_.save(cart);
}

void PostQueue::fold_some(CartState& cart, std::int64_t most, Now now) {
    if (!cart.cart.fold_to) return;
    auto posts = store_.posts.queued_up_to(*cart.cart.fold_to, cart.cart.key, most);
    for (auto& post : posts) move(cart, post, On::switched_off, now);
    if (std::ssize(posts) == most) return;
    cart.cart.fold_to.reset();
    board_.save(cart);
}

void PostQueue::clear_decision(const CartState& cart, ListingKey listing, const std::string& sku) {
    if (!store_.posts.stuck_of(listing).empty()) return;
    for (const auto& store_sku : cart::listings_of(cart.config(), sku))
        if (const auto other = store_.listings.find(cart.cart.key, store_sku); other && !store_.posts.stuck_of(other->key).empty()) return;
    journal_.clear("needs_decision", cart.id(), sku);
}

void PostQueue::park(CartState& cart, Post& post) {
    if (post.state != State::uncertain || post.is_parked) return;
    post.is_parked = true;
    cart.is_touched = true;
    store_.posts.save(post);
}

}  // namespace stocktray::stack
