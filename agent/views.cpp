#include "agent/views.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/stack/diagnosis.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

using stack::State;
using stack::WaitingFor;

template <class E>
std::optional<E> wire(std::string_view word) {
    return ipc::from_string<E>(word);
}

struct Waiting {
    std::optional<WaitingFor> what;
    std::optional<WallTime> until;
};

WallTime wall_of(AgentTime time, Now now) { return now.wall + (time - now.steady); }

// What holds up everything of a cart, if anything does.
Waiting cart_waits(const Controller& controller, const stack::CartState& cart, Now now) {
    if (cart.cart.stop == cart::Stop::credentials) return {WaitingFor::credentials, {}};
    if (cart.cart.stop == cart::Stop::agent_restored || cart.cart.stop == cart::Stop::store_restored ||
        cart.cart.stop == cart::Stop::cloned)
        return {WaitingFor::restored, {}};
    if (cart.cart.stop != cart::Stop::none) return {WaitingFor::person, {}};
    if (cart.cart.is_paused) return {WaitingFor::paused, cart.cart.paused_until};
    if (!controller.board.is_asked(cart)) return {};
    if (!cart.circuit.is_closed()) {
        const auto at = cart.circuit.probe_at();
        return {WaitingFor::circuit_open, at ? std::optional{wall_of(*at, now)} : std::nullopt};
    }
    const bool needs_base = !cart.cart.has_base && controller.board.is_synchronized(cart);
    if (cart.contact != stack::Contact::known || needs_base) return {WaitingFor::verification, {}};
    return {};
}

Waiting post_waits(Controller& controller, const stack::CartState& cart, const store::ListedPost& listed, Now now) {
    const auto& post = listed.post;
    switch (post.state) {
        case State::sending:
        case State::confirmed:
        case State::settled:
        case State::folded:
        case State::cancelled: return {};
        case State::rejected: return {WaitingFor::person, {}};
        case State::uncertain: {
            if (const auto held = cart_waits(controller, cart, now); held.what && !post.is_parked) return held;
            const auto what = controller.doubts.waits_for(cart, post, now);
            std::optional<WallTime> until;
            if (what == WaitingFor::settling)
                if (const auto at = controller.board.settles_at(cart)) until = wall_of(*at, now);
            return {what, until};
        }
        case State::queued: break;
    }
    if (const auto held = cart_waits(controller, cart, now); held.what) return held;
    if (post.is_paused) {
        const bool has_end = post.due - now.steady < std::chrono::hours{24 * 3650};
        return {WaitingFor::paused, has_end ? std::optional{wall_of(post.due, now)} : std::nullopt};
    }
    if (listed.is_held) return {WaitingFor::earlier_post, {}};
    if (post.due > now.steady) return {WaitingFor::retry_timer, wall_of(post.due, now)};
    return {WaitingFor::free_connection, {}};
}

}  // namespace

std::optional<ipc::WaitingFor> cart_waits_for(const Controller& controller, const stack::CartState& cart, Now now) {
    const auto waiting = cart_waits(controller, cart, now);
    return waiting.what ? wire<ipc::WaitingFor>(to_string(*waiting.what)) : std::nullopt;
}

ipc::Trouble view_of(cart::Cause cause, std::string_view said) {
    auto words = stack::diagnose(cause, said);
    return {std::string{stack::to_string(cause)}, std::move(words.message), std::move(words.hint)};
}

ipc::agent::CartStatus view_of(const Controller& controller, const stack::CartState& cart, Now now) {
    ipc::agent::CartStatus view;
    view.cart = cart.id();
    view.name = cart.config().name;
    view.health = wire<ipc::Health>(to_string(controller.board.health(cart))).value_or(ipc::Health::off);
    view.synchronize_inventory = cart.config().synchronize_inventory;
    view.paused = cart.cart.is_paused;
    if (cart.cart.paused_until) view.paused_until = to_ms(*cart.cart.paused_until);
    view.queued = cart.counts.queued;
    view.sending = cart.counts.sending;
    view.uncertain = cart.counts.uncertain;
    view.parked = cart.counts.parked;
    view.rejected = cart.counts.rejected;
    if (cart.oldest) view.oldest_age_ms = std::max<std::int64_t>(0, (now.steady - cart.oldest->created).count());
    if (cart.timeliness != stack::Timeliness::on_time) {
        const auto& limits = controller.board.settings().lateness;
        view.late = controller.store.posts.waiting_since(cart.cart.key, now.steady - limits.late);
        view.slow = controller.store.posts.waiting_since(cart.cart.key, now.steady - limits.slow) - view.late;
    }
    if (cart.counts.unconfirmed() > 0 || !cart.circuit.is_closed() || cart.cart.stop != cart::Stop::none) {
        const auto waiting = cart_waits(controller, cart, now);
        if (waiting.what) view.waiting_for = wire<ipc::WaitingFor>(to_string(*waiting.what));
        if (waiting.until) view.until = to_ms(*waiting.until);
    }
    if (cart.cart.last_confirmed_at) view.last_confirmed_at = to_ms(*cart.cart.last_confirmed_at);
    if (cart.cart.imports > 0) view.not_imported = controller.store.orders.not_taken(cart.cart.key);
    view.import_complete = cart.cart.import_complete;
    if (controller.board.is_synchronized(cart) && !cart.cart.is_aligned)
        view.unaligned_since = to_ms(wall_of(cart.cart.aligned_since, now));
    if (cart.cart.stop != cart::Stop::none) {
        const auto words = in_words(cart.cart.stop);
        view.last_error = ipc::Trouble{std::string{to_string(cart.cart.stop)}, std::string{words.message},
                                       std::string{words.hint}};
    } else if (auto words = cart.trouble(stack::CartState::Quote::what_was_said)) {
        view.last_error = ipc::Trouble{std::string{stack::to_string(*cart.last_cause)}, std::move(words->message),
                                       std::move(words->hint)};
    }
    return view;
}

ipc::stack::Post view_of(Controller& controller, const store::ListedPost& listed, Now now) {
    const auto& post = listed.post;
    ipc::stack::Post view;
    view.post = post.id;
    view.cart = listed.cart;
    view.sku = listed.sku;
    view.store_sku = listed.store_sku;
    view.delta = post.delta.pieces;
    view.state = wire<ipc::PostState>(to_string(post.state)).value_or(ipc::PostState::uncertain);
    if (post.state == State::uncertain) view.parked = post.is_parked;
    view.attempts = post.attempts;
    view.created_at = to_ms(post.created_at);
    if (const auto* cart = controller.board.get(post.cart)) {
        const auto waiting = post_waits(controller, *cart, listed, now);
        if (waiting.what) view.waiting_for = wire<ipc::WaitingFor>(to_string(*waiting.what));
        if (waiting.until) view.until = to_ms(*waiting.until);
        if (waiting.what == WaitingFor::retry_timer) view.next_attempt_at = view.until;
    }
    if (!post.error_code.empty()) view.last_error = view_of(stack::cause_from(post.error_code), post.error_text);
    view.expected_qoh = post.expected_qoh;
    view.reply_qoh = post.reply_qoh;
    if (post.first_sent_at) view.sent_at = to_ms(*post.first_sent_at);
    if (post.proposal) {
        const bool was_applied = *post.proposal == stack::Proposal::applied;
        view.proposal = was_applied ? ipc::Proposal::applied : ipc::Proposal::not_applied;
        view.proposal_text = fmt::format("The store's count says that {:+} of {} was {}applied; it is no proof.",
                                         post.delta.pieces, listed.sku, was_applied ? "" : "not ");
    }
    view.settled_by = post.settled_by;
    view.changes = post.changes;
    return view;
}

ipc::alerts::Alert view_of(const store::Alert& alert) {
    ipc::alerts::Alert view;
    view.alert = std::to_string(alert.alert);
    view.kind = wire<ipc::AlertKind>(alert.kind.substr(0, alert.kind.find(':'))).value_or(ipc::AlertKind::other);
    view.severity = wire<ipc::Severity>(to_string(alert.severity)).value_or(ipc::Severity::warning);
    if (!alert.cart.empty()) view.cart = alert.cart;
    if (!alert.sku.empty()) view.sku = alert.sku;
    view.since = to_ms(alert.since);
    view.message = alert.message;
    view.hint = alert.hint;
    if (!alert.action.empty()) view.action = alert.action;
    view.count = alert.count;
    return view;
}

ipc::history::Entry view_of(const store::HistoryEntry& entry) {
    ipc::history::Entry view;
    view.entry = entry.entry;
    view.at = to_ms(entry.at);
    view.kind = wire<ipc::HistoryKind>(entry.kind).value_or(ipc::HistoryKind::other);
    if (!entry.by.empty()) view.by = entry.by;
    if (!entry.workstation.empty()) view.workstation = entry.workstation;
    if (!entry.cart.empty()) view.cart = entry.cart;
    if (!entry.sku.empty()) view.sku = entry.sku;
    view.delta = entry.delta;
    view.text = entry.text;
    ipc::Data::Map more;
    for (const auto& [name, value] : entry.more) more.push_back({name, value});
    view.data = std::move(more);
    return view;
}

ipc::carts::Cart view_of(const cart::CartConfig& config) {
    ipc::carts::Cart view;
    view.cart = config.id;
    view.name = config.name;
    view.kind = wire<ipc::CartKind>(config.kind).value_or(ipc::CartKind::seti);
    view.url = config.url;
    view.user = config.user;
    if (!config.store_url.empty()) view.store_url = config.store_url;
    view.store_code = config.store_code;
    view.charset = config.charset == cart::Charset::windows_1252 ? ipc::Charset::windows_1252 : ipc::Charset::utf_8;
    view.dialect = !config.dialect                         ? ipc::Dialect::auto_
                   : *config.dialect == cart::Dialect::xml ? ipc::Dialect::xml
                                                           : ipc::Dialect::text;
    view.synchronize_inventory = config.synchronize_inventory;
    view.active = config.is_active;
    view.allow_http = config.plain_http == http::PlainHttp::allowed;
    view.connections = config.connections;
    view.batch_size = config.batch_size;
    view.items_per_send = config.items_per_send;
    view.timeout_ms = config.timeout.count();
    view.buffer = config.buffer;
    view.exclude.assign(config.exclude.begin(), config.exclude.end());
    for (const auto& [om_sku, listings] : config.sku_map) view.sku_map[om_sku].skus = listings;
    return view;
}

ipc::qoh::SnapshotResult view_of(sync::SnapshotReceipt receipt) {
    return {receipt.received, std::move(receipt.retake)};
}

}  // namespace stocktray::agent
