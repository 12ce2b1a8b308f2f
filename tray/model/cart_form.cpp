#include "tray/model/cart_form.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_line = 255;
constexpr std::int64_t ms = 1'000;

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string> pieces(const std::string& text, char separator) {
    std::vector<std::string> all;
    std::istringstream in{text};
    for (std::string piece; std::getline(in, piece, separator);)
        if (auto sku = trimmed(piece); !sku.empty()) all.push_back(std::move(sku));
    return all;
}

std::optional<std::int64_t> number(const std::string& text) {
    const auto digits = trimmed(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
    return number(text).value_or(otherwise);
}

std::string lower(std::string text) {
    for (char& sign : text)
        if (sign >= 'A' && sign <= 'Z') sign = static_cast<char>(sign - 'A' + 'a');
    return text;
}

bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= longest_id && std::ranges::all_of(id, [](char sign) {
        return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign == '_' || sign == '-';
    });
}

bool is_web_address(const std::string& url) {
    for (const std::string start : {"https://", "http://"})
        if (lower(url).starts_with(start)) {
            const auto host = url.substr(start.size());
            return !host.empty() && host[0] != '/' && host.find_first_of(" \t") == host.npos;
        }
    return false;
}

ipc::carts::SkuMap map_of(const std::vector<CartForm::MapRow>& rows) {
    ipc::carts::SkuMap map;
    for (const auto& row : rows)
        if (auto sku = trimmed(row.om_sku); !sku.empty()) map[sku].skus = pieces(row.store_skus, ',');
    return map;
}

// Another address of the shop: none where nothing is written.
std::optional<std::string> some(const std::string& text) {
    auto plain = trimmed(text);
    return plain.empty() ? std::nullopt : std::optional{std::move(plain)};
}

std::string problem_of_map(const std::vector<CartForm::MapRow>& rows) {
    std::set<std::string> left, right;
    for (const auto& row : rows) {
        const auto om_sku = trimmed(row.om_sku);
        const auto store_skus = pieces(row.store_skus, ',');
        if (om_sku.empty() && store_skus.empty()) continue;
        if (om_sku.empty() || store_skus.empty()) return tr("Each row needs a SKU on both sides.");
        if (!left.insert(om_sku).second)
            return say(tr("{sku} stands in two rows. Write all its SKUs at the store in one, with commas."),
                       fmt::arg("sku", om_sku));
        for (const auto& sku : store_skus)
            if (!right.insert(sku).second)
                return say(tr("{sku} at the store can follow only one SKU."), fmt::arg("sku", sku));
    }
    return {};
}

}  // namespace

std::string id_from(const std::string& name) {
    std::string id;
    for (const char sign : lower(name)) {
        const bool fits = (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign == '_';
        if (fits)
            id += sign;
        else if (!id.empty() && id.back() != '-' && static_cast<unsigned char>(sign) < 0x80)
            id += '-';
    }
    id.resize(std::min(id.size(), longest_id));
    while (!id.empty() && id.back() == '-') id.pop_back();
    return id;
}

CartForm CartForm::of(const ipc::carts::Cart& cart) {
    CartForm form;
    form.is_new = false;
    form.name = cart.name;
    form.cart = cart.cart;
    form.kind = cart.kind;
    form.url = cart.url;
    form.allow_http = cart.allow_http;
    form.user = cart.user;
    form.store_url = cart.store_url.value_or("");
    form.store_code = cart.store_code;
    form.dialect = cart.dialect;
    form.charset = cart.charset;
    form.synchronize_inventory = cart.synchronize_inventory;
    form.active = cart.active;
    form.connections = std::to_string(cart.connections);
    form.batch_size = std::to_string(cart.batch_size);
    form.items_per_send = std::to_string(cart.items_per_send);
    form.answer_within = std::to_string(cart.timeout_ms / ms);
    form.buffer = std::to_string(cart.buffer);
    for (const auto& sku : cart.exclude) form.exclude += sku + "\n";
    for (const auto& [om_sku, store] : cart.sku_map) {
        std::string skus;
        for (const auto& sku : store.skus) skus += (skus.empty() ? "" : ", ") + sku;
        form.sku_map.push_back({om_sku, skus});
    }
    return form;
}

std::string CartForm::id() const {
    const auto typed = trimmed(cart);
    return typed.empty() && is_new ? id_from(name) : typed;
}

bool CartForm::is_plain_http() const {
    return lower(trimmed(url)).starts_with("http://");
}

std::set<CartField> CartForm::follow(const CartForm& before, const CartForm& now) {
    std::set<CartField> overtaken;
    const auto take = [&](CartField field, auto member) {
        auto& mine = this->*member;
        if (mine == before.*member)
            mine = now.*member;
        else if (before.*member != now.*member && mine != now.*member)
            overtaken.insert(field);
    };
    take(CartField::name, &CartForm::name);
    take(CartField::kind, &CartForm::kind);
    take(CartField::url, &CartForm::url);
    take(CartField::allow_http, &CartForm::allow_http);
    take(CartField::user, &CartForm::user);
    take(CartField::password, &CartForm::password);
    take(CartField::password_again, &CartForm::password_again);
    take(CartField::synchronize_inventory, &CartForm::synchronize_inventory);
    take(CartField::active, &CartForm::active);
    take(CartField::store_url, &CartForm::store_url);
    take(CartField::store_code, &CartForm::store_code);
    take(CartField::dialect, &CartForm::dialect);
    take(CartField::charset, &CartForm::charset);
    take(CartField::connections, &CartForm::connections);
    take(CartField::batch_size, &CartForm::batch_size);
    take(CartField::items_per_send, &CartForm::items_per_send);
    take(CartField::answer_within, &CartForm::answer_within);
    take(CartField::buffer, &CartForm::buffer);
    take(CartField::exclude, &CartForm::exclude);
    take(CartField::sku_map, &CartForm::sku_map);
    return overtaken;
}

CartForm::Problems CartForm::problems(const std::vector<std::string>& taken) const {
    Problems all;
    const auto check = [&](CartField field, bool is_good, const std::string& words) {
        if (!is_good) all.try_emplace(field, words);
    };
    const auto is_line = [&](CartField field, const std::string& text) {
        check(field, text.size() <= longest_line, tr("This is too long."));
    };
    check(CartField::name, !trimmed(name).empty(), tr("How do you call this store?"));
    if (is_new) {
        check(CartField::cart, is_id(id()),
              tr("Small letters, digits, - and _ only: for example main-store."));
        check(CartField::cart, std::ranges::find(taken, id()) == taken.end(),
              tr("There is a cart with this id already."));
    }
    check(CartField::url, is_web_address(trimmed(url)),
          uses_script() ? tr("The address of the import script, with https:// in front.")
                        : tr("The address of the shop, with https:// in front."));
    check(CartField::allow_http, !is_plain_http() || allow_http,
          tr("This address is not encrypted: everybody on the way can read the password. Tick the box if you "
             "want it so, or write https://."));
    if (uses_script()) check(CartField::user, !trimmed(user).empty(), tr("The store asks for a user name."));
    check(CartField::password, !is_new || !password.is_empty(),
          uses_script() ? tr("The store asks for a password.") : tr("The store asks for its API key."));
    check(CartField::password_again, password == password_again, tr("The two are not the same."));
    check(CartField::store_url, trimmed(store_url).empty() || is_web_address(trimmed(store_url)),
          tr("An address begins with https://."));
    for (const auto& [field, text] :
         {std::pair{CartField::name, &name}, {CartField::user, &user}, {CartField::store_code, &store_code}})
        is_line(field, *text);
    const auto between = [&](CartField field, const std::string& text, std::int64_t least,
                             std::int64_t most) {
        const auto value = number(text);
        check(field, value && *value >= least && *value <= most,
              say(tr("A whole number from {least} to {most}."), fmt::arg("least", number_words(least)),
                  fmt::arg("most", number_words(most))));
    };
    between(CartField::connections, connections, 1, 64);
    between(CartField::batch_size, batch_size, 1, 10'000);
    between(CartField::items_per_send, items_per_send, 1, 10'000);
    between(CartField::answer_within, answer_within, 1, 600);
    between(CartField::buffer, buffer, 0, ipc::rules::most_pieces);
    const auto map_problem = problem_of_map(sku_map);
    check(CartField::sku_map, map_problem.empty(), map_problem);
    return all;
}

ipc::carts::Create CartForm::create() const {
    ipc::carts::Create made;
    made.cart = id();
    made.name = trimmed(name);
    made.kind = kind;
    made.url = trimmed(url);
    made.allow_http = allow_http && is_plain_http();
    made.user = trimmed(user);
    made.store_url = some(store_url);
    made.store_code = trimmed(store_code);
    made.dialect = dialect;
    made.charset = charset;
    made.synchronize_inventory = synchronize_inventory;
    made.active = active;
    made.connections = number_or(connections, made.connections);
    made.batch_size = number_or(batch_size, made.batch_size);
    made.items_per_send = number_or(items_per_send, made.items_per_send);
    made.timeout_ms = number_or(answer_within, made.timeout_ms / ms) * ms;
    made.buffer = number_or(buffer, made.buffer);
    made.exclude = pieces(exclude, '\n');
    made.sku_map = map_of(sku_map);
    if (!password.is_empty()) made.password = password;
    return made;
}

ipc::carts::Update CartForm::update(const CartForm& before) const {
    const auto now = create();
    const auto old = before.create();
    ipc::carts::Update changes;
    changes.cart = now.cart;
    const auto take = [](auto& into, const auto& value, const auto& from) {
        if (value != from) into = value;
    };
    take(changes.name, now.name, old.name);
    take(changes.kind, now.kind, old.kind);
    take(changes.url, now.url, old.url);
    take(changes.allow_http, now.allow_http, old.allow_http);
    take(changes.user, now.user, old.user);
    // Empty takes it away: a field that is missing stays as it was.
    if (now.store_url != old.store_url) changes.store_url = now.store_url.value_or("");
    take(changes.store_code, now.store_code, old.store_code);
    take(changes.dialect, now.dialect, old.dialect);
    take(changes.charset, now.charset, old.charset);
    take(changes.synchronize_inventory, now.synchronize_inventory, old.synchronize_inventory);
    take(changes.active, now.active, old.active);
    take(changes.connections, now.connections, old.connections);
    take(changes.batch_size, now.batch_size, old.batch_size);
    take(changes.items_per_send, now.items_per_send, old.items_per_send);
    take(changes.timeout_ms, now.timeout_ms, old.timeout_ms);
    take(changes.buffer, now.buffer, old.buffer);
    take(changes.exclude, now.exclude, old.exclude);
    take(changes.sku_map, now.sku_map, old.sku_map);
    changes.password = now.password;
    return changes;
}

ipc::carts::Test CartForm::test() const {
    const auto now = create();
    ipc::carts::Test test;
    // An unsaved cart may be tested before it has a name.
    test.cart = now.cart.empty() ? "new" : now.cart;
    test.name = now.name.empty() ? test.cart : now.name;
    test.kind = now.kind;
    test.url = now.url;
    test.allow_http = now.allow_http;
    test.user = now.user;
    test.store_code = now.store_code;
    test.dialect = now.dialect;
    test.charset = now.charset;
    test.connections = now.connections;
    test.batch_size = now.batch_size;
    test.items_per_send = now.items_per_send;
    test.timeout_ms = now.timeout_ms;
    test.password = now.password;
    return test;
}

}  // namespace stocktray::tray
