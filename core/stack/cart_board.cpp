#include "core/stack/cart_board.h"

#include <algorithm>
#include <utility>

#include "core/store/store.h"

namespace stocktray::stack {

std::string_view to_string(Health health) noexcept {
    switch (health) {
        case Health::ok: return "ok";
        case Health::slow: return "slow";
        case Health::late: return "late";
        case Health::credentials: return "credentials";
        case Health::circuit_open: return "circuit_open";
        case Health::stopped: return "stopped";
        case Health::paused: return "paused";
        case Health::off: return "off";
    }
    return "";
}

inventory::TargetRule CartState::target_rule(std::string_view sku) const noexcept {
    const auto& change = cart.buffer_change;
    const auto buffer = change && sku > change->done_to ? change->before : cart.config.buffer;
    return {buffer, cart.learned.clamps ? inventory::BelowZero::clamped : inventory::BelowZero::possible};
}

std::optional<Diagnosis> CartState::trouble(Quote quote) const {
    if (!last_cause) return std::nullopt;
    if (last_finding) return last_finding;
    return diagnose(*last_cause, quote == Quote::what_was_said ? std::string_view{last_said} : std::string_view{});
}

void CartBoard::reload() {
    settings_ = store_.parameters.settings();
    std::vector<std::unique_ptr<CartState>> carts;
    for (auto& cart : store_.carts.all()) {
        const auto known = std::ranges::find_if(carts_, [&](const auto& c) { return c && c->cart.key == cart.key; });
        auto state = known != carts_.end() ? std::move(*known) : std::make_unique<CartState>();
        state->cart = std::move(cart);
        state->is_touched = true;
        state->is_timeliness_told = false;
        carts.push_back(std::move(state));
    }
    carts_ = std::move(carts);
}

CartState* CartBoard::find(std::string_view id) noexcept {
    const auto found = std::ranges::find_if(carts_, [&](const auto& c) { return c->id() == id; });
    return found == carts_.end() ? nullptr : found->get();
}

CartState* CartBoard::get(CartKey key) noexcept {
    return const_cast<CartState*>(std::as_const(*this).get(key));
}

const CartState* CartBoard::get(CartKey key) const noexcept {
    const auto found = std::ranges::find_if(carts_, [&](const auto& c) { return c->cart.key == key; });
    return found == carts_.end() ? nullptr : found->get();
}

bool CartBoard::is_synchronized(const CartState& state) const noexcept {
    return settings_.synch_qoh && state.config().synchronize_inventory && state.config().is_active;
}

Health CartBoard::health(const CartState& state) const noexcept {
    if (!is_synchronized(state)) return Health::off;
    if (state.cart.stop == cart::Stop::credentials) return Health::credentials;
    if (state.cart.stop != cart::Stop::none) return Health::stopped;
    if (state.cart.is_paused) return Health::paused;
    if (state.timeliness == Timeliness::late) return Health::late;
    if (!state.circuit.is_closed()) return Health::circuit_open;
    return state.timeliness == Timeliness::slow ? Health::slow : Health::ok;
}

void CartBoard::save(CartState& state) {
    store_.carts.save_state(state.cart);
    state.is_touched = true;
}

void CartBoard::align(CartState& state, Now now) {
    state.cart.is_aligned = true;
    state.cart.aligned_since = now.steady;
    save(state);
}

void CartBoard::unalign(CartState& state, Now now) {
    store_.listings.unalign(state.cart.key);
    state.cart.is_aligned = false;
    state.cart.aligned_since = now.steady;
    save(state);
}

void CartBoard::save_confirmed(CartState& state) {
    store_.carts.save_confirmed(state.cart);
    state.is_touched = true;
}

}  // namespace stocktray::stack
