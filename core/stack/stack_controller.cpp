#include "core/stack/stack_controller.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/stack/diagnosis.h"
#include "core/sync/doubts.h"
#include "core/sync/second_looks.h"

namespace stocktray::stack {

using cart::Cause;
using cart::Outcome;
using cart::Sending;
using cart::Stop;

namespace {

constexpr std::int64_t most_base_tries = 3;

}  // namespace

void StackController::start(Now now) {
    // What was confirmed before, and when, is not known: a long Send is not late for that.
    for (auto& cart : board_.all()) cart->last_confirmed = now.steady;
    for (auto& post : store_.posts.sending()) {
        if (auto* cart = board_.get(post.cart)) {
            post.error_code = to_string(Cause::closed);
            post.error_text = "The agent ended before the store's answer came.";
            queue_.move(*cart, post, On::found_at_start, now);
        }
    }
}

// --- what comes in ---------------------------------------------------------------------------------------

std::optional<Exchange> StackController::answered(ExchangeId id, const cart::Done& done, Now now) {
    auto exchange = exchanges_.finish(id);
    if (!exchange) return std::nullopt;
    CartState* state = board_.get(exchange->cart);
    if (state == nullptr) return std::nullopt;
    CartState& cart = *state;
    cart.is_touched = true;
    has_confirmed_ = false;

    const auto purpose = std::holds_alternative<ForContact>(exchange->purpose) ? CartStanding::Asked::who_it_is : CartStanding::Asked::to_work;
    // First what it says of the cart, then what it says of the posts: a doubt settles from a failure on.
    std::visit(
        [&](const auto& result) {
            using Answer = std::decay_t<decltype(result)>;
            if constexpr (std::is_same_v<Answer, cart::UpdateResult>) {
                if (result.outcome == Outcome::unclear)
                    standing_.note_doubt(cart, result.cause, result.text, result.retry_after, now);
                else if (is_failure_to_reach(result.cause))
                    standing_.note_failure(cart, result.cause, result.text, result.retry_after, now);
                else
                    standing_.note_good(cart, exchange->begun, purpose, now);
                if (result.outcome == Outcome::refused) standing_.note_refusal(cart, result);
            } else if constexpr (std::is_same_v<Answer, cart::BatchResult>) {
                const auto bad = std::ranges::find_if(
                    result.items, [](const auto& item) { return item.outcome == Outcome::unclear ||
                                                                is_failure_to_reach(item.cause); });
                if (bad == result.items.end()) standing_.note_good(cart, exchange->begun, purpose, now);
                else if (bad->outcome == Outcome::unclear) standing_.note_doubt(cart, bad->cause, bad->text, bad->retry_after, now);
                else standing_.note_failure(cart, bad->cause, bad->text, bad->retry_after, now);
                const auto refused = std::ranges::find(result.items, Outcome::refused, &cart::UpdateResult::outcome);
                if (refused != result.items.end()) standing_.note_refusal(cart, *refused);
            } else if constexpr (std::is_same_v<Answer, cart::VersionResult>) {
                if (result.is_script) standing_.note_good(cart, exchange->begun, purpose, now);
                else standing_.note_failure(cart, result.cause, result.text, result.retry_after, now);
            } else if constexpr (std::is_same_v<Answer, cart::ProbeResult>) {
                if (result.version.is_script) standing_.note_good(cart, exchange->begun, purpose, now);
                else standing_.note_failure(cart, result.version.cause, result.version.text, result.version.retry_after, now);
            } else if constexpr (std::is_same_v<Answer, cart::OrderCountResult>) {
                if (result.is_answered || !is_failure_to_reach(result.cause)) standing_.note_good(cart, exchange->begun, purpose, now);
                else standing_.note_failure(cart, result.cause, result.text, result.retry_after, now);
            } else {
                if (result.is_complete || !is_failure_to_reach(result.cause)) standing_.note_good(cart, exchange->begun, purpose, now);
                else standing_.note_failure(cart, result.cause, result.text, result.retry_after, now);
            }
        },
        done);

    if (const auto* posts = std::get_if<ForPosts>(&exchange->purpose)) {
        if (const auto* single = std::get_if<cart::UpdateResult>(&done)) {
            on_update(cart, posts->posts.front(), *single, *exchange, now);
        } else if (const auto* batch = std::get_if<cart::BatchResult>(&done)) {
            const auto applied = std::ranges::count_if(batch->items, [&](const auto& item) {
                return item.outcome == Outcome::applied && item.is_key_confirmed && posts->sending == Sending::first;
            });
            // The pieces of a batch carry no SEQ; each of them moved it on.
            cart.cart.store_seq = std::max(cart.cart.store_seq, posts->store_seq + applied);
            for (std::size_t i = 0; i < posts->posts.size(); ++i)
                on_update(cart, posts->posts[i], i < batch->items.size() ? batch->items[i] : cart::UpdateResult{},
                          *exchange, now);
        }
        // Once for a batch, however many of its posts said something new of the cart.
        if (has_confirmed_) board_.save_confirmed(cart);
    } else if (const auto* contact = std::get_if<ForContact>(&exchange->purpose)) {
        if (const auto* version = std::get_if<cart::VersionResult>(&done))
            standing_.on_version(cart, *version, contact->store_seq, now);
        if (const auto* probe = std::get_if<cart::ProbeResult>(&done)) standing_.on_probe(cart, *probe, contact->store_seq, now);
        // Asked before the last failure, it says nothing of the time since: doubts would settle from it never.
        if (exchange->begun < cart.last_failure) cart.contact = Contact::needed;
    } else if (std::holds_alternative<ForBase>(exchange->purpose)) {
        const auto* counts = std::get_if<cart::CountsResult>(&done);
        cart.is_base_read = counts != nullptr && counts->is_complete;
        if (cart.is_base_read) return exchange;
        if (counts != nullptr && !is_failure_to_reach(counts->cause)) {
            // A script that cannot tell its counts: there is no base to be had, so nothing waits for one.
            standing_.stop_for(cart, counts->cause, counts->text, now);
            cart.cart.has_base = cart.cart.stop == Stop::none;
            board_.save(cart);
        } else {
            standing_.disappoint(cart, counts != nullptr ? counts->retry_after : std::nullopt, now);
            // Posts must not wait for ever for counts that only a later check needs.
            if (cart.disappointments >= most_base_tries) {
                cart.cart.has_base = true;
                cart.disappointments = 0;
                board_.save(cart);
                journal_.record({.at = now.wall, .kind = "agent", .cart = cart.id(),
                                 .text = fmt::format("The counts of {} could not be read ({}); its posts go without them.",
                                                     cart.config().name, diagnose(counts->cause, {}).message)});
            }
        }
        return exchange;
    } else {
        std::visit([&](const auto& result) {
            if constexpr (requires { result.cause; }) standing_.stop_for(cart, result.cause, result.text, now);
        }, done);
        return exchange;
    }
    return std::nullopt;
}

void StackController::on_update(CartState& cart, PostId id, const cart::UpdateResult& result, const Exchange& exchange,
                                Now now) {
    auto post = store_.posts.get(id);
    if (!post) return;
    const auto& asked = std::get<ForPosts>(exchange.purpose);
    if (post->state == State::sending) on_first(cart, *post, result, now);
    else if (post->state == State::uncertain) on_repeat(cart, *post, result, now);
    // A first sending is committed now, so its number is above every number that we had seen.
    const bool is_new = asked.sending == Sending::first && result.outcome == Outcome::applied && result.seq.has_value();
    if (is_new && *result.seq <= asked.store_seq) standing_.stop_as_forgetful(cart, *result.seq, asked.store_seq, now);
}

void StackController::on_first(CartState& cart, Post& post, const cart::UpdateResult& result, Now now) {
    post.error_code = to_string(result.cause);
    post.error_text = result.text;
    const bool was_keyed = post.key.has_value();
    switch (result.outcome) {
        case Outcome::applied: on_applied(cart, post, result, Sending::first, On::applied, now); break;
        case Outcome::refused:
            if (result.cause == Cause::postid_conflict) {
                // The key says nothing about this post any more: only a person can.
                queue_.move(cart, post, On::unclear, now);
                const auto words = diagnose(result.cause, {});
                ask_person(cart, post, words.message, words.hint, now);
                break;
            }
            post.due = now.steady + std::max(Milliseconds{1}, schedule_.next_wait(post.attempts, random_.next(),
                                                                                  result.retry_after));
            queue_.move(cart, post, On::refused, now);
            // Switched off meanwhile: certainly not applied, so it is left to the gap like those never sent.
            if (!board_.is_posted_to(cart) || !is_still_mapped(cart, post)) queue_.move(cart, post, On::switched_off, now);
            standing_.stop_for(cart, result.cause, result.text, now);
            // It takes no keyed posts any more: its tables were put back without transactions, or it was replaced.
            if (was_keyed && result.cause == Cause::unknown_function) standing_.drop_capability(cart, now);
            break;
        case Outcome::rejected: {
            queue_.move(cart, post, On::sku_refused, now);
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
    if (was_keyed && is_answer && !result.is_key_confirmed && result.cause != Cause::unsendable_sku) standing_.drop_capability(cart, now);
}

// A person may have mapped or excluded the SKU while it was out.
bool StackController::is_still_mapped(const CartState& cart, const Post& post) const {
    const auto listing = store_.listings.get(post.listing);
    const auto item = listing && listing->item ? store_.items.get(*listing->item) : std::nullopt;
    return item && std::ranges::count(cart::listings_of(cart.config(), item->sku), listing->store_sku) > 0;
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
    if (result.cause == Cause::unknown_function) standing_.drop_capability(cart, now);
    if (result.cause == Cause::postid_conflict) {
        const auto words = diagnose(result.cause, {});
        ask_person(cart, post, words.message, words.hint, now);
    }
    standing_.stop_for(cart, result.cause, result.text, now);
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
        if (is_current && (cart.cart.adds || cart.has_keys())) {
            listing->word = cart::CountWord::count;
            listing->store_qoh = result.qoh;
        } else if (listing->store_qoh) {
            *listing->store_qoh += applied;
        } else if (sending == Sending::first) {
            listing->word.reset();  // it knows the SKU, whatever it said of it before
        }
        listing->store_qoh_at = now.wall;
        store_.listings.save(*listing);
    }
    using Reply = sync::SecondLooks::Reply;
    const bool is_surprise = sending == Sending::first && result.qoh && post.expected_qoh && result.qoh != post.expected_qoh;
    looks_.confirmed(cart, post.listing, is_surprise ? Reply::does_not_fit : Reply::fits, now);
    if (sending == Sending::first && result.qoh && post.expected_qoh && !cart.cart.adds) {
        const bool looks_absolute = *result.qoh == post.delta.pieces && *result.qoh != *post.expected_qoh;
        const bool looks_added = *result.qoh == *post.expected_qoh && *result.qoh != post.delta.pieces;
        if (looks_absolute) {
            standing_.stop(cart, Stop::absolute_script, {}, now);
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
    cart.last_confirmed = now.steady;
    has_confirmed_ = true;
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

void StackController::hurry(CartState& cart, Now now) {
    cart.circuit.ask_now(now.steady);
    cart.not_before = AgentTime{};
    store_.posts.hurry(cart.cart.key);
    cart.is_touched = true;
}

// --- what goes out ---------------------------------------------------------------------------------------

void StackController::tend(CartState& cart, Now now) {
    if (cart.cart.is_paused && cart.cart.paused_until && *cart.cart.paused_until <= now.wall) {
        cart.cart.is_paused = false;
        cart.cart.paused_until.reset();
        board_.save(cart);
        journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                         .text = fmt::format("{} goes on after its pause.", cart.config().name)});
    }
}

bool StackController::advance(CartState& cart, Now now) {
    if (!board_.is_asked(cart)) {
        doubts_.park_all(cart, now);
        return false;
    }
    if (!is_open(cart)) return false;
    const CartKey key = cart.cart.key;
    if (!exchanges_.is_out_for<ForContact>(key)) {
        // A question that was taken back with its turn is to be asked again.
        if (cart.contact == Contact::asked) cart.contact = Contact::needed;
        if (!cart.circuit.is_closed()) cart.circuit.reopen(now.steady);
    }
    if (!cart.circuit.is_closed()) {
        const auto probe_at = cart.circuit.probe_at();
        if (!probe_at || *probe_at > now.steady) return false;
        cart.circuit.probing();
        cart.contact = Contact::needed;
    }
    if (cart.not_before > now.steady && (cart.contact == Contact::needed || needs_base(cart))) return false;
    if (cart.contact == Contact::needed && !exchanges_.is_out_for<ForContact>(key)) {
        // A script that seemed to tell no counts may only have failed at that moment: it is tried again.
        const bool is_new = !cart.cart.learned.dialect || cart.cart.learned.counts == cart::CountSource::unknown ||
                            cart.cart.learned.counts == cart::CountSource::none;
        What what = is_new ? What{AskProbe{}} : What{AskVersion{}};
        if (!cart.take_over_from.empty()) what = AskTakeOver{cart.take_over_from};
        exchanges_.ask(key, std::move(what), ForContact{cart.cart.store_seq}, now.steady);
        cart.contact = Contact::asked;
        return false;
    }
    if (cart.contact != Contact::known) return false;
    if (needs_base(cart)) {
        if (!cart.is_base_read && !exchanges_.is_out_for<ForBase>(key)) exchanges_.ask(key, AskAllCounts{}, ForBase{}, now.steady);
        return false;
    }
    // As the turn's work has left them: most of what could be asked for below is not there.
    if (cart.is_touched) cart.counts = store_.posts.counts(key);
    if (cart.cart.stop == Stop::none && board_.is_posted_to(cart)) claims_.claim(cart, now);
    return true;
}

// A script that takes differences as counts may still be read, and have its counts replaced, by a job.
bool StackController::is_open(const CartState& cart) noexcept {
    const bool is_stopped = cart.cart.stop != Stop::none &&
                            !(cart.job_needs != JobNeeds::nothing && cart.cart.stop == Stop::absolute_script);
    return !is_stopped && !cart.cart.is_paused;
}

bool StackController::needs_base(const CartState& cart) const noexcept {
    return !cart.cart.has_base && board_.is_synchronized(cart);
}

bool StackController::can_be_asked(const CartState& cart) const noexcept {
    return board_.is_asked(cart) && is_open(cart) && cart.circuit.is_closed() &&
           cart.contact == Contact::known && !needs_base(cart);
}

// --- time ------------------------------------------------------------------------------------------------

void StackController::refresh(CartState& cart, Now now) {
    const bool is_of_age = cart.comes_of_age && *cart.comes_of_age <= now.steady;
    if (cart.is_touched || is_of_age) {
        const auto& counts = cart.counts = store_.posts.counts(cart.cart.key);
        const bool has_waiting = counts.queued + counts.sending + counts.uncertain > counts.parked;
        cart.oldest = has_waiting ? oldest_of(cart) : std::nullopt;
        cart.next_due = counts.queued > 0 ? store_.posts.next_due(cart.cart.key) : std::nullopt;
        cart.has_job_posts = counts.queued > 0 && store_.posts.has_sendable_of_jobs(cart.cart.key);
        cart.comes_of_age = doubts_.watch_age(cart, now);
        cart.is_touched = false;
        journal_.tell(StackNotice{cart.cart.key});
    }
    judge_time(cart, now);
}

// A long Send is not late while its posts are confirmed one behind the other.
std::optional<store::OldestPost> StackController::oldest_of(const CartState& cart) const {
    std::optional<store::OldestPost> oldest;
    for (const auto lane : {Lane::last_pieces, Lane::changes, Lane::jobs}) {
        auto post = store_.posts.oldest_waiting(cart.cart.key, lane);
        if (post && lane == Lane::jobs) post->created = std::max(post->created, cart.last_confirmed);
        if (post && (!oldest || post->created < oldest->created)) oldest = post;
    }
    // One that was tried and does not get through waits for nobody but the store.
    if (const auto tried = store_.posts.oldest_tried_of_jobs(cart.cart.key); tried && (!oldest || tried->created < oldest->created)) oldest = tried;
    return oldest;
}

void StackController::judge_time(CartState& cart, Now now) {
    auto judged = Timeliness::on_time;
    const bool is_judged = board_.is_synchronized(cart) && !cart.cart.is_paused;
    if (cart.oldest && is_judged) judged = timeliness(now.steady - cart.oldest->created, board_.settings().lateness);
    if (judged == cart.timeliness && cart.is_timeliness_told) return;
    cart.is_timeliness_told = true;
    const auto before = std::exchange(cart.timeliness, judged);
    journal_.tell(StackNotice{cart.cart.key});
    if (judged == Timeliness::late) {
        const auto words = cart.trouble(CartState::Quote::nothing).value_or(Diagnosis{});
        // True as long as it stands somewhere.
        auto message = fmt::format("{} has not followed for more than {} seconds.", cart.config().name,
                                   board_.settings().lateness.late / std::chrono::seconds{1});
        if (!words.message.empty()) message += " " + words.message;
        journal_.record({.at = now.wall, .kind = "late", .cart = cart.id(), .text = message});
        journal_.raise({.kind = "late",
                        .severity = store::Severity::warning,
                        .cart = cart.id(),
                        .since = now.wall,
                        .message = message,
                        .hint = words.hint.empty() ? "Look at the post stack for what it waits for." : words.hint,
                        .action = "open_stack"});
        if (auto listed = store_.posts.listed(cart.oldest->id))
            journal_.tell(PostNotice{PostNews::late, std::move(*listed), std::nullopt});
    } else {
        journal_.clear("late", cart.id(), "");
        if (before != Timeliness::late || !is_judged) return;
        journal_.record({.at = now.wall, .kind = "agent", .cart = cart.id(),
                         .text = fmt::format("{} follows again.", cart.config().name)});
    }
}

std::optional<AgentTime> StackController::next_wakeup(const CartState& cart, Now now) const {
    std::optional<AgentTime> next;
    const auto at = [&](std::optional<AgentTime> time) {
        if (time && (!next || *time < *next)) next = *time;
    };
    at(cart.comes_of_age);
    if (cart.cart.is_paused && cart.cart.paused_until) at(now.steady + (*cart.cart.paused_until - now.wall));
    if (!board_.is_asked(cart) || cart.cart.is_paused) return next;
    if (cart.oldest) at(next_judgement(cart.oldest->created, now.steady, board_.settings().lateness));
    if (!is_open(cart)) return next;
    at(cart.circuit.probe_at());
    if (cart.not_before > now.steady) at(cart.not_before);
    if (!can_be_asked(cart) || cart.cart.stop != Stop::none || !board_.is_posted_to(cart)) return next;
    at(claims_.next_wakeup(cart, now));
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
                    .action = post.state == State::uncertain ? "decide_post" : "open_post"});
}

}  // namespace stocktray::stack
