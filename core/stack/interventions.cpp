#include "core/stack/interventions.h"

#include <fmt/format.h>

#include "core/stack/diagnosis.h"
#include "core/sync/second_looks.h"

namespace stocktray::stack {
namespace {

// Far beyond any run of the program: a post due then is paused.
constexpr AgentTime never{Milliseconds{std::int64_t{1} << 60}};

bool any(const Post&) noexcept { return true; }

bool is_open(const Post& post) noexcept {
    return post.state == State::queued || post.state == State::sending || post.state == State::uncertain ||
           post.state == State::rejected;
}

Failure no_cart(const std::string& id) { return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", id)); }

}  // namespace

template <class Fits, class Use>
Result<std::int64_t> Interventions::for_each(const Selection& selection, Fits fits, Use use) {
    std::int64_t touched = 0;
    if (selection.cart) {
        auto* cart = board_.find(*selection.cart);
        if (cart == nullptr) return no_cart(*selection.cart);
        for (auto& post : store_.posts.unfinished(cart->cart.key))
            touched += fits(post) && use(*cart, post) ? 1 : 0;
        return touched;
    }
    // All of them, or none: what was named one by one is looked at before anything happens.
    for (const auto id : selection.posts) {
        const auto post = store_.posts.get(id);
        if (!post || board_.get(post->cart) == nullptr)
            return fail(ErrorCode::not_found, fmt::format("There is no post {}.", id));
        if (!fits(*post))
            return fail(ErrorCode::conflict, fmt::format("Post {} is {} by now.", id, to_string(post->state)));
    }
    for (const auto id : selection.posts)
        if (auto post = store_.posts.get(id)) touched += fits(*post) && use(*board_.get(post->cart), *post) ? 1 : 0;
    return touched;
}

Result<std::int64_t> Interventions::retry(const Selection& selection, Now now) {
    if (selection.cart) {
        if (auto* cart = board_.find(*selection.cart)) {
            // Wrong credentials stop a cart until they change or a person says so: this says so.
            if (cart->cart.stop == cart::Stop::credentials) standing_.release(*cart);
            stack_.hurry(*cart, now);
        }
    }
    return for_each(selection, is_open, [&](CartState& cart, Post& post) {
        if (post.state == State::sending || post.is_paused) return false;
        post.due = AgentTime{};
        if (post.state == State::rejected) {
            // Another store does not know its key.
            const bool is_of_other_store = post.key && post.key->store != cart.cart.store_id;
            if (is_of_other_store) send_anew(cart, post, now);
            const bool is_moved = is_of_other_store || queue_.move(cart, post, On::retried, now);
            clear_decision(cart, post);
            return is_moved;
        }
        store_.posts.save(post);
        stack_.hurry(cart, now);
        return true;
    });
}

Result<std::int64_t> Interventions::cancel(const Selection& selection, const std::string& reason, Now now) {
    // What may be at the store already cannot be given up, only resolved.
    const auto can_be_cancelled = [](const Post& post) {
        return post.state == State::queued || post.state == State::rejected;
    };
    return for_each(selection, can_be_cancelled, [&](CartState& cart, Post& post) {
        if (!queue_.move(cart, post, On::cancelled, now)) return false;
        // Its difference is missing at the store from now on, or was never meant: the counts will tell.
        // Unaligned, it is not taken for a lost change and sent after all, however the book moves; a Send, a
        // Get or equal counts end that.
        auto listing = store_.listings.get(post.listing);
        const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
        if (item) {
            listing->held_version = item->book_version;
            listing->unalign();
            store_.listings.save(*listing);
        }
        looks_.look(cart, post.listing, now);
        clear_decision(cart, post);
        note(cart, post, "was cancelled", reason, now);
        return true;
    });
}

Result<std::int64_t> Interventions::pause(const Selection& selection, std::optional<WallTime> until, Now now) {
    if (!selection.cart)
        return for_each(selection, any, [&](CartState& cart, Post& post) {
            if (post.state != State::queued) return false;
            post.is_paused = true;
            post.due = until ? now.steady + std::max(Milliseconds{1}, *until - now.wall) : never;
            store_.posts.save(post);
            cart.is_touched = true;
            note(cart, post, "is paused", "", now);
            return true;
        });
    auto* cart = board_.find(*selection.cart);
    if (cart == nullptr) return no_cart(*selection.cart);
    cart->cart.is_paused = true;
    cart->cart.paused_until = until;
    board_.save(*cart);
    journal_.clear("late", cart->id(), "");
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart->id(),
                     .text = fmt::format("{} is paused.", cart->config().name)});
    const auto counts = store_.posts.counts(cart->cart.key);
    return counts.queued;
}

Result<std::int64_t> Interventions::resume(const Selection& selection, Now now) {
    if (!selection.cart)
        return for_each(selection, any, [&](CartState& cart, Post& post) {
            if (post.state != State::queued || !post.is_paused) return false;
            post.is_paused = false;
            post.due = AgentTime{};
            store_.posts.save(post);
            cart.is_touched = true;
            return true;
        });
    auto* cart = board_.find(*selection.cart);
    if (cart == nullptr) return no_cart(*selection.cart);
    cart->cart.is_paused = false;
    cart->cart.paused_until.reset();
    board_.save(*cart);
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart->id(),
                     .text = fmt::format("{} goes on.", cart->config().name)});
    return store_.posts.counts(cart->cart.key).queued;
}

Result<std::int64_t> Interventions::resolve(PostId id, Proposal what, const std::string& reason, Now now) {
    auto post = store_.posts.get(id);
    auto* cart = post ? board_.get(post->cart) : nullptr;
    if (cart == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no post {}.", id));
    if (post->state != State::uncertain)
        return fail(ErrorCode::conflict,
                    fmt::format("Post {} is {}: there is nothing to decide.", id, to_string(post->state)));
    if (auto busy = check_not_out({{id}, {}}); !busy) return Failure{busy.error()};
    decide(*cart, *post, what, reason, now);
    return 1;
}

Result<std::int64_t> Interventions::accept_proposals(const std::string& id, const std::string& reason, Now now) {
    auto* cart = board_.find(id);
    if (cart == nullptr) return no_cart(id);
    std::int64_t decided = 0;
    for (auto& post : store_.posts.uncertain(cart->cart.key)) {
        if (!post.is_parked || !post.proposal || exchanges_.is_out(cart->cart.key, post.id)) continue;
        decide(*cart, post, *post.proposal, reason, now);
        ++decided;
    }
    return decided;
}

// The store is being asked about it at this moment: its answer would meet a post that has ended otherwise.
Result<void> Interventions::check_not_out(const Selection& selection) const {
    for (const auto id : selection.posts) {
        const auto post = store_.posts.get(id);
        if (post && post->state == State::uncertain && exchanges_.is_out(post->cart, id))
            return fail(ErrorCode::conflict, fmt::format("The store is being asked about post {} just now: try again in a "
                                                         "moment.",
                                                         id));
    }
    return {};
}

void Interventions::decide(CartState& cart, Post& post, Proposal what, const std::string& reason, Now now) {
    const bool has_lost_its_key = post.error_code == to_string(cart::Cause::postid_conflict);
    post.due = AgentTime{};
    post.error_code.clear();
    post.error_text.clear();
    const bool was_applied = what == Proposal::applied;
    post.doubt = Doubt::person;
    if (!was_applied && has_lost_its_key) send_anew(cart, post, now);
    else queue_.move(cart, post, was_applied ? On::verified_applied : On::verified_not_applied, now);
    clear_decision(cart, post);
    note(cart, post, was_applied ? "was applied, a person says" : "was not applied, a person says, and is sent again",
         reason, now);
}

// The key is worth nothing any more: its pieces go out in a new post.
void Interventions::send_anew(CartState& cart, Post& post, Now now) {
    const auto listing = store_.listings.get(post.listing);
    if (!listing) return;
    queue_.move(cart, post, On::gap_sent, now);
    queue_.add(cart, *listing, post.delta, inventory::Quantity{0}, now);
}

void Interventions::clear_decision(const CartState& cart, const Post& post) {
    if (const auto listed = store_.posts.listed(post.id)) queue_.clear_decision(cart, post.listing, listed->sku);
}

void Interventions::note(const CartState& cart, const Post& post, const std::string& what, const std::string& reason,
                         Now now) {
    const auto listed = store_.posts.listed(post.id);
    const std::string sku = listed ? listed->sku : "";
    journal_.record({.at = now.wall,
                     .kind = "post",
                     .cart = cart.id(),
                     .sku = sku,
                     .delta = post.delta.pieces,
                     .text = fmt::format("Post {} ({:+} of {}) {}{}{}.", post.id, post.delta.pieces, sku, what,
                                         reason.empty() ? "" : ": ", reason)});
}

}  // namespace stocktray::stack
