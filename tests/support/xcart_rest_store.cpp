#include "tests/support/xcart_rest_store.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>

namespace stocktray::tests {
namespace {

using nlohmann::json;
using Fields = std::map<std::string, std::string>;
using Response = XcartRestStore::Response;

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Fields fields_of(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find('&'));
        const auto equals = part.find('=');
        if (equals != part.npos) fields[decoded(part.substr(0, equals))] = decoded(part.substr(equals + 1));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return fields;
}

std::int64_t number(const Fields& fields, const std::string& name, std::int64_t otherwise) {
    const auto found = fields.find(name);
    return found == fields.end() ? otherwise : std::stoll(found->second);
}

std::string value(const Fields& fields, const std::string& name) {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

Response html(int status, std::string body) {
    return {status, {{"content-type", "text/html; charset=utf-8"}}, std::move(body)};
}

Response told(const json& body, int status = 200) {
    return {status,
            {{"content-type", status == 200 ? "application/json" : "application/problem+json"}},
            body.dump()};
}

Response problem(int status, const std::string& detail) {
    return told({{"title", "An error occurred"}, {"detail", detail}}, status);
}

std::string iso(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts);
    return text;
}

std::int64_t from_iso(const std::string& text) {
    std::tm parts{};
    ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    return ::timegm(&parts);
}

json or_null(const std::optional<std::string>& text) {
    return text ? json(*text) : json(nullptr);
}
json or_null(const std::optional<std::int64_t>& number) {
    return number ? json(*number) : json(nullptr);
}

json platform_product(const XcartRestStore::Product& p) {
    return {{"id", p.id},
            {"sku", or_null(p.sku)},
            {"name", p.name},
            {"amount", p.amount},
            {"inventory_traceable", p.is_tracked},
            {"description", "Some [text] {of} the shop"}};
}
json module_product(const XcartRestStore::Product& p) {
    return {{"product_id", p.id},
            {"sku", or_null(p.sku)},
            {"amount", p.amount},
            {"inventoryEnabled", p.is_tracked}};
}
json variant_json(const XcartRestStore::Variant& v, const char* default_amount) {
    return {
        {"id", v.id}, {"sku", or_null(v.sku)}, {"amount", v.amount}, {default_amount, v.has_default_amount}};
}

json platform_order(const XcartRestStore::Order& o) {
    json items = json::array();
    for (const auto& line : o.lines)
        items.push_back({{"sku", line.sku},
                         {"product_id", line.product},
                         {"variant", or_null(line.variant)},
                         {"amount", line.pieces},
                         {"backordered_amount", line.backordered}});
    return {{"id", o.number + 1000},
            {"order_number", std::to_string(o.number)},
            {"create_date", iso(o.date)},
            {"items", items}};
}
json module_order(const XcartRestStore::Order& o) {
    json items = json::array();
    for (const auto& line : o.lines)
        items.push_back({{"sku", line.sku}, {"productId", line.product}, {"quantity", line.pieces}});
    return {{"orderId", o.number + 1000},
            {"orderNumber", std::to_string(o.number)},
            {"orderDate", iso(o.date)},
            {"items", items}};
}

bool is_like(const std::optional<std::string>& sku, const std::string& part) {
    const auto lower = [](std::string text) {
        std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
        return text;
    };
    return sku && lower(*sku).find(lower(part)) != std::string::npos;
}

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const auto part = path.substr(0, path.find('/'));
        if (!part.empty()) parts.emplace_back(part);
        path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return parts;
}

std::vector<XcartRestStore::Order> latest_first(std::vector<XcartRestStore::Order> orders) {
    std::ranges::stable_sort(orders, [](const auto& a, const auto& b) { return a.date > b.date; });
    return orders;
}

template <class T>
std::vector<T> slice(const std::vector<T>& all, std::int64_t from, std::int64_t size) {
    const auto begin = std::clamp<std::int64_t>(from, 0, std::ssize(all));
    const auto end = std::clamp<std::int64_t>(from + size, begin, std::ssize(all));
    return {all.begin() + begin, all.begin() + end};
}

template <class T, class Id>
T* find(std::vector<T>& all, Id id) {
    const auto found = std::ranges::find(all, id, &T::id);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::int64_t XcartRestStore::now() const {
    if (clock) return clock();
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Response XcartRestStore::handle(const Request& request) {
    const std::lock_guard lock{mutex_};
    seen_.push_back(request);
    auto response = answer(request);
    char date[64];
    const auto time = static_cast<std::time_t>(now());
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    response.headers.emplace("date", date);
    return response;
}

Response XcartRestStore::answer(const Request& request) {
    if (before_all)
        if (auto instead = before_all(request)) return *instead;
    const bool is_api = request.path.find("/api/") != std::string::npos;
    const bool is_module = request.path.find("admin.php?target=RESTAPI") != std::string::npos;
    if (generation_ == Generation::platform && is_api) return on_platform(request);
    if (generation_ == Generation::module && is_module) return on_module(request);
    if (request.path.find("admin.php") != std::string::npos) return html(200, "<html>Log in {\"x\"</html>");
    return html(404, "<html>Page not found</html>");
}

Response XcartRestStore::written(const Request& request, const std::function<Response()>& write) {
    if (before_write)
        if (auto instead = before_write(request)) return *instead;
    Response response = write();
    if (after_write)
        if (auto instead = after_write(request)) return *instead;
    return response;
}

Response XcartRestStore::on_platform(const Request& request) {
    const auto key = request.headers.find("x-auth-token");
    const bool may_read =
        key != request.headers.end() && (key->second == read_key || key->second == write_key);
    if (!may_read) return told({{"message", "Invalid credentials."}}, 401);
    const auto query_at = request.path.find('?');
    const auto path =
        request.path.substr(request.path.find("/api/") + 5, query_at - request.path.find("/api/") - 5);
    const auto query =
        fields_of(query_at == std::string::npos ? "" : std::string_view{request.path}.substr(query_at + 1));
    if (request.method != "GET" && key->second != write_key) return problem(403, "Access Denied.");
    const auto parts = parts_of(path);
    const auto size = std::min(page_cap, number(query, "itemsPerPage", 30));
    const auto page = number(query, "page", 1);
    const auto from = std::max<std::int64_t>(0, (page - 1) * size - (page > 1 ? page_overlap : 0));
    const bool wants_total =
        request.headers.contains("accept") && request.headers.at("accept") == "application/ld+json";

    if (parts.front() == "orders") {
        if (!tells_orders) return problem(403, "Access Denied.");
        if (parts.size() == 3) {
            const auto found = std::ranges::find(orders, std::stoll(parts[2]), &Order::number);
            return found == orders.end() ? problem(404, "Not Found") : told(platform_order(*found));
        }
        if (wants_total) return told({{"hydra:totalItems", orders.size()}, {"hydra:member", json::array()}});
        auto wanted = heeds_order_wishes && query.contains("order[date]") ? latest_first(orders) : orders;
        if (heeds_order_wishes && query.contains("date[after]"))
            std::erase_if(wanted, [&](const Order& o) { return o.date < from_iso(query.at("date[after]")); });
        json list = json::array();
        for (const auto& order : slice(wanted, from, size)) list.push_back(platform_order(order));
        return told(list);
    }
    if (parts.front() != "products") return html(404, "<html>Page not found</html>");
    if (parts.size() == 1) {
        const auto wanted = slice(products, from, size);
        if (std::ranges::any_of(wanted, [](const Product& p) { return !p.sku; }))
            return problem(500, "Internal Server Error");
        json list = json::array();
        for (const auto& product : wanted) list.push_back(platform_product(product));
        return wants_total ? told({{"hydra:totalItems", products.size()}, {"hydra:member", list}})
                           : told(list);
    }
    Product* product = find(products, std::stoll(parts[1]));
    if (product == nullptr) return problem(404, "Not Found");
    if (parts.size() > 2 && !has_variants_module) return html(404, "<html>No route</html>");
    if (parts.size() == 3) {
        json list = json::array();
        std::vector<Variant> own;
        for (const auto& variant : variants)
            if (variant.product == product->id) own.push_back(variant);
        for (const auto& variant : slice(own, from, size))
            list.push_back(variant_json(variant, "default_amount"));
        return told(list);
    }
    Variant* variant = parts.size() == 4 ? find(variants, std::stoll(parts[3])) : nullptr;
    if (parts.size() == 4 && (variant == nullptr || variant->product != product->id))
        return problem(404, "Not Found");
    const auto shown = [&] {
        return variant != nullptr ? told(variant_json(*variant, "default_amount"))
                                  : told(platform_product(*product));
    };
    if (request.method == "GET") return product->sku ? shown() : problem(500, "Internal Server Error");
    if (request.method != "PUT") return problem(405, "Method Not Allowed");
    const auto body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("amount")) return problem(400, "Syntax error");
    return written(request, [&] {
        const auto amount = body["amount"].get<std::int64_t>();
        if (product->name.empty()) return problem(400, "name: This value should not be blank.");
        if (variant != nullptr)
            variant->amount = std::max<std::int64_t>(0, amount);
        else if (amount < 0)
            return problem(400, "amount: This value should be either positive or zero.");
        else
            product->amount = amount;
        return shown();
    });
}

Response XcartRestStore::on_module(const Request& request) {
    const auto fields = fields_of(request.body);
    const auto key = value(fields, "_key");
    if (key != read_key && key != write_key) return {404, {}, ""};
    const auto parts = parts_of(value(fields, "_path"));
    const auto method = value(fields, "_method");
    const auto from = number(fields, "_cnd[limit][0]", 0);
    const auto size = number(fields, "_cnd[limit][1]", 1'000'000);
    const auto say = [&](const json& body) {
        auto response = told(body);
        if (prints_notices)
            response.body = "\nNotice: Undefined index: [x] in {main} on line 3\n" + response.body;
        return response;
    };
    if (parts.front() == "order") {
        if (!tells_orders) return {403, {}, ""};
        std::vector<Order> wanted =
            heeds_order_wishes && value(fields, "_cnd[orderBy][1]") == "desc" ? latest_first(orders) : orders;
        if (const auto sku = value(fields, "_cnd[sku]"); heeds_order_wishes && !sku.empty())
            std::erase_if(wanted, [&](const Order& o) {
                return std::ranges::find(o.lines, sku, &Line::sku) == o.lines.end();
            });
        if (const auto wanted_number = value(fields, "_cnd[orderNumber]"); !wanted_number.empty())
            std::erase_if(wanted, [&](const Order& o) { return std::to_string(o.number) != wanted_number; });
        json list = json::array();
        for (const auto& order : slice(wanted, from, size)) list.push_back(module_order(order));
        return say(list);
    }
    const bool is_variant = parts.front() == "xc-productvariants-productvariant";
    if (!is_variant && parts.front() != "product") return {404, {}, ""};
    if (is_variant && !has_variants_module) return {404, {}, ""};
    json list = json::array();
    if (parts.size() == 1) {
        if (is_variant) {
            for (const auto& variant : slice(variants, from, size))
                list.push_back(variant_json(variant, "defaultAmount"));
            return say(list);
        }
        auto wanted = products;
        if (fields.contains("_cnd[SKU]"))
            std::erase_if(wanted, [&](const Product& p) { return !is_like(p.sku, fields.at("_cnd[SKU]")); });
        for (const auto& product : slice(wanted, from, size)) list.push_back(module_product(product));
        return say(list);
    }
    Product* product = is_variant ? nullptr : find(products, std::stoll(parts[1]));
    Variant* variant = is_variant ? find(variants, std::stoll(parts[1])) : nullptr;
    if (product == nullptr && variant == nullptr) return {404, {}, ""};
    const auto shown = [&] {
        return say(variant != nullptr ? variant_json(*variant, "defaultAmount") : module_product(*product));
    };
    if (method == "get") return shown();
    if (method != "put" || key != write_key) return {403, {}, ""};
    return written(request, [&]() -> Response {
        const auto amount = std::max<std::int64_t>(0, number(fields, "model[amount]", 0));
        if (product != nullptr && product->name.empty())
            return {400, {{"x-rest-error", "Name is required"}}, ""};
        (variant != nullptr ? variant->amount : product->amount) = amount;
        return shown();
    });
}

std::int64_t* XcartRestStore::amount_of(std::string_view sku) {
    for (auto& variant : variants)
        if (variant.sku == sku && !variant.has_default_amount) return &variant.amount;
    for (auto& variant : variants)
        if (variant.sku == sku) return &find(products, variant.product)->amount;
    for (auto& product : products)
        if (product.sku == sku) return &product.amount;
    return nullptr;
}

std::int64_t XcartRestStore::count(std::string_view sku) {
    const std::lock_guard lock{mutex_};
    const auto* amount = amount_of(sku);
    return amount != nullptr ? *amount : -1;
}

std::int64_t XcartRestStore::read_for_sale(const std::string& sku) {
    return count(sku);
}

void XcartRestStore::write_sale(const std::string& sku, std::int64_t pieces, std::int64_t count_read) {
    const std::lock_guard lock{mutex_};
    *amount_of(sku) = std::max<std::int64_t>(0, count_read - pieces);
    Line line{sku, 0, std::nullopt, pieces, 0};
    for (const auto& product : products)
        if (product.sku == sku) line.product = product.id;
    for (const auto& variant : variants)
        if (variant.sku == sku) {
            line.product = variant.product;
            line.variant = variant.id;
        }
    orders.push_back({std::ssize(orders) + 1, now(), {line}});
}

void XcartRestStore::sell(const std::string& sku, std::int64_t pieces) {
    const std::lock_guard lock{mutex_};
    write_sale(sku, pieces, read_for_sale(sku));
}

std::vector<XcartRestStore::Request> XcartRestStore::seen() {
    const std::lock_guard lock{mutex_};
    return seen_;
}

int XcartRestStore::seen(std::string_view method, std::string_view part_of_path) {
    const std::lock_guard lock{mutex_};
    return static_cast<int>(std::ranges::count_if(seen_, [&](const Request& request) {
        return request.method == method && request.path.find(part_of_path) != std::string::npos;
    }));
}

}  // namespace stocktray::tests
