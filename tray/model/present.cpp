#include "tray/model/present.h"

#include <algorithm>

#include "tray/model/cart_state.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

// What was known of a cart is no word about now once nobody tells of it.
CartRow unknown_row(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now) {
    return {.cart = cart.status.cart,
            .name = mirror.name_of(cart.status.cart),
            .state = mirror.contact() == Contact::other_version ? IconState::other_version : IconState::away,
            .state_words = say(tr("Not known since {time}."), fmt::arg("time", time_words(mirror.contact_since(), now))),
            .last_confirmed_at = cart.status.last_confirmed_at,
            .is_proven = false};
}

CartRow row_of(const AgentMirror& mirror, const MirroredCart& cart, std::int64_t now) {
    if (mirror.contact() != Contact::here) return unknown_row(mirror, cart, now);
    return {.cart = cart.status.cart,
            .name = mirror.name_of(cart.status.cart),
            .state = state_of(mirror, cart),
            .state_words = words_of(mirror, cart, now),
            .posts = unconfirmed(cart.status),
            .oldest_age_ms = AgentMirror::oldest_age(cart, now),
            .last_confirmed_at = cart.status.last_confirmed_at,
            .is_proven = cart.status.last_confirmed_at > 0 && !cart.status.unaligned_since,
            .not_imported = cart.status.not_imported};
}

Icon icon_of(const AgentMirror& mirror) {
    if (mirror.contact() == Contact::other_version) return {IconState::other_version};
    if (mirror.contact() != Contact::here) return {IconState::away};
    IconState worst = IconState::equal;
    bool has_part = false, has_paused = false, is_all_paused = true;
    for (const auto& cart : mirror.carts()) {
        if (!takes_part(cart.status)) continue;
        has_part = true;
        has_paused = has_paused || cart.status.paused;
        is_all_paused = is_all_paused && cart.status.paused;
        const auto state = state_of(mirror, cart);
        if (state != IconState::paused) worst = std::max(worst, state);
    }
    for (const auto& alert : mirror.alerts()) worst = std::max(worst, state_of_alert(alert));
    if (worst >= IconState::slow) return {worst, has_paused};
    if (!mirror.synch_qoh() || !has_part) return {IconState::off};
    if (is_all_paused) return {IconState::paused};
    return {worst, has_paused};
}

// The cart that decides, or none.
const CartRow* worst_row(const TrayView& view) {
    for (const auto& row : view.carts)
        if (row.state == view.icon.state) return &row;
    return nullptr;
}

std::string headline_of(const AgentMirror& mirror, const TrayView& view, std::int64_t now) {
    const CartRow* worst = worst_row(view);
    const std::string cart = worst ? worst->name : std::string{};
    const auto about = [&](const std::string& pattern) { return say(pattern, fmt::arg("cart", cart)); };
    switch (view.icon.state) {
        case IconState::equal:
            // Of a store that has confirmed nothing yet nobody knows, nor of one whose counts were never compared.
            for (const auto& row : view.carts)
                if (row.state == IconState::equal && !row.is_proven) return tr("Nothing waits.");
            return tr("All counts are equal.");
        case IconState::working: {
            std::int64_t posts = 0;
            for (const auto& row : view.carts)
                if (row.state == IconState::working) posts += row.posts;
            return posts_words(posts);
        }
        case IconState::paused:
            return tr("All carts are paused.");
        case IconState::off:
            if (!mirror.synch_qoh()) return tr("QOH synchronization is off for all carts (SynchQOH).");
            if (mirror.carts().empty()) return tr("There is no cart yet.");
            return tr("No cart is synchronized.");
        case IconState::slow:
        case IconState::late:
        case IconState::decision: {
            // A problem of no cart's own (the disk, a count that was never told) decides, too.
            for (const auto& problem : view.problems)
                if (!worst) return problem.message;
            const auto alike = std::ranges::count(view.carts, view.icon.state, &CartRow::state);
            const auto some = [&](const std::string& pattern) {
                return say(pattern, fmt::arg("n", number_words(alike)));
            };
            if (view.icon.state == IconState::late)
                return alike == 1 ? about(tr("{cart} is late."))
                                  : some(tr_n("{n} cart is late.", "{n} carts are late.", alike));
            if (view.icon.state == IconState::decision)
                return alike == 1 ? about(tr("{cart} needs you."))
                                  : some(tr_n("{n} cart needs you.", "{n} carts need you.", alike));
            if (const auto* one = alike == 1 ? mirror.find_cart(worst->cart) : nullptr)
                if (const auto why = other_trouble(mirror, *one); !why.empty())
                    return say(tr("{cart}: {state}"), fmt::arg("cart", cart), fmt::arg("state", why));
            return alike == 1 ? about(tr("{cart} is slow."))
                              : some(tr_n("{n} cart is slow.", "{n} carts are slow.", alike));
        }
        case IconState::away:
            if (mirror.contact() == Contact::waiting) return tr("Looking for the agent…");
            return lost_words(mirror, now);
        case IconState::other_version:
            return tr("The agent is of another version.");
    }
    return {};
}

}  // namespace

TrayView present(const AgentMirror& mirror, std::int64_t now, const Desktop& desktop) {
    TrayView view;
    view.icon = icon_of(mirror);
    for (const auto& cart : mirror.carts()) view.carts.push_back(row_of(mirror, cart, now));
    view.problems = problems_of(mirror, desktop, now);
    view.headline = headline_of(mirror, view, now);
    view.title = say(tr("Stocktray: {headline}"), fmt::arg("headline", view.headline));
    view.menu = menu_of(mirror, view, desktop, now);
    view.holds_until = tomorrow_at(now, 0);
    return view;
}

}  // namespace stocktray::tray
