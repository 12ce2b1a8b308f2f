#include "agent/ctl/commands/cart_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::ctl {
namespace {

namespace carts = ipc::carts;

template <class E>
std::optional<E> word(const std::optional<std::string>& text) {
    return text ? ipc::from_string<E>(*text) : std::nullopt;
}

// "A=x,y" entries of --map.
tl::expected<carts::SkuMap, std::string> sku_map(const std::vector<std::string>& entries) {
    carts::SkuMap map;
    for (const auto& entry : entries) {
        const auto equals = entry.find('=');
        if (equals == entry.npos || equals == 0 || equals + 1 == entry.size())
            return tl::unexpected{fmt::format("--map wants OM_SKU=STORE_SKU, not '{}'.", entry)};
        carts::StoreSkus& store = map[entry.substr(0, equals)];
        for (std::size_t from = equals + 1; from <= entry.size();) {
            const auto to = std::min(entry.find(',', from), entry.size());
            if (to > from) store.skus.push_back(entry.substr(from, to - from));
            from = to + 1;
        }
    }
    return map;
}

// A flag with its opposite; not given is neither. (add_flag itself would take an optional for a counter and
// set it to false.)
void add_switch(CLI::App& command, const std::string& names, std::optional<bool>& value,
                const std::string& what) {
    command.add_flag_function(
        names, [&value](std::int64_t count) { value = count > 0; }, what);
}

// Words of commands have hyphens, words on the wire have none.
std::string typed(std::string word) {
    std::ranges::replace(word, '_', '-');
    return word;
}

std::optional<ipc::CartKind> kind_of(std::optional<std::string> word) {
    if (!word) return std::nullopt;
    std::ranges::replace(*word, '-', '_');
    return ipc::from_string<ipc::CartKind>(*word);
}

void choose_kind(Tree& tree, CLI::Option* option) {
    std::vector<std::string> words;
    for (const auto& word : ipc::Words<ipc::CartKind>::table) words.push_back(typed(std::string{word.text}));
    option->check(CLI::IsMember(words, typed))->type_name("WORD");
    tree.choices.emplace(option, std::move(words));
}

}  // namespace

void CartOptions::declare(Tree& tree, CLI::App& command, Use use) {
    command.add_option("cart", cart, "The cart's id: a-z, 0-9, _ and -")->required();
    auto* name_option = command.add_option("--name", name, "Store Name");
    choose_kind(tree, command.add_option(
                          "--kind", kind,
                          "seti: an import script (the default); xcart-rest: X-Cart 5's own interface"));
    auto* url_option = command.add_option("--url", url, "Script URL; with xcart-rest the shop's own address");
    command.add_option("--user", user, "Cart ID / User Name; with xcart-rest none");
    if (use == Use::add)
        for (auto* needed : {name_option, url_option}) needed->required();
    command.add_option("--store-url", store_url, "The shop itself, for people");
    command.add_option("--store-code", store_code, "Store Code, where the store needs it");
    choose<ipc::Charset>(tree, command.add_option("--charset", charset, "Of the script's texts"));
    choose<ipc::Dialect>(tree, command.add_option("--dialect", dialect, "How a change is written down"));
    add_switch(command, "--synchronize,!--no-synchronize", synchronize,
               "Synchronize Inventory: post changes to it");
    add_switch(command, "--active,!--inactive", active, "Leave it alone altogether: --inactive");
    add_switch(command, "--allow-http,!--no-allow-http", allow_http, "Allow a URL without encryption");
    command.add_option("--connections", connections, "At the same time (4)");
    command.add_option("--batch-size", batch_size, "Records per download (250)");
    command.add_option("--items-per-send", items_per_send, "Maximum number of items per send (100)");
    command.add_option("--answer-within", timeout_s, "Seconds to wait for the store's answer (30)");
    command.add_option("--buffer", buffer, "Pieces kept back from the store");
    command.add_option("--exclude", exclude, "A SKU that is not sent there (may be repeated)")
        ->allow_extra_args(false);
    command.add_option("--map", map, "OM_SKU=STORE_SKU[,STORE_SKU] (may be repeated)")
        ->allow_extra_args(false);
    auto* by_descriptor = command.add_option("--password-fd", password.descriptor,
                                             "Read the password from this file descriptor");
    auto* by_keyring = command.add_flag("--password-keyring", password.from_keyring,
                                        "Take the password from the desktop's keyring");
    by_descriptor->excludes(by_keyring);
    if (use == Use::add) {
        password.is_asked_for = true;
        command.add_flag("--no-password", has_no_password, "The store asks for none, or it comes later")
            ->excludes(by_descriptor)
            ->excludes(by_keyring)
            ->each([this](const std::string&) { password.is_asked_for = false; });
        return;
    }
    command.add_flag("--password", password.is_asked_for, "Ask for the password at the keyboard");
    command.add_flag("--clear-exclude", clears_exclude, "Send all SKUs there");
    command.add_flag("--clear-map", clears_map, "Take back all --map");
    if (use == Use::set)
        command.add_flag("--same-store", is_same_store,
                         "The other URL or store code leads to the same store");
}

tl::expected<void, std::string> CartOptions::fill(carts::Definition<carts::Maybe>& definition) const {
    definition.cart = cart;
    definition.name = name;
    definition.kind = kind_of(kind);
    definition.url = url;
    definition.store_url = store_url;
    definition.user = user;
    definition.store_code = store_code;
    definition.charset = word<ipc::Charset>(charset);
    definition.dialect = word<ipc::Dialect>(dialect);
    definition.synchronize_inventory = synchronize;
    definition.active = active;
    definition.allow_http = allow_http;
    definition.connections = connections;
    definition.batch_size = batch_size;
    definition.items_per_send = items_per_send;
    if (timeout_s) definition.timeout_ms = *timeout_s * 1'000;
    definition.buffer = buffer;
    if (clears_exclude || !exclude.empty()) definition.exclude = exclude;
    auto skus = sku_map(map);
    if (!skus) return tl::unexpected{std::move(skus.error())};
    if (clears_map || !skus->empty()) definition.sku_map = std::move(*skus);
    return {};
}

tl::expected<carts::Create, std::string> CartOptions::whole() const {
    carts::Definition<carts::Maybe> given_ones;
    if (auto filled = fill(given_ones); !filled) return tl::unexpected{std::move(filled.error())};
    carts::Create create;
    create.cart = cart;
    const auto take = [](auto& into, auto& from) {
        if (from) into = std::move(*from);
    };
    take(create.name, given_ones.name);
    take(create.kind, given_ones.kind);
    take(create.url, given_ones.url);
    if (create.kind == ipc::CartKind::seti && !given_ones.user)
        return tl::unexpected{std::string{"--user is required"}};
    create.store_url = std::move(given_ones.store_url);
    take(create.user, given_ones.user);
    take(create.store_code, given_ones.store_code);
    take(create.charset, given_ones.charset);
    take(create.dialect, given_ones.dialect);
    take(create.synchronize_inventory, given_ones.synchronize_inventory);
    take(create.active, given_ones.active);
    take(create.allow_http, given_ones.allow_http);
    take(create.connections, given_ones.connections);
    take(create.batch_size, given_ones.batch_size);
    take(create.items_per_send, given_ones.items_per_send);
    take(create.timeout_ms, given_ones.timeout_ms);
    take(create.buffer, given_ones.buffer);
    take(create.exclude, given_ones.exclude);
    take(create.sku_map, given_ones.sku_map);
    return create;
}

}  // namespace stocktray::ctl
