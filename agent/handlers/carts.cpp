#include <fmt/format.h>

#include "agent/access.h"
#include "agent/handlers/dispatch.h"
#include "agent/handlers/page_room.h"
#include "agent/views.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/events.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

std::optional<cart::Dialect> dialect_of(ipc::Dialect dialect) {
    switch (dialect) {
        case ipc::Dialect::auto_: return std::nullopt;
        case ipc::Dialect::text: return cart::Dialect::text;
        case ipc::Dialect::xml: return cart::Dialect::xml;
    }
    return std::nullopt;
}

template <class T>
void put(T& into, const std::optional<T>& value) {
    if (value) into = *value;
}

// The fields that are given, over what is there.
void overlay(cart::CartConfig& config, const ipc::carts::Definition<ipc::carts::Maybe>& wire) {
    put(config.name, wire.name);
    if (wire.kind) config.kind = ipc::to_string(*wire.kind);
    put(config.url, wire.url);
    put(config.user, wire.user);
    put(config.store_url, wire.store_url);
    put(config.store_code, wire.store_code);
    if (wire.charset)
        config.charset = *wire.charset == ipc::Charset::windows_1252 ? cart::Charset::windows_1252 : cart::Charset::utf_8;
    if (wire.dialect) config.dialect = dialect_of(*wire.dialect);
    put(config.synchronize_inventory, wire.synchronize_inventory);
    put(config.is_active, wire.active);
    if (wire.allow_http) config.plain_http = *wire.allow_http ? http::PlainHttp::allowed : http::PlainHttp::refused;
    put(config.connections, wire.connections);
    put(config.batch_size, wire.batch_size);
    put(config.items_per_send, wire.items_per_send);
    if (wire.timeout_ms) config.timeout = Milliseconds{*wire.timeout_ms};
    put(config.buffer, wire.buffer);
    if (wire.exclude) config.exclude = {wire.exclude->begin(), wire.exclude->end()};
    if (wire.sku_map) {
        config.sku_map.clear();
        for (const auto& [om_sku, store_skus] : *wire.sku_map) config.sku_map.set(om_sku, store_skus.skus);
    }
}

cart::CartConfig config_of(const ipc::carts::Cart& wire) {
    cart::CartConfig config;
    config.id = wire.cart;
    ipc::carts::Definition<ipc::carts::Maybe> given;
    given.name = wire.name;
    given.kind = wire.kind;
    given.url = wire.url;
    given.user = wire.user;
    given.store_url = wire.store_url;
    given.store_code = wire.store_code;
    given.charset = wire.charset;
    given.dialect = wire.dialect;
    given.synchronize_inventory = wire.synchronize_inventory;
    given.active = wire.active;
    given.allow_http = wire.allow_http;
    given.connections = wire.connections;
    given.batch_size = wire.batch_size;
    given.items_per_send = wire.items_per_send;
    given.timeout_ms = wire.timeout_ms;
    given.buffer = wire.buffer;
    given.exclude = wire.exclude;
    given.sku_map = wire.sku_map;
    overlay(config, given);
    return config;
}

ipc::Expected<ipc::Nothing> nothing(const Result<void>& result) {
    if (!result) return ipc::Failure{to_wire(result.error())};
    return ipc::Nothing{};
}

ipc::Failure no_cart(const std::string& id) {
    return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", id));
}

ipc::Expected<ipc::carts::ListResult> list(Desk& desk, const ipc::carts::List& request) {
    ipc::carts::ListResult result;
    PageRoom room{request.limit};
    for (const auto& cart : desk.controller.board.all()) {
        if (request.after && cart->id() <= *request.after) continue;
        auto view = view_of(cart->config());
        if (!room.takes(view)) {
            result.next = result.carts.back().cart;
            break;
        }
        result.carts.push_back(std::move(view));
    }
    return result;
}

// A cart goes into one answer of carts.list and into one event, whatever else stands there.
ipc::Expected<ipc::Nothing> fits_into_a_message(const cart::CartConfig& config) {
    constexpr std::size_t most = ipc::Limits{}.bytes / 8 * 7;
    if (ipc::encode(view_of(config)).size() <= most) return ipc::Nothing{};
    return ipc::fail(ipc::Code::too_large,
                     fmt::format("The lists of SKUs of the cart {} are too long together: exclude and sku_map may have {} bytes.",
                                 config.id, most));
}

ipc::Expected<ipc::Nothing> create(Desk& desk, const ipc::carts::Create& request) {
    const auto config = config_of(request);
    if (auto fits = fits_into_a_message(config); !fits) return fits;
    // Kept before the cart is made: a cart without its password would stop at once, a password without a cart is
    // only forgotten work.
    const bool keeps_password = request.password && desk.controller.board.find(request.cart) == nullptr;
    // There is one where the cart was deleted in this turn.
    const auto before = keeps_password ? desk.secrets.get(request.cart) : Result<std::string>{};
    const auto put_back = [&secrets = desk.secrets, cart = request.cart, before] {
        if (before && !before->empty()) (void)secrets.put(cart, *before);
        else secrets.forget(cart);
    };
    if (keeps_password) {
        if (auto kept = desk.secrets.put(request.cart, request.password->reveal()); !kept)
            return ipc::Failure{to_wire(kept.error())};
        desk.if_undone.push_back(put_back);
    }
    auto made = desk.controller.switching.create(config, desk.now);
    if (!made && keeps_password) put_back();
    return nothing(made);
}

ipc::Expected<ipc::Nothing> update(Desk& desk, const ipc::carts::Update& request) {
    const auto* cart = desk.controller.board.find(request.cart);
    if (cart == nullptr) return no_cart(request.cart);
    auto config = cart->config();
    overlay(config, request);
    if (request.exclude || request.sku_map)
        if (auto fits = fits_into_a_message(config); !fits) return fits;
    const auto same_store = request.same_store.value_or(false) ? sync::SameStore::yes : sync::SameStore::no;
    const auto credentials = request.password ? sync::Credentials::changed : sync::Credentials::unchanged;
    // One that cannot be read cannot be put back either.
    const auto before = request.password ? desk.secrets.get(request.cart) : Result<std::string>{};
    const auto put_back = [&secrets = desk.secrets, cart = request.cart, before] {
        if (before) (void)secrets.put(cart, *before);
    };
    if (request.password) {
        if (auto kept = desk.secrets.put(request.cart, request.password->reveal()); !kept)
            return ipc::Failure{to_wire(kept.error())};
        desk.if_undone.push_back(put_back);
    }
    auto done = desk.controller.switching.update(config, same_store, credentials, desk.now);
    if (!done && request.password) put_back();
    return nothing(done);
}

ipc::Expected<ipc::Nothing> remove(Desk& desk, const ipc::carts::Delete& request) {
    std::optional<std::string> reason;
    if (request.cancel_posts.value_or(false)) {
        if (!request.reason || request.reason->empty())
            return ipc::fail(ipc::Code::invalid_params, "Cancelling posts needs a reason; it is kept in the history.");
        reason = request.reason;
    }
    if (auto done = desk.controller.switching.remove(request.cart, reason, desk.now); !done)
        return ipc::Failure{to_wire(done.error())};
    desk.after_commit.push_back([&desk, &secrets = desk.secrets, &server = desk.server, id = request.cart] {
        if (desk.controller.board.find(id) == nullptr) secrets.forget(id);  // not defined anew in the same turn
        ipc::events::CartChanged event;
        event.cart = id;
        event.deleted = true;
        server.publish(event);
    });
    return ipc::Nothing{};
}

// A saved cart, with what is given in its place, or one that is not saved yet.
ipc::Expected<std::optional<ipc::carts::TestResult>> test(Desk& desk, const ipc::carts::Test& request,
                                                         const ipc::ReplyTo& to) {
    const auto* cart = desk.controller.board.find(request.cart);
    if (cart == nullptr && !request.url) return no_cart(request.cart);
    auto config = cart != nullptr ? cart->config() : cart::CartConfig{};
    config.id = request.cart;
    overlay(config, request);
    const bool is_as_saved = cart != nullptr && config.url == cart->config().url && config.kind == cart->config().kind &&
                             config.plain_http == cart->config().plain_http;
    // Elsewhere the saved password would be given away, and whoever may not define a cart has no other address to try.
    if (!is_as_saved && desk.member.rights.role < ipc::Role::admin)
        return ipc::fail(ipc::Code::unauthorized, "Another address than the cart's is only for an administrator to test.");
    Result<std::string> password;
    if (request.password) password = request.password->reveal();
    else if (cart != nullptr) password = desk.secrets.get(request.cart);
    // Who only reads has nothing to store.
    if (!password) return ipc::Failure{to_wire(Error{ErrorCode::busy, password.error().message})};
    // Behind the commit: in a turn that fails the request is worked off once more.
    desk.after_commit.push_back([&courier = desk.courier, to, access = access_of(config, std::move(*password),
                                                                                 desk.controller.store.identity.get().agent)] {
        courier.test(to, access);
    });
    return std::nullopt;
}

template <class Request, class Act>
ipc::Expected<ipc::Nothing> with_cart(Desk& desk, const Request& request, Act act) {
    auto* cart = desk.controller.board.find(request.cart);
    if (cart == nullptr) return no_cart(request.cart);
    return nothing(act(*cart));
}

}  // namespace

void add_cart_handlers(Handlers& handlers) {
    handlers.add<ipc::carts::List>(list);
    handlers.add<ipc::carts::Create>(create);
    handlers.add<ipc::carts::Update>(update);
    handlers.add<ipc::carts::Delete>(remove);
    handlers.add_later<ipc::carts::Test>(test);
    handlers.add<ipc::carts::Takeover>([](Desk& desk, const ipc::carts::Takeover& request) {
        return with_cart(desk, request,
                         [&](stack::CartState& cart) { return desk.controller.standing.take_over(cart, desk.now); });
    });
    handlers.add<ipc::carts::AcceptStore>([](Desk& desk, const ipc::carts::AcceptStore& request) {
        return with_cart(desk, request,
                         [&](stack::CartState& cart) { return desk.controller.standing.accept(cart, desk.now); });
    });
}

}  // namespace stocktray::agent
