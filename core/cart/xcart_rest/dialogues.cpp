#include "core/cart/xcart_rest/dialogues.h"

#include <algorithm>
#include <utility>

#include "core/cart/counts_collector.h"
#include "core/cart/xcart_rest/reading.h"
#include "core/inventory/order_number.h"

namespace stocktray::cart::xcart_rest {
namespace {

constexpr std::string_view all_orders = "All";

template <class Result>
Result failed(const Trouble& trouble) {
    Result result;
    result.cause = trouble.cause;
    result.status = trouble.status;
    result.retry_after = trouble.retry_after;
    result.text = trouble.text;
    return result;
}

Trouble nowhere(const Found& found) {
    return found.trouble.value_or(Trouble{Cause::page_not_found, true, false, 0, {}, {}});
}

Talk<Found> have_api(Wire& wire, Access access, std::optional<RestApi> known) {
    Found found;
    found.api = known;
    if (known) co_return found;
    Found asked = co_await find_api(wire, std::move(access), std::nullopt);
    co_return asked;
}

Talk<VersionResult> run_version(Wire& wire, Access access, Learned learned) {
    const Found found = co_await find_api(wire, access, learned.rest);
    VersionResult result;
    if (found.trouble) result = failed<VersionResult>(*found.trouble);
    result.is_script = found.api.has_value() && (!found.trouble || found.trouble->is_shop);
    if (found.api && !found.trouble) {
        result.version = version_text(*found.api);
        result.status = 200;
    }
    if (found.has_preamble) result.warnings.push_back(Warning::preamble);
    if (found.api && !found.trouble && learned.dialect && access.memory && !access.memory->directory) {
        // After a start: no change is under way yet, so nobody has to doubt one while the list is read.
        const Shop shop = shop_of(access, *found.api);
        Listed listed = co_await list_places(wire, shop, nullptr);
        if (listed.directory) access.memory->directory = std::move(listed.directory);
    }
    co_return result;
}

Talk<CountsResult> run_read_all(Wire& wire, Access access, Learned learned, std::int64_t batch_size,
                                std::shared_ptr<CountSink> sink) {
    const Found found = co_await have_api(wire, access, learned.rest);
    if (!found.api || found.trouble) co_return failed<CountsResult>(nowhere(found));
    const Shop shop = shop_of(access, *found.api);
    CountsCollector collector{CountsCollector::Keep::all};
    CountSink& into = sink ? *sink : collector;
    Listed listed = co_await list_all(wire, shop, batch_size, into);
    if (listed.directory) shop.memory->directory = std::move(listed.directory);
    if (!sink) {
        listed.result.items = collector.settle_all(listed.result.answers);
        listed.result.distinct = std::ssize(listed.result.items);
    }
    co_return std::move(listed.result);
}

Talk<CountsResult> run_read_counts(Wire& wire, Access access, Learned learned,
                                   std::vector<std::string> skus) {
    const Found found = co_await have_api(wire, access, learned.rest);
    if (!found.api || found.trouble) co_return failed<CountsResult>(nowhere(found));
    const Shop shop = shop_of(access, *found.api);
    CountsResult result;
    CountsCollector elsewhere{CountsCollector::Keep::wanted};  // what is not where it was, or was never seen
    for (const std::string& sku : skus) {
        const bool is_placed = shop.api() == RestApi::module ||
                               (shop.memory->directory && !shop.memory->directory->find(sku).empty());
        if (!is_placed) {
            elsewhere.want(sku);
            result.items.push_back({sku, CountWord::error, 0});
            continue;
        }
        const Look look = co_await look_up(wire, shop, sku);
        if (look.trouble) co_return failed<CountsResult>(*look.trouble);
        result.items.push_back(look.count);
    }
    if (!elsewhere.is_empty()) {
        Listed listed = co_await list_all(wire, shop, largest_page, elsewhere);
        if (!listed.directory) co_return std::move(listed.result);
        shop.memory->directory = std::move(listed.directory);
        result.bad = std::move(listed.result.bad);
        const auto missing = result.bad.empty() ? CountWord::not_found : CountWord::error;
        for (ReadCount& item : result.items)
            if (item.word == CountWord::error)
                item = elsewhere.find(item.sku, listed.result.answers).value_or(ReadCount{item.sku, missing, 0});
    }
    result.is_complete = true;
    result.distinct = std::ssize(result.items);
    result.status = 200;
    co_return result;
}

// Numbers tell the order of placing better than times of one second do; a shop may have others than numbers.
bool is_after(const Order& order, const Order& last) {
    const auto number = inventory::order_number(order.number);
    const auto last_number = inventory::order_number(last.number);
    if (number && last_number) return *number > *last_number;
    return order.number != last.number && order.date >= last.date;
}

std::optional<Order> find_order(const nlohmann::json& json, const std::string& number) {
    if (!json.is_array()) return read_order(json);
    const auto orders = read_list(json, &read_order);
    if (!orders) return std::nullopt;
    const auto found = std::ranges::find(*orders, number, &Order::number);
    return found == orders->end() ? std::nullopt : std::optional{*found};
}

OrderCountResult counted(std::int64_t orders) {
    OrderCountResult result;
    result.is_answered = true;
    result.orders = orders;
    result.status = 200;
    return result;
}

Talk<OrderCountResult> count_all_orders(Wire& wire, const Shop& shop) {
    auto request = shop.api() == RestApi::platform
                       ? shop.requests.orders_total()
                       : shop.requests.orders(std::nullopt, {0, largest_page});
    const Said said = co_await ask(wire, shop, std::move(request));
    if (!said.answer) co_return failed<OrderCountResult>(said.answer.error());
    const auto total = said.answer->json.is_array() ? std::optional{std::ssize(said.answer->json)}
                                                    : read_total(said.answer->json);
    if (total) co_return counted(*total);
    co_return failed<OrderCountResult>(
        {Cause::malformed, true, true, 200, {}, "The shop does not count its orders."});
}

Talk<OrderCountResult> run_order_count(Wire& wire, Access access, Learned learned, std::string last_order) {
    if (!learned.rest)
        co_return failed<OrderCountResult>(
            {Cause::unknown_function, false, false, 0, {}, "The shop was not asked yet."});
    const Shop shop = shop_of(access, *learned.rest);
    if (last_order.empty() || last_order == all_orders) {
        OrderCountResult all = co_await count_all_orders(wire, shop);
        co_return all;
    }

    auto request = shop.requests.order(last_order);
    const Said said = co_await ask(wire, shop, std::move(request));
    if (!said.answer) co_return failed<OrderCountResult>(said.answer.error());
    const auto last = find_order(said.answer->json, last_order);
    if (!last || last->number != last_order)
        co_return failed<OrderCountResult>({Cause::unknown_function,
                                            true,
                                            true,
                                            200,
                                            {},
                                            "The shop does not know the order " + last_order + "."});
    const Orders orders = co_await orders_since(wire, shop, last->date);
    if (orders.trouble) co_return failed<OrderCountResult>(*orders.trouble);
    co_return counted(
        std::ranges::count_if(orders.orders, [&](const Order& order) { return is_after(order, *last); }));
}

}  // namespace

std::string version_text(RestApi api) {
    return api == RestApi::platform ? "X-Cart 5.5 or later, REST" : "X-Cart 5.0 to 5.4, module REST API";
}

std::unique_ptr<Dialogue> version(Access access, Learned learned) {
    return as_dialogue(&run_version, std::move(access), std::move(learned));
}

std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                   std::shared_ptr<CountSink> sink) {
    return as_dialogue(&run_read_all, std::move(access), std::move(learned), batch_size, std::move(sink));
}

std::unique_ptr<Dialogue> read_counts(Access access, Learned learned, std::vector<std::string> skus) {
    return as_dialogue(&run_read_counts, std::move(access), std::move(learned), std::move(skus));
}

std::unique_ptr<Dialogue> order_count(Access access, Learned learned, std::string last_order) {
    return as_dialogue(&run_order_count, std::move(access), std::move(learned), std::move(last_order));
}

}  // namespace stocktray::cart::xcart_rest
