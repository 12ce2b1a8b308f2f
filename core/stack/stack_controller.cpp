#include "core/stack/stack_controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/stack/diagnosis.h"
#include "core/stack/repeatable.h"
#include "core/sync/doubts.h"

namespace stocktray::stack {

using cart::Cause;
using cart::Outcome;
using cart::Sending;
using cart::Stop;

namespace {

constexpr std::size_t largest_batch = 250;  // pieces in one invbatch

// 22 signs of 62: 131 bits, far more than the 96 that a key must have.
std::string draw_postid(Random& random) {
    static constexpr std::string_view signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id(22, '0');
    for (auto& sign : id) sign = signs[random.below(signs.size())];
    return id;
}

// Causes that stop the cart until something has changed, whatever the post.
std::optional<Stop> stop_of(Cause cause) noexcept {
    if (cause == Cause::auth) return Stop::credentials;
    if (cause == Cause::other_agent) return Stop::other_agent;
    if (cause == Cause::store_changed) return Stop::store_changed;
    return std::nullopt;
}

On on_first_sending(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::applied: return On::applied;
        case Outcome::refused: return On::refused;
        case Outcome::rejected: return On::sku_refused;
        case Outcome::unclear: return On::unclear;
    }
    return On::unclear;
}

}  // namespace

void StackController::start(Now now) {
    for (auto& post : store_.posts.sending()) {
        if (auto* cart = board_.get(post.cart)) {
            post.error_code = to_string(Cause::closed);
            post.error_text = "The agent ended before the store's answer came.";
            queue_.move(*cart, post, On::found_at_start, now);
        }
    }
}

// --- what comes in ---------------------------------------------------------------------------------------

void StackController::answered(ExchangeId id, const cart::Done& done, Now now) {
    const auto exchange = exchanges_.finish(id);
    if (!exchange) return;
    CartState* state = board_.get(exchange->cart);
    if (state == nullptr) return;
    CartState& cart = *state;
    cart.is_touched = true;
    has_learned_ = false;

    // First what it says of the cart, then what it says of the posts: a doubt settles from a failure on.
    std::visit(
        [&](const auto& result) {
            using Answer = std::decay_t<decltype(result)>;
            if constexpr (std::is_same_v<Answer, cart::UpdateResult>) {
                if (result.outcome == Outcome::unclear || is_failure_to_reach(result.cause))
                    note_failure(cart, result.cause, result.text, result.retry_after, now);
                else
                    note_good(cart, exchange->begun, now);
            } else if constexpr (std::is_same_v<Answer, cart::BatchResult>) {
                const auto bad = std::ranges::find_if(
                    result.items, [](const auto& item) { return item.outcome == Outcome::unclear ||
                                                                is_failure_to_reach(item.cause); });
                if (bad != result.items.end()) note_failure(cart, bad->cause, bad->text, bad->retry_after, now);
                else note_good(cart, exchange->begun, now);
            } else if constexpr (std::is_same_v<Answer, cart::VersionResult>) {
                if (result.is_script) note_good(cart, exchange->begun, now);
                else note_failure(cart, result.cause, result.text, result.retry_after, now);
            } else if constexpr (std::is_same_v<Answer, cart::ProbeResult>) {
                if (result.version.is_script) note_good(cart, exchange->begun, now);
                else note_failure(cart, result.version.cause, result.version.text, result.version.retry_after, now);
            } else if constexpr (std::is_same_v<Answer, cart::OrderCountResult>) {
                if (result.is_answered || !is_failure_to_reach(result.cause)) note_good(cart, exchange->begun, now);
                else note_failure(cart, result.cause, result.text, result.retry_after, now);
            } else {
                if (result.is_complete || !is_failure_to_reach(result.cause)) note_good(cart, exchange->begun, now);
                else note_failure(cart, result.cause, result.text, result.retry_after, now);
            }
        },
        done);

    if (const auto* posts = std::get_if<ForPosts>(&exchange->purpose)) {
        if (const auto* single = std::get_if<cart::UpdateResult>(&done)) {
            on_update(cart, posts->posts.front(), *single, *exchange, now);
        } else if (const auto* batch = std::get_if<cart::BatchResult>(&done)) {
            for (std::size_t i = 0; i < posts->posts.size(); ++i)
                on_update(cart, posts->posts[i], i < batch->items.size() ? batch->items[i] : cart::UpdateResult{},
                          *exchange, now);
        }
        // Once for a batch, however many of its posts said something new of the cart.
        if (has_learned_) board_.save(cart);
    } else if (const auto* contact = std::get_if<ForContact>(&exchange->purpose)) {
        if (const auto* version = std::get_if<cart::VersionResult>(&done))
            on_version(cart, *version, contact->store_seq, now);
        if (const auto* probe = std::get_if<cart::ProbeResult>(&done)) on_probe(cart, *probe, contact->store_seq, now);
    } else if (std::holds_alternative<ForBase>(exchange->purpose)) {
        const auto* counts = std::get_if<cart::CountsResult>(&done);
        if (counts != nullptr && counts->is_complete) {
            cart.cart.has_base = true;
            store_.listings.link(cart.cart);
            board_.save(cart);
        } else if (counts != nullptr && !is_failure_to_reach(counts->cause)) {
            // A script that cannot tell its counts: there is no base to be had, so nothing waits for one.
            stop_for(cart, counts->cause, counts->text, now);
            cart.cart.has_base = cart.cart.stop == Stop::none;
            board_.save(cart);
        }
    } else {
        doubts_.answered(cart, done, now);
    }
}

void StackController::counts_page(ExchangeId id, const std::vector<cart::ReadCount>& page, Now now) {
    if (const auto* exchange = exchanges_.find(id)) store_.listings.put_counts(exchange->cart, page, now.wall);
}

void StackController::note_good(CartState& cart, AgentTime begun, Now now) {
    cart.circuit.succeeded();
    cart.last_cause.reset();
    cart.last_said.clear();
    if (!cart.good_since && begun >= cart.last_failure) cart.good_since = now.steady;
}

void StackController::note_failure(CartState& cart, Cause cause, const std::string& said,
                                   std::optional<Milliseconds> retry_after, Now now) {
    cart.good_since.reset();
    cart.last_failure = now.steady;
    cart.last_cause = cause;
    cart.last_said = said;
    // Nothing more is risked before the script has shown, by a harmless question, that it is there.
    cart.contact = Contact::needed;
    if (is_failure_to_reach(cause)) cart.circuit.failed(now.steady, schedule_, random_.next(), retry_after);
}

void StackController::on_update(CartState& cart, PostId id, const cart::UpdateResult& result, const Exchange& exchange,
                                Now now) {
    auto post = store_.posts.get(id);
    if (!post) return;
    const auto sending = std::get<ForPosts>(exchange.purpose).sending;
    if (post->state == State::sending) on_first(cart, *post, result, now);
    else if (post->state == State::uncertain) on_repeat(cart, *post, result, now);
    (void)sending;
}

void StackController::on_first(CartState& cart, Post& post, const cart::UpdateResult& result, Now now) {
    post.error_code = to_string(result.cause);
    post.error_text = result.text;
    const bool was_keyed = post.key.has_value();
    switch (result.outcome) {
        case Outcome::applied: on_applied(cart, post, result, Sending::first, On::applied, now); break;
        case Outcome::refused:
            post.due = now.steady + std::max(Milliseconds{1}, schedule_.next_wait(post.attempts, random_.next(),
                                                                                  result.retry_after));
            queue_.move(cart, post, On::refused, now);
            stop_for(cart, result.cause, result.text, now);
            break;
        case Outcome::rejected: {
            queue_.move(cart, post, on_first_sending(result.outcome), now);
            const auto words = diagnose(result.cause, result.text);
            ask_person(cart, post, words.message, words.hint, now);
            break;
        }
        case Outcome::unclear:
            post.due = now.steady + std::max(Milliseconds{1}, schedule_.next_wait(1, random_.next(), {}));
            queue_.move(cart, post, On::unclear, now);
            break;
    }
    const bool is_answer = result.outcome == Outcome::applied || result.outcome == Outcome::rejected;
    if (was_keyed && is_answer && !result.is_key_confirmed) drop_capability(cart, now);
}

void StackController::on_repeat(CartState& cart, Post& post, const cart::UpdateResult& result, Now now) {
    // Only what bears the key says something about the first sending; everything else leaves the doubt.
    if (result.is_key_confirmed && result.outcome == Outcome::applied) {
        on_applied(cart, post, result, Sending::repeat, On::verified_applied, now);
        return;
    }
    post.error_code = to_string(result.cause);
    post.error_text = result.text;
    if (result.is_key_confirmed && result.outcome == Outcome::rejected) {
        queue_.move(cart, post, On::verified_sku_refused, now);
        const auto words = diagnose(result.cause, result.text);
        ask_person(cart, post, words.message, words.hint, now);
        return;
    }
    post.due = now.steady +
               std::max(Milliseconds{1}, schedule_.next_wait(post.attempts, random_.next(), result.retry_after));
    store_.posts.save(post);
    cart.is_touched = true;
    if (result.cause == Cause::unknown_function) drop_capability(cart, now);
    if (result.cause == Cause::postid_conflict) {
        const auto words = diagnose(result.cause, {});
        ask_person(cart, post, words.message, words.hint, now);
    }
    stop_for(cart, result.cause, result.text, now);
}

void StackController::on_applied(CartState& cart, Post& post, const cart::UpdateResult& result, Sending sending, On on,
                                 Now now) {
    post.error_code.clear();
    post.error_text.clear();
    post.reply_qoh = result.qoh;
    const auto applied = result.clamped_to.value_or(post.delta.pieces);

    if (auto listing = store_.listings.get(post.listing)) {
        // The stored answer of a repeat tells the count of then; only a first answer tells the count of now.
        const bool is_current = sending == Sending::first && result.qoh.has_value();
        if (is_current && (cart.cart.adds || cart.has_keys())) listing->store_qoh = result.qoh;
        else if (listing->store_qoh) *listing->store_qoh += applied;
        listing->store_qoh_at = now.wall;
        store_.listings.save(*listing);
    }
    if (sending == Sending::first && result.qoh && post.expected_qoh && !cart.cart.adds) {
        const bool looks_absolute = *result.qoh == post.delta.pieces && *result.qoh != *post.expected_qoh;
        const bool looks_added = *result.qoh == *post.expected_qoh && *result.qoh != post.delta.pieces;
        if (looks_absolute) {
            stop(cart, Stop::absolute_script, {}, now);
            journal_.raise({.kind = "absolute_script",
                            .severity = store::Severity::critical,
                            .cart = cart.id(),
                            .since = now.wall,
                            .message = fmt::format("{}: {}", cart.config().name, in_words(Stop::absolute_script).message),
                            .hint = std::string{in_words(Stop::absolute_script).hint},
                            .action = "open_cart"});
        } else if (looks_added) {
            cart.cart.adds = true;
        }
    }
    if (result.seq) cart.cart.store_seq = std::max(cart.cart.store_seq, *result.seq);
    cart.cart.last_confirmed_at = now.wall;
    has_learned_ = true;
    queue_.move(cart, post, on, now);
    if (result.clamped_to) {
        const auto listed = store_.posts.listed(post.id);
        journal_.record({.at = now.wall,
                         .kind = "post",
                         .cart = cart.id(),
                         .sku = listed ? listed->sku : "",
                         .delta = *result.clamped_to,
                         .text = fmt::format("{} could apply only {:+} of {:+}: it sold in the same moment and cannot go "
                                             "below zero.",
                                             cart.config().name, *result.clamped_to, post.delta.pieces)});
    }
}

// --- who the store is ------------------------------------------------------------------------------------

void StackController::on_version(CartState& cart, const cart::VersionResult& result, std::int64_t known_seq, Now now) {
    if (!result.is_script) {
        cart.contact = Contact::needed;
        stop_for(cart, result.cause, result.text, now);
        return;
    }
    // The second line comes only for the right password: if it is missing where it was before, find out
    // whether the password or the script has changed.
    if (!result.extension && !cart.cart.store_id.empty() && cart.cart.learned.extension) {
        exchanges_.ask(cart.cart.key, AskProbe{}, ForContact{cart.cart.store_seq}, now.steady);
        return;
    }
    if (result.extension) cart.cart.learned.extension = result.extension;
    meet(cart, result.extension, known_seq, now);
}

void StackController::on_probe(CartState& cart, const cart::ProbeResult& result, std::int64_t known_seq, Now now) {
    if (!result.version.is_script) {
        cart.contact = Contact::needed;
        return;
    }
    for (const auto& problem : result.problems) {
        stop_for(cart, problem.cause, problem.message, now);
        if (cart.cart.stop != Stop::none) {
            cart.contact = Contact::needed;
            return;
        }
    }
    if (!result.is_usable) {
        // It answers but cannot be worked with: asked again later, as if it were away.
        const auto* problem = result.problems.empty() ? nullptr : &result.problems.front();
        note_failure(cart, problem != nullptr && problem->cause != Cause::none ? problem->cause : Cause::malformed,
                     problem != nullptr ? problem->message : "", {}, now);
        cart.circuit.failed(now.steady, schedule_, random_.next(), {});
        return;
    }
    cart.cart.learned = result.learned;
    if (cart.config().dialect) cart.cart.learned.dialect = cart.config().dialect;
    meet(cart, result.learned.extension, known_seq, now);
}

void StackController::meet(CartState& cart, const std::optional<cart::Extension>& extension, std::int64_t known_seq,
                           Now now) {
    cart.contact = Contact::known;
    cart.take_over_from.clear();
    if (extension && !extension->bound_to.empty()) {
        stop(cart, Stop::other_agent, {}, now);
        return;
    }
    if (extension && !extension->store.empty()) {
        const auto identity = store_.identity.get();
        if (extension->top >= identity.next_number) {
            // The store has posts of ours that we do not know of: our database went back in time.
            for (auto& other : board_.all()) stop(*other, Stop::agent_restored, {}, now);
            auto restored = identity;
            restored.trouble = store::Trouble::restored;
            restored.next_number = extension->top + 1;
            store_.identity.save(restored);
            return;
        }
        if (cart.cart.store_id.empty()) {
            cart.cart.store_id = extension->store;
            cart.cart.store_seq = extension->seq;
        } else if (cart.cart.store_id != extension->store) {
            stop(cart, Stop::store_changed, {}, now);
            return;
        } else if (extension->seq < known_seq) {
            stop(cart, Stop::store_restored,
                 fmt::format("It knows {} of our changes, {} were confirmed.", extension->seq, known_seq), now);
            return;
        } else {
            cart.cart.store_seq = std::max(cart.cart.store_seq, extension->seq);
        }
        cart.cart.adds = cart.cart.adds || extension->has_postid;
    }
    board_.save(cart);
}

void StackController::drop_capability(CartState& cart, Now now) {
    if (!cart.cart.learned.extension) return;
    cart.cart.learned.extension.reset();
    cart.contact = Contact::needed;
    board_.save(cart);
    journal_.record({.at = now.wall,
                     .kind = "agent",
                     .cart = cart.id(),
                     .text = fmt::format("{} no longer remembers the keys of posts: its script was replaced.",
                                         cart.config().name)});
}

void StackController::stop_for(CartState& cart, Cause cause, const std::string& said, Now now) {
    if (const auto reason = stop_of(cause)) stop(cart, *reason, said, now);
}

void StackController::stop(CartState& cart, Stop reason, std::string detail, Now now) {
    if (cart.cart.stop != Stop::none) return;  // the first reason stays until a person has dealt with it
    cart.cart.stop = reason;
    cart.cart.stop_detail = std::move(detail);
    board_.save(cart);
    const auto words = in_words(reason);
    const auto kind = reason == Stop::credentials     ? "credentials"
                      : reason == Stop::other_agent   ? "other_agent"
                      : reason == Stop::absolute_script ? "absolute_script"
                                                        : "restored";
    journal_.raise({.kind = kind,
                    .severity = store::Severity::critical,
                    .cart = cart.id(),
                    .since = now.wall,
                    .message = fmt::format("{}: {}{}{}", cart.config().name, words.message,
                                           cart.cart.stop_detail.empty() ? "" : " ", cart.cart.stop_detail),
                    .hint = std::string{words.hint},
                    .action = "open_cart"});
    journal_.record({.at = now.wall, .kind = "agent", .cart = cart.id(),
                     .text = fmt::format("{}: {}", cart.config().name, words.message)});
}

void StackController::release(CartState& cart) {
    cart.cart.stop = Stop::none;
    cart.cart.stop_detail.clear();
    cart.contact = Contact::needed;
    cart.circuit.succeeded();
    board_.save(cart);
    for (const auto* kind : {"credentials", "other_agent", "absolute_script", "restored"})
        journal_.clear(kind, cart.id(), "");
}

Result<void> StackController::take_over(CartState& cart, Now now) {
    auto identity = store_.identity.get();
    if (cart.cart.stop == Stop::cloned) {
        // Two lives of one id cannot be told apart by the connectors: this one gets a new id.
        if (identity.trouble == store::Trouble::cloned) {
            cart.take_over_from = identity.agent;
            identity.agent = draw_postid(random_);
            identity.trouble = store::Trouble::none;
            store_.identity.save(identity);
        }
    } else if (cart.cart.stop != Stop::other_agent) {
        return fail(ErrorCode::conflict, fmt::format("{} does not belong to another agent.", cart.config().name));
    }
    if (cart.cart.learned.extension && !cart.cart.learned.extension->bound_to.empty())
        cart.take_over_from = cart.cart.learned.extension->bound_to;
    release(cart);
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                     .text = fmt::format("This agent takes over {}.", cart.config().name)});
    return {};
}

Result<void> StackController::accept(CartState& cart, Now now) {
    const auto reason = cart.cart.stop;
    const bool can_be_accepted = reason == Stop::store_changed || reason == Stop::store_restored ||
                                 reason == Stop::agent_restored || reason == Stop::absolute_script;
    if (!can_be_accepted)
        return fail(ErrorCode::conflict, fmt::format("There is nothing to accept for {}.", cart.config().name));
    for (auto& post : store_.posts.uncertain(cart.cart.key)) queue_.park(cart, post);
    // What was refused under a key of the former store is left to the gap: this store does not know the key.
    for (auto& post : store_.posts.queued(cart.cart.key))
        if (post.key) queue_.move(cart, post, On::switched_off, now);
    store_.listings.unalign(cart.cart.key);
    cart.cart.store_id.clear();
    cart.cart.store_seq = 0;
    cart.cart.has_base = false;
    release(cart);
    const bool is_last = std::ranges::none_of(
        board_.all(), [](const auto& other) { return other->cart.stop == Stop::agent_restored; });
    auto identity = store_.identity.get();
    if (is_last && identity.trouble == store::Trouble::restored) {
        identity.trouble = store::Trouble::none;
        store_.identity.save(identity);
    }
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                     .text = fmt::format("{} was accepted as it is.", cart.config().name)});
    return {};
}

void StackController::hurry(CartState& cart, Now now) {
    cart.circuit.ask_now(now.steady);
    store_.posts.hurry(cart.cart.key);
    cart.is_touched = true;
}

// --- what goes out ---------------------------------------------------------------------------------------

void StackController::work(Now now, Sendings sendings) {
    for (auto& cart : board_.all()) {
        if (cart->cart.is_paused && cart->cart.paused_until && *cart->cart.paused_until <= now.wall) {
            cart->cart.is_paused = false;
            cart->cart.paused_until.reset();
            board_.save(*cart);
            journal_.record({.at = now.wall, .kind = "setting", .cart = cart->id(),
                             .text = fmt::format("{} goes on after its pause.", cart->config().name)});
        }
        if (sendings == Sendings::allowed) advance(*cart, now);
        refresh(*cart, now);
    }
}

void StackController::advance(CartState& cart, Now now) {
    if (!board_.is_synchronized(cart)) {
        doubts_.park_all(cart, now);
        return;
    }
    if (cart.cart.stop != Stop::none || cart.cart.is_paused) return;
    const CartKey key = cart.cart.key;
    if (!exchanges_.is_out_for<ForContact>(key)) {
        // A question that was taken back with its turn is to be asked again.
        if (cart.contact == Contact::asked) cart.contact = Contact::needed;
        if (!cart.circuit.is_closed()) cart.circuit.reopen(now.steady);
    }
    if (!cart.circuit.is_closed()) {
        const auto probe_at = cart.circuit.probe_at();
        if (!probe_at || *probe_at > now.steady) return;
        cart.circuit.probing();
        cart.contact = Contact::needed;
    }
    if (cart.contact == Contact::needed && !exchanges_.is_out_for<ForContact>(key)) {
        const bool is_new = !cart.cart.learned.dialect || cart.cart.learned.counts == cart::CountSource::unknown;
        What what = is_new ? What{AskProbe{}} : What{AskVersion{}};
        if (!cart.take_over_from.empty()) what = AskTakeOver{cart.take_over_from};
        exchanges_.ask(key, std::move(what), ForContact{cart.cart.store_seq}, now.steady);
        cart.contact = Contact::asked;
        return;
    }
    if (cart.contact != Contact::known) return;
    if (!cart.cart.has_base) {
        if (!exchanges_.is_out_for<ForBase>(key)) exchanges_.ask(key, AskAllCounts{}, ForBase{}, now.steady);
        return;
    }
    claim(cart, now);
    doubts_.advance(cart, now);
}

std::int64_t StackController::connections(const CartState& cart) const noexcept {
    // Until a script has shown that it adds differences, one at a time: an absolute script does less harm.
    const bool is_unproven = !cart.cart.adds && cart.cart.learned.counts != cart::CountSource::none;
    return is_unproven ? 1 : cart.config().connections;
}

void StackController::claim(CartState& cart, Now now) {
    std::int64_t free = connections(cart) - exchanges_.out_for_posts(cart.cart.key);
    if (free <= 0) return;
    claim_repeats(cart, free, now);
    if (free <= 0) return;
    const bool has_batch = cart.cart.learned.extension && cart.cart.learned.extension->has_batch && cart.has_keys();
    const auto most = has_batch ? free * static_cast<std::int64_t>(largest_batch) : free;
    auto posts = store_.posts.sendable(cart.cart.key, now.steady, most);
    if (posts.empty()) return;

    // Those tried before go singly in their repeat form; the fresh ones fill the connections evenly, so a lone
    // post is never held back and many share a request.
    const auto fresh = std::ranges::stable_partition(posts, [](const Post& post) { return post.attempts > 0; });
    const std::vector<Post> first_ones{std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end())};
    posts.erase(fresh.begin(), fresh.end());
    for (auto& post : posts) {
        if (free == 0) return;
        // A script that does not remember keys does not know the repeat form; the post is certainly not applied.
        const auto sending = post.key && cart.has_keys() ? Sending::repeat : Sending::first;
        send(cart, {std::move(post)}, sending, now);
        --free;
    }
    if (free == 0 || first_ones.empty()) return;
    const auto slots = static_cast<std::size_t>(free);
    const std::size_t per_request =
        has_batch ? std::min(largest_batch, (first_ones.size() + slots - 1) / slots) : std::size_t{1};
    for (std::size_t at = 0; at < first_ones.size() && free > 0; at += per_request, --free) {
        const auto end = std::min(at + per_request, first_ones.size());
        send(cart, {first_ones.begin() + static_cast<std::ptrdiff_t>(at),
                    first_ones.begin() + static_cast<std::ptrdiff_t>(end)},
             Sending::first, now);
    }
}

void StackController::claim_repeats(CartState& cart, std::int64_t& free, Now now) {
    if (cart.counts.uncertain == cart.counts.parked && !cart.is_touched) return;
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
                       ForPosts{{post.id}, Sending::repeat}, now.steady);
        --free;
    }
}

void StackController::send(CartState& cart, std::vector<Post> posts, Sending sending, Now now) {
    std::vector<cart::StockUpdate> updates;
    ForPosts purpose{{}, sending};
    std::int64_t number = store_.identity.draw_numbers(static_cast<std::int64_t>(posts.size()));
    for (auto& post : posts) {
        const auto listing = store_.listings.get(post.listing);
        if (!listing) continue;
        ++post.attempts;
        if (!post.first_sent) {
            post.first_sent = now.steady;
            post.first_sent_at = now.wall;
            if (cart.has_keys())
                post.key = cart::PostKey{draw_postid(random_), number++, cart.cart.learned.extension->store};
            if (listing->store_qoh) post.expected_qoh = *listing->store_qoh + post.delta.pieces;
        }
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

// --- time ------------------------------------------------------------------------------------------------

void StackController::refresh(CartState& cart, Now now) {
    if (cart.is_touched) {
        cart.counts = store_.posts.counts(cart.cart.key);
        cart.oldest = store_.posts.oldest_waiting(cart.cart.key);
        cart.next_due = store_.posts.next_due(cart.cart.key);
        cart.is_touched = false;
        journal_.tell(StackNotice{cart.cart.key});
    }
    judge_time(cart, now);
}

void StackController::judge_time(CartState& cart, Now now) {
    auto judged = Timeliness::on_time;
    const bool is_judged = board_.is_synchronized(cart) && !cart.cart.is_paused;
    if (cart.oldest && is_judged) judged = timeliness(now.steady - cart.oldest->created, board_.settings().lateness);
    if (judged == cart.timeliness) return;
    const auto before = std::exchange(cart.timeliness, judged);
    journal_.tell(StackNotice{cart.cart.key});
    if (judged == Timeliness::late) {
        const auto words = cart.last_cause ? diagnose(*cart.last_cause, {}) : Diagnosis{};
        const auto seconds = board_.settings().lateness.late / std::chrono::seconds{1};
        journal_.raise({.kind = "late",
                        .severity = store::Severity::warning,
                        .cart = cart.id(),
                        .since = now.wall,
                        .message = fmt::format("{} has not followed for {} seconds. {}", cart.config().name, seconds,
                                               words.message),
                        .hint = words.hint.empty() ? "Look at the post stack for what it waits for." : words.hint,
                        .action = "open_stack"});
        if (auto listed = store_.posts.listed(cart.oldest->id))
            journal_.tell(PostNotice{PostNews::late, std::move(*listed), std::nullopt});
    } else if (before == Timeliness::late) {
        journal_.clear("late", cart.id(), "");
        journal_.record({.at = now.wall, .kind = "agent", .cart = cart.id(),
                         .text = fmt::format("{} follows again.", cart.config().name)});
    }
}

std::optional<AgentTime> StackController::next_wakeup(Now now) const {
    std::optional<AgentTime> next;
    const auto at = [&](std::optional<AgentTime> time) {
        if (time && (!next || *time < *next)) next = *time;
    };
    for (const auto& cart : board_.all()) {
        if (cart->cart.is_paused && cart->cart.paused_until)
            at(now.steady + (*cart->cart.paused_until - now.wall));
        if (!board_.is_synchronized(*cart) || cart->cart.is_paused) continue;
        if (cart->oldest) at(next_judgement(cart->oldest->created, now.steady, board_.settings().lateness));
        if (cart->cart.stop != Stop::none) continue;
        at(cart->circuit.probe_at());
        if (!cart->circuit.is_closed() || cart->contact != Contact::known || !cart->cart.has_base) continue;
        if (exchanges_.out_for_posts(cart->cart.key) < connections(*cart)) {
            at(cart->next_due);
            if (cart->counts.uncertain > cart->counts.parked)
                for (const auto& post : store_.posts.uncertain(cart->cart.key))
                    if (!post.is_parked && is_repeatable(*cart, post, now.steady) &&
                        !exchanges_.is_out(cart->cart.key, post.id))
                        at(post.due);
        }
        at(doubts_.next_wakeup(*cart, now));
    }
    return next;
}

void StackController::ask_person(CartState& cart, const Post& post, const std::string& message, const std::string& hint,
                                 Now now) {
    const auto listed = store_.posts.listed(post.id);
    const std::string sku = listed ? listed->sku : "";
    journal_.raise({.kind = "needs_decision",
                    .severity = store::Severity::warning,
                    .cart = cart.id(),
                    .sku = sku,
                    .since = now.wall,
                    .message = fmt::format("{}, {} of {}: {}", cart.config().name, fmt::format("{:+}", post.delta.pieces),
                                           sku, message),
                    .hint = hint,
                    .action = "open_post"});
}

}  // namespace stocktray::stack
