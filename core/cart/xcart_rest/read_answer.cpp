#include "core/cart/xcart_rest/read_answer.h"

#include <array>
#include <charconv>
#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::xcart_rest {
namespace {

using nlohmann::json;

const json& member(const json& object, std::string_view name) {
    static const json none;
    if (!object.is_object()) return none;
    const auto found = object.find(name);
    return found == object.end() ? none : *found;
}

const json& first_of(const json& object, std::string_view name, std::string_view other) {
    const json& found = member(object, name);
    return found.is_null() ? member(object, other) : found;
}

// PHP tells numbers as numbers or as text, and yes as true, 1 or "1".
std::optional<std::int64_t> integer(const json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_string()) return seti::read_integer(value.get_ref<const std::string&>());
    return std::nullopt;
}

std::optional<bool> yes_or_no(const json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (const auto number = integer(value)) return *number != 0;
    return std::nullopt;
}

std::string text(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return {};
}

// What an error says, in the fields that X-Cart and the libraries below it use.
std::string error_text(const http::Reply& reply, const std::optional<Value>& value) {
    if (const auto said = http::header(reply, "x-rest-error"); !said.empty()) return std::string{said};
    if (value)
        for (const std::string_view name : {"detail", "hydra:description", "message", "title"})
            if (auto said = text(member(value->json, name)); !said.empty()) return said;
    return reply.body;
}

// The module answers a wrong key with no word at all.
bool is_silent_no(const http::Reply& reply, RestApi api) {
    return api == RestApi::module && (reply.status == 403 || reply.status == 404) &&
           seti::trim(reply.body).empty();
}

Cause cause_of(const http::Reply& reply, RestApi api, bool is_shop) {
    if (is_silent_no(reply, api)) return Cause::auth;
    if (is_shop && (reply.status == 401 || reply.status == 403)) return Cause::auth;
    if (is_shop && (reply.status == 400 || reply.status == 422)) return Cause::invalid_product;
    return seti::status_cause(reply.status);
}

}  // namespace

std::optional<Value> find_json(const std::string& body) {
    constexpr int most_beginnings = 64;
    int tried = 0;
    for (std::size_t at = body.find_first_of("[{"); at != std::string::npos && tried < most_beginnings;
         at = body.find_first_of("[{", at + 1), ++tried) {
        auto value = json::parse(body.begin() + static_cast<std::ptrdiff_t>(at), body.end(), nullptr, false);
        if (!value.is_discarded())
            return Value{std::move(value), !seti::trim(std::string_view{body}.substr(0, at)).empty()};
    }
    return std::nullopt;
}

Answer<Value> read_answer(const http::Reply& reply, RestApi api, const seti::Redactor& redactor) {
    Trouble trouble;
    trouble.status = reply.status;
    trouble.retry_after = reply.retry_after;
    if (const auto problem = seti::transport_problem(reply)) {
        trouble.cause = problem->cause;
        trouble.was_sent = !problem->is_refusal;
        trouble.text = redactor.keep(problem->text);
        return tl::unexpected{std::move(trouble)};
    }
    auto value = find_json(reply.body);
    if (reply.status >= 200 && reply.status < 300) {
        if (value) return *std::move(value);
        trouble.cause = seti::trim(reply.body).empty() ? Cause::no_answer : Cause::not_a_script;
        trouble.text = redactor.keep(reply.body);
        return tl::unexpected{std::move(trouble)};
    }
    const bool is_said = !http::header(reply, "x-rest-error").empty();
    trouble.is_shop =
        is_silent_no(reply, api) || is_said || (value && value->json.is_object() && !value->has_preamble);
    trouble.cause = cause_of(reply, api, trouble.is_shop);
    trouble.text = redactor.keep(error_text(reply, value));
    return tl::unexpected{std::move(trouble)};
}

std::optional<Product> read_product(const json& value) {
    const auto id = integer(first_of(value, "id", "product_id"));
    const auto amount = integer(member(value, "amount"));
    if (!id || !amount) return std::nullopt;
    const auto is_tracked = yes_or_no(first_of(value, "inventory_traceable", "inventoryEnabled"));
    return Product{*id, text(member(value, "sku")), *amount, is_tracked.value_or(true)};
}

std::optional<Variant> read_variant(const json& value) {
    const auto id = integer(member(value, "id"));
    const auto amount = integer(member(value, "amount"));
    if (!id || !amount) return std::nullopt;
    const auto shares = yes_or_no(first_of(value, "default_amount", "defaultAmount"));
    return Variant{*id, text(member(value, "sku")), *amount, shares.value_or(false)};
}

std::optional<Order> read_order(const json& value) {
    const json& date = first_of(value, "create_date", "orderDate");
    const json& items = member(value, "items");
    const auto when = read_time(text(date));
    if (!when || !items.is_array()) return std::nullopt;
    Order order{text(first_of(value, "order_number", "orderNumber")), *when, {}};
    for (const json& item : items) {
        const auto pieces = integer(first_of(item, "amount", "quantity"));
        if (!pieces) return std::nullopt;
        const auto still_to_come = integer(member(item, "backordered_amount")).value_or(0);
        order.lines.push_back({text(member(item, "sku")),
                               integer(first_of(item, "product_id", "productId")).value_or(0),
                               integer(member(item, "variant")), *pieces - still_to_come});
    }
    return order;
}

std::optional<std::int64_t> read_total(const json& value) {
    return integer(member(value, "hydra:totalItems"));
}

std::optional<WallTime> read_time(std::string_view text) {
    // Places of the numbers in `2026-11-25T10:00:00`.
    constexpr std::array<std::pair<std::size_t, std::size_t>, 6> places{
        {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
    constexpr std::size_t zone_at = 19;
    if (text.size() < zone_at || text[4] != '-' || text[10] != 'T') return std::nullopt;
    std::array<int, 6> parts{};
    const auto number = [&](std::size_t at, std::size_t size, int& into) {
        const auto* end = text.data() + at + size;
        const auto read = std::from_chars(text.data() + at, end, into);
        return read.ec == std::errc{} && read.ptr == end;
    };
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (!number(places[i].first, places[i].second, parts[i])) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{parts[0]},
                                           std::chrono::month{static_cast<unsigned>(parts[1])},
                                           std::chrono::day{static_cast<unsigned>(parts[2])}};
    if (!date.ok()) return std::nullopt;
    WallTime time = std::chrono::sys_days{date} + std::chrono::hours{parts[3]} +
                    std::chrono::minutes{parts[4]} + std::chrono::seconds{parts[5]};
    std::string_view zone = text.substr(zone_at);
    if (zone.empty() || zone == "Z") return time;
    const bool has_colon = zone.size() == 6 && zone[3] == ':';
    if ((zone[0] != '+' && zone[0] != '-') || (zone.size() != 5 && !has_colon)) return std::nullopt;
    int hours = 0;
    int minutes = 0;
    if (!number(zone_at + 1, 2, hours) || !number(zone_at + (has_colon ? 4 : 3), 2, minutes))
        return std::nullopt;
    const auto ahead = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    return zone[0] == '+' ? time - ahead : time + ahead;
}

}  // namespace stocktray::cart::xcart_rest
