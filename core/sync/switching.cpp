#include "core/sync/switching.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace stocktray::sync {

using stack::CartState;

namespace {

constexpr std::int64_t per_slice = 250;

}  // namespace

void Switching::set_parameter(const std::string& name, const store::ParameterValue& value, Now now) {
    std::map<stack::CartKey, bool> before;
    for (const auto& cart : board_.all()) before[cart->cart.key] = board_.is_synchronized(*cart);
    store_.parameters.set(name, value);
    board_.reload();
    for (const auto& cart : board_.all()) {
        const bool is_on = board_.is_synchronized(*cart);
        if (is_on && !before[cart->cart.key]) turned_on(*cart, now);
        if (!is_on && before[cart->cart.key]) turned_off(*cart, now);
    }
}

void Switching::turned_on(CartState& cart, Now now) {
    // Nobody knows what happened while it was off: every listing has a gap until shown otherwise. But counts that a job
    // made equal while it was off, before the first turning on as a rule, are as they were where no book has moved.
    const bool were_made_equal = cart.cart.is_aligned && !store_.items.have_moved_since(cart.cart.aligned_since);
    board_.unalign(cart, now);
    if (were_made_equal) board_.align(cart, now);
    cart.cart.has_base = false;
    cart.is_base_read = false;
    cart.cart.buffer_change.reset();
    cart.cart.fold_to.reset();  // what is left of it is what the store lacks, and goes there
    cart.cart.synchronized = now.steady;
    cart.contact = stack::Contact::needed;
    cart.circuit.succeeded();
    board_.save(cart);
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                     .text = fmt::format("Synchronize Inventory works for {} from now on.", cart.config().name)});
}

void Switching::turned_off(CartState& cart, Now now) {
    queue_.fold_all(cart);
    doubts_.park_all(cart, now);
    for (const auto* of_work : {"late", "orders_gone"}) journal_.clear(of_work, cart.id(), "");
    cart.timeliness = stack::Timeliness::on_time;
    was_turned_off_(cart);
    cart.cart.is_aligned = false;  // what comes now is not posted
    cart.cart.aligned_since = now.steady;
    board_.save(cart);
    journal_.record({.at = now.wall, .kind = "setting", .cart = cart.id(),
                     .text = fmt::format("Synchronize Inventory is off for {}.", cart.config().name)});
}

Result<void> Switching::check(const cart::CartConfig& config) const {
    const auto refuse = [](std::string message) { return fail(ErrorCode::invalid, std::move(message)); };
    const bool is_id = !config.id.empty() && config.id.size() <= 64 && std::ranges::all_of(config.id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!is_id) return refuse("A cart's id has 1 to 64 of the signs a-z, 0-9, _ and -.");
    if (config.kind != "seti" && config.kind != "xcart_rest")
        return fail(ErrorCode::unsupported, "Only carts of the kinds seti and xcart_rest can be worked with.");
    const bool is_https = config.url.starts_with("https://");
    const bool is_http = config.url.starts_with("http://");
    if (!is_https && !is_http) return refuse("The Script URL must begin with https:// (or http://).");
    if (config.url.find_first_of(" \t") != config.url.npos) return refuse("The Script URL has a blank in it.");
    const auto host = config.url.find("//") + 2;
    const auto authority = config.url.substr(host, config.url.find_first_of("/?#", host) - host);
    if (authority.empty() || authority.starts_with(':')) return refuse("The Script URL names no computer.");
    if (authority.find('@') != authority.npos)
        return refuse("The Script URL has a user or a password in it, which everybody would see: take out what stands before the @.");
    if (is_http && config.plain_http == http::PlainHttp::refused)
        return fail(ErrorCode::unsupported,
                    "The Script URL is plain http: everybody on the way could read the password. Use https, or set "
                    "allow_http if the network is your own.");
    if (config.buffer < 0) return refuse("The buffer cannot be negative.");
    if (config.connections < 1 || config.connections > 64) return refuse("A cart has 1 to 64 connections.");
    std::map<std::string, std::string> owner;
    for (const auto& [om_sku, listings] : config.sku_map)
        for (const auto& store_sku : listings) {
            const auto [known, is_new] = owner.emplace(store_sku, om_sku);
            if (!is_new)
                return fail(ErrorCode::conflict,
                            fmt::format("{} and {} are both mapped to the store's SKU {}: its pieces would count twice.",
                                        known->second, om_sku, store_sku));
        }
    for (const auto& [store_sku, om_sku] : owner) {
        if (store_sku == om_sku || config.sku_map.listings_of(store_sku) != nullptr || config.exclude.contains(store_sku)) continue;
        if (store_.items.find(store_sku))
            return fail(ErrorCode::conflict,
                        fmt::format("{} is mapped to {}, which is also an item of the Order Manager: exclude or map that "
                                    "one, too.",
                                    om_sku, store_sku));
    }
    return {};
}

Result<void> Switching::create(const cart::CartConfig& config, Now now) {
    if (board_.find(config.id) != nullptr)
        return fail(ErrorCode::conflict, fmt::format("There is a cart {} already.", config.id));
    if (auto good = check(config); !good) return good;
    store::Cart cart;
    cart.config = config;
    if (cart.config.name.empty()) cart.config.name = config.id;
    store_.carts.save(cart);
    board_.reload();
    auto& state = *board_.find(config.id);
    journal_.tell(CartNotice{state.cart.key});
    journal_.record({.at = now.wall, .kind = "setting", .cart = config.id,
                     .text = fmt::format("The cart {} was defined.", state.config().name)});
    if (board_.is_synchronized(state)) turned_on(state, now);
    return {};
}

Result<void> Switching::update(const cart::CartConfig& config, SameStore same_store, Credentials credentials, Now now) {
    auto* cart = board_.find(config.id);
    if (cart == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", config.id));
    if (auto good = check(config); !good) return good;
    const auto before = cart->config();
    if (cart->cart.buffer_change && before.buffer != config.buffer)
        return fail(ErrorCode::busy, "The buffer was changed a moment ago, and its differences are still being made: try again.");
    const bool was_on = board_.is_synchronized(*cart);
    cart->cart.config = config;
    store_.carts.save(cart->cart);
    journal_.tell(CartNotice{cart->cart.key});
    cart->is_touched = true;

    const bool is_elsewhere = before.url != config.url || before.store_code != config.store_code || before.kind != config.kind;
    if (before.kind != config.kind) cart->cart.adds = false;  // shown by a way that is no longer gone
    if (is_elsewhere && same_store == SameStore::no) forget_store(*cart, now);
    if (is_elsewhere || before.dialect != config.dialect || before.charset != config.charset) {
        cart->cart.learned.dialect = config.dialect;  // asked again where it is not given
        cart->contact = stack::Contact::needed;
        cart->circuit.succeeded();
        board_.save(*cart);
    }
    if (before.user != config.user || credentials == Credentials::changed) {
        if (cart->cart.stop == cart::Stop::credentials) standing_.release(*cart);
        cart->contact = stack::Contact::needed;
        cart->circuit.succeeded();
    }
    const bool is_on = board_.is_synchronized(*cart);
    if (is_on && !was_on) turned_on(*cart, now);
    if (!is_on && was_on) turned_off(*cart, now);
    if (before.exclude != config.exclude || before.sku_map != config.sku_map) follow_mapping(*cart, now);
    if (is_on && was_on && before.buffer != config.buffer) {
        cart->cart.buffer_change = store::BufferChange{before.buffer, {}};
        board_.save(*cart);
    }
    return {};
}

void Switching::forget_store(CartState& cart, Now now) {
    doubts_.park_all(cart, now);
    standing_.forget_questions(cart);
    board_.unalign(cart, now);
    store_.listings.forget_counts(cart.cart.key);
    for (auto& post : store_.posts.queued(cart.cart.key))
        if (post.key) queue_.move(cart, post, stack::On::switched_off, now);  // this store does not know the key
    forget_imports(cart.cart);
    store_.orders.forget_all(cart.cart.key);  // the other shop counts its own from one on
    cart.cart.learned = {};
    cart.cart.store_id.clear();
    cart.cart.store_seq = 0;
    cart.cart.has_base = false;
    cart.is_base_read = false;
    cart.cart.adds = false;
    cart.good_since.reset();
    if (cart.cart.stop != cart::Stop::none && cart.cart.stop != cart::Stop::agent_restored &&
        cart.cart.stop != cart::Stop::cloned)
        standing_.release(cart);
    board_.save(cart);
}

void Switching::go_on(CartState& cart, Now now) {
    queue_.fold_some(cart, per_slice, now);
    if (cart.cart.buffer_change) change_buffer(cart, now);
}

// The book stands still; only what this cart may show of it changes.
void Switching::change_buffer(CartState& cart, Now now) {
    // What was made of the old buffer while it was off nobody knows: turned on again, all its listings are unaligned.
    const auto items = board_.is_synchronized(cart)
                           ? store_.items.list(cart.cart.buffer_change->done_to, per_slice)
                           : std::vector<store::Item>{};
    for (const auto& item : items) {
        const auto rule_before = cart.target_rule(item.sku);
        cart.cart.buffer_change->done_to = item.sku;
        if (!item.is_tracked || !item.has_baseline) continue;
        for (const auto& store_sku : cart::listings_of(cart.config(), item.sku))
            if (const auto listing = store_.listings.find(cart.cart.key, store_sku); listing && listing->item) {
                const auto open = store_.pulls.of_listing(listing->key);
                const auto qoh = item.qoh + inventory::Delta{open && !open->takes_back ? open->delta : 0};
                const auto left = inventory::target(qoh, cart.target_rule(item.sku));
                queue_.add(cart, *listing, left - inventory::target(qoh, rule_before), left, now);
            }
    }
    if (std::ssize(items) < per_slice) cart.cart.buffer_change.reset();
    board_.save(cart);
}

// A listing that no longer belongs to its item gets nothing more; a new one begins unaligned.
void Switching::follow_mapping(CartState& cart, Now now) {
    for (auto& post : store_.posts.queued(cart.cart.key)) {
        auto listing = store_.listings.get(post.listing);
        if (!listing || !listing->item) continue;
        const auto item = store_.items.get(*listing->item);
        if (!item) continue;
        const auto names = cart::listings_of(cart.config(), item->sku);
        if (std::ranges::count(names, listing->store_sku) == 0) queue_.move(cart, post, stack::On::switched_off, now);
    }
    store_.listings.unlink_strays(cart.cart);
    store_.listings.link(cart.cart);
}

Result<void> Switching::remove(const std::string& id, const std::optional<std::string>& cancel_reason, Now now) {
    auto* cart = board_.find(id);
    if (cart == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no cart {}.", id));
    auto unfinished = store_.posts.unfinished(cart->cart.key);
    if (!unfinished.empty() && !cancel_reason)
        return fail(ErrorCode::conflict,
                    fmt::format("{} posts of {} are not confirmed: cancel them with a reason, or let them finish.",
                                unfinished.size(), cart->config().name));
    for (auto& post : unfinished) {
        if (post.state == stack::State::sending) queue_.move(*cart, post, stack::On::unclear, now);
        queue_.move(*cart, post, stack::On::cancelled, now);
    }
    const std::string name = cart->config().name;
    for (const auto& alert : store_.alerts.of_cart(id)) journal_.clear(alert.kind, alert.cart, alert.sku);
    store_.pulls.withdraw_of(cart->cart.key);
    store_.carts.remove(cart->cart.key, now.wall);
    journal_.record({.at = now.wall, .kind = "setting", .cart = id,
                     .text = cancel_reason && !unfinished.empty()
                                 ? fmt::format("The cart {} was removed with {} posts: {}", name, unfinished.size(),
                                               *cancel_reason)
                                 : fmt::format("The cart {} was removed.", name)});
    board_.reload();
    standing_.end_trouble();
    return {};
}

}  // namespace stocktray::sync
