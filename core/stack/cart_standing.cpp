#include "core/stack/cart_standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/stack/diagnosis.h"
#include "core/stack/post_key.h"
#include "core/sync/doubts.h"

namespace stocktray::stack {

using cart::Cause;
using cart::Stop;

namespace {

// Causes that stop the cart until something has changed, whatever the post.
std::optional<Stop> stop_of(Cause cause) noexcept {
    if (cause == Cause::auth) return Stop::credentials;
    if (cause == Cause::other_agent) return Stop::other_agent;
    if (cause == Cause::store_changed) return Stop::store_changed;
    return std::nullopt;
}

}  // namespace

void CartStanding::note_good(CartState& cart, AgentTime begun, Asked purpose, Now now) {
    if (purpose == Asked::who_it_is) cart.circuit.answered_probe();
    else cart.circuit.succeeded();
    cart.last_cause.reset();
    cart.last_said.clear();
    cart.last_finding.reset();
    if (!cart.good_since && begun >= cart.last_failure) cart.good_since = now.steady;
}

// The script is there but does not take it (its database is down, say): the cart's trouble until a good answer.
void CartStanding::note_refusal(CartState& cart, const cart::UpdateResult& result) {
    cart.last_cause = result.cause;
    cart.last_said = result.text;
    cart.last_finding.reset();
}

void CartStanding::note_failure(CartState& cart, Cause cause, const std::string& said,
                                   std::optional<Milliseconds> retry_after, Now now) {
    cart.good_since.reset();
    cart.last_failure = now.steady;
    cart.last_cause = cause;
    cart.last_said = said;
    cart.last_finding.reset();
    // Nothing more is risked before the script has shown, by a harmless question, that it is there.
    cart.contact = Contact::needed;
    if (is_failure_to_reach(cause)) cart.circuit.failed(now.steady, schedule_, random_.next(), retry_after);
}

void CartStanding::note_doubt(CartState& cart, Cause cause, const std::string& said, std::optional<Milliseconds> retry_after, Now now) {
    note_failure(cart, cause, said, retry_after, now);
    // An order came between two looks: that is nobody's failure.
    if (!is_failure_to_reach(cause) && cause != Cause::changed_meanwhile) cart.circuit.failed(now.steady, schedule_, random_.next(), retry_after);
}

void CartStanding::on_version(CartState& cart, const cart::VersionResult& result, std::int64_t known_seq, Now now) {
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

void CartStanding::on_probe(CartState& cart, const cart::ProbeResult& result, std::int64_t known_seq, Now now) {
    if (!result.version.is_script) {
        cart.contact = Contact::needed;
        return;
    }
    // Whose the script is must be known even if it is not ours: a takeover names the one that it takes it from.
    if (result.learned.extension) cart.cart.learned.extension = result.learned.extension;
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
        note_failure(cart, problem != nullptr && problem->cause != Cause::none ? problem->cause : Cause::malformed, {}, {},
                     now);
        if (problem != nullptr) cart.last_finding = Diagnosis{problem->message, problem->hint};
        disappoint(cart, {}, now);
        return;
    }
    const bool did_clamp = cart.cart.learned.clamps;
    cart.cart.learned = result.learned;
    cart.cart.learned.clamps = did_clamp || result.learned.clamps;
    // Without a script there is none that could take differences as counts.
    cart.cart.adds = cart.cart.adds || result.learned.rest.has_value();
    cart.disappointments = 0;
    if (cart.config().dialect) cart.cart.learned.dialect = cart.config().dialect;
    meet(cart, result.learned.extension, known_seq, now);
}

void CartStanding::meet(CartState& cart, const std::optional<cart::Extension>& extension, std::int64_t known_seq,
                           Now now) {
    cart.contact = Contact::known;
    cart.take_over_from.clear();
    if (extension && !extension->bound_to.empty()) {
        stop(cart, Stop::other_agent, {}, now);
        return;
    }
    if (const auto* other = extension ? works_already(cart, extension->store) : nullptr) {
        hold_back(cart, *other, now);
        return;
    }
    if (extension && !extension->store.empty()) {
        const auto identity = store_.identity.get();
        if (extension->top >= identity.next_number) {
            // The store has posts of ours that we do not know of: our database went back in time.
            auto restored = identity;
            restored.next_number = extension->top + 1;
            store_.identity.save(restored);
            if (!cart.is_restore_accepted) {
                distrust_ourselves(store::Trouble::restored, now);
                return;
            }
        }
        cart.is_restore_accepted = false;
        if (cart.cart.store_id.empty()) {
            cart.cart.store_id = extension->store;
            cart.cart.store_seq = extension->seq;
        } else if (cart.cart.store_id != extension->store) {
            stop(cart, Stop::store_changed, {}, now);
            return;
        } else if (extension->seq < known_seq) {
            stop_as_forgetful(cart, extension->seq, known_seq, now);
            return;
        } else {
            cart.cart.store_seq = std::max(cart.cart.store_seq, extension->seq);
        }
        cart.cart.adds = cart.cart.adds || extension->has_postid;
        cart.cart.learned.clamps = extension->clamps;
    }
    board_.save(cart);
}

// Two domains of one shop are two carts with one stock: every change would be applied there twice.
const CartState* CartStanding::works_already(const CartState& cart, std::string_view store) const {
    if (store.empty() || !board_.is_synchronized(cart)) return nullptr;
    const auto found = std::ranges::find_if(board_.all(), [&](const auto& other) {
        return other->cart.key != cart.cart.key && other->cart.store_id == store && other->contact == Contact::known &&
               board_.is_synchronized(*other);
    });
    return found == board_.all().end() ? nullptr : found->get();
}

// As if it were away: it is asked again, and goes on when the other is off or gone.
void CartStanding::hold_back(CartState& cart, const CartState& other, Now now) {
    note_failure(cart, Cause::malformed, {}, {}, now);
    cart.last_finding = Diagnosis{fmt::format("It leads to the same store as {}: each change would be applied there twice.", other.config().name),
                                  "Remove one of the two carts, or turn Synchronize Inventory off for it."};
    disappoint(cart, {}, now);
}

void CartStanding::stop_as_forgetful(CartState& cart, std::int64_t known_there, std::int64_t known_here, Now now) {
    stop(cart, Stop::store_restored,
         fmt::format("It knows {} of our changes, {} were confirmed.", known_there, known_here), now);
}

// What this database calls unsent may have been sent by the life that it does not remember, and what it calls rejected sent again.
void CartStanding::distrust_ourselves(store::Trouble trouble, Now now) {
    auto identity = store_.identity.get();
    identity.trouble = trouble;
    store_.identity.save(identity);
    const auto reason = trouble == store::Trouble::cloned ? Stop::cloned : Stop::agent_restored;
    // The book lacks what was accepted since, and the stores have it: a gap against this book is none.
    if (trouble == store::Trouble::restored) store_.items.distrust();
    for (const auto& cart : board_.all()) {
        for (auto& post : store_.posts.queued(cart->cart.key)) queue_.move(*cart, post, On::agent_restored, now);
        for (auto& post : store_.posts.rejected(cart->cart.key)) queue_.move(*cart, post, On::agent_restored, now);
        for (auto& post : store_.posts.uncertain(cart->cart.key)) queue_.park(*cart, post);
        board_.unalign(*cart, now);
        stop(*cart, reason, {}, now);
    }
}

void CartStanding::drop_capability(CartState& cart, Now now) {
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

// It answers, but not with what is needed: asked again ever more rarely, not as fast as it answers.
void CartStanding::disappoint(CartState& cart, std::optional<Milliseconds> retry_after, Now now) {
    // Heavy questions: at least half of the wait is certain.
    const auto ceiling = schedule_.next_wait(++cart.disappointments + 2, ~std::uint64_t{0} >> 1, retry_after);
    const auto jittered = schedule_.next_wait(cart.disappointments + 2, random_.next(), retry_after);
    cart.not_before = now.steady + std::max(jittered, ceiling / 2) + Milliseconds{1};
}

void CartStanding::stop_for(CartState& cart, Cause cause, const std::string& said, Now now) {
    if (const auto reason = stop_of(cause)) stop(cart, *reason, said, now);
}

void CartStanding::stop(CartState& cart, Stop reason, std::string detail, Now now) {
    // The first reason stays until a person has dealt with it; only distrust of ourselves outranks it.
    const bool is_distrust = reason == Stop::agent_restored || reason == Stop::cloned;
    const bool is_distrusted = cart.cart.stop == Stop::agent_restored || cart.cart.stop == Stop::cloned;
    if (cart.cart.stop != Stop::none && (!is_distrust || is_distrusted)) return;
    cart.cart.stop = reason;
    cart.cart.stop_detail = std::move(detail);
    board_.save(cart);
    const auto words = in_words(reason);
    // A store that refuses us in the very words that we have for it adds nothing to them.
    const bool says_more = words.message.find(cart.cart.stop_detail) == words.message.npos;
    const auto kind = reason == Stop::credentials     ? "credentials"
                      : reason == Stop::other_agent   ? "other_agent"
                      : reason == Stop::absolute_script ? "absolute_script"
                                                        : "restored";
    journal_.raise({.kind = kind,
                    .severity = store::Severity::critical,
                    .cart = cart.id(),
                    .since = now.wall,
                    .message = fmt::format("{}: {}{}{}", cart.config().name, words.message, says_more ? " " : "",
                                           says_more ? cart.cart.stop_detail : ""),
                    .hint = std::string{words.hint},
                    .action = reason == Stop::cloned                      ? "take_over"
                              : std::string_view{kind} == "restored" ? "accept_store"
                                                                     : "open_cart"});
    journal_.record({.at = now.wall, .kind = "agent", .cart = cart.id(),
                     .text = fmt::format("{}: {}", cart.config().name, words.message)});
}

void CartStanding::forget_questions(CartState& cart) {
    exchanges_.drop_of<ForContact, ForBase, ForDoubts, ForLook>(cart.cart.key);
    cart.contact = Contact::needed;
}

void CartStanding::release(CartState& cart) {
    cart.cart.stop = Stop::none;
    cart.cart.stop_detail.clear();
    cart.contact = Contact::needed;
    cart.circuit.succeeded();
    board_.save(cart);
    for (const auto* kind : {"credentials", "other_agent", "absolute_script", "restored"})
        journal_.clear(kind, cart.id(), "");
}

Result<void> CartStanding::take_over(CartState& cart, Now now) {
    auto identity = store_.identity.get();
    if (cart.cart.stop == Stop::cloned) {
        // Two lives of one id cannot be told apart by the connectors: this one gets a new id.
        if (identity.trouble == store::Trouble::cloned) {
            cart.take_over_from = identity.agent;
            // The other carts' connectors are still bound to the former id, too.
            for (auto& other : board_.all())
                if (auto& extension = other->cart.learned.extension; extension && other->cart.stop == Stop::cloned) {
                    extension->bound_to = identity.agent;
                    board_.save(*other);
                }
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

Result<void> CartStanding::accept(CartState& cart, Now now) {
    const auto reason = cart.cart.stop;
    const bool can_be_accepted = reason == Stop::store_changed || reason == Stop::store_restored ||
                                 reason == Stop::agent_restored || reason == Stop::absolute_script;
    if (!can_be_accepted)
        return fail(ErrorCode::conflict, fmt::format("There is nothing to accept for {}.", cart.config().name));
    doubts_.park_all(cart, now);
    // What was refused under a key of the former store is left to the gap: this store does not know the key.
    for (auto& post : store_.posts.queued(cart.cart.key))
        if (post.key) queue_.move(cart, post, On::switched_off, now);
    board_.unalign(cart, now);
    cart.cart.store_id.clear();
    cart.cart.store_seq = 0;
    cart.cart.has_base = false;
    forget_imports(cart.cart);
    // What an old copy says that waits may have been taken, or given up, since: the snapshot has it, the next import tells the rest.
    if (reason == Stop::agent_restored) store_.orders.forget_lines(cart.cart.key);
    cart.is_restore_accepted = reason == Stop::agent_restored;
    release(cart);
    end_trouble();
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                     .text = fmt::format("{} was accepted as it is.", cart.config().name)});
    return {};
}

void CartStanding::end_trouble() {
    const bool is_last = std::ranges::none_of(
        board_.all(), [](const auto& other) { return other->cart.stop == Stop::agent_restored; });
    auto identity = store_.identity.get();
    if (is_last && identity.trouble == store::Trouble::restored) {
        identity.trouble = store::Trouble::none;
        store_.identity.save(identity);
    }
}

}  // namespace stocktray::stack
