#include <utility>

#include "core/cart/xcart_rest/dialogues.h"
#include "core/cart/xcart_rest/probe_problems.h"
#include "core/cart/xcart_rest/reading.h"
#include "core/stack/diagnosis.h"

namespace stocktray::cart::xcart_rest {
namespace {

// X-Cart counts its products up from 1; no shop gets this far.
constexpr std::int64_t nobodys_product = 2'147'483'647;

ProbeProblem problem_of(const Trouble& trouble) {
    if (trouble.cause == Cause::auth)
        return problem_of(Finding::wrong_key, trouble.status == 401 ? trouble.text : "");
    if (trouble.cause == Cause::page_not_found) return problem_of(Finding::not_found, {});
    auto [message, hint] = stack::diagnose(trouble.cause, trouble.text);
    return {trouble.cause, std::string{stack::to_string(trouble.cause)}, std::move(message), std::move(hint)};
}

// What stands in the way of posting changes; none: nothing does.
Talk<std::optional<ProbeProblem>> hindrance(Wire& wire, const Shop& shop, const Found& found) {
    if (!found.has_clock) co_return problem_of(Finding::no_clock, {});
    auto orders = shop.requests.orders(std::nullopt, {0, 1});
    const Said said = co_await ask(wire, shop, std::move(orders));
    if (!said.answer || !read_list(said.answer->json, &read_order))
        co_return problem_of(Finding::no_orders, said.answer ? "" : said.answer.error().text);
    if (shop.api() == RestApi::module)
        co_return std::nullopt;  // there, nobody's product might be everybody's
    auto write = shop.requests.set_amount({nobodys_product, std::nullopt}, 0);
    const http::Reply reply = co_await wire.ask(std::move(write));
    const auto written = read_answer(reply, shop.api(), shop.requests.redactor());
    if (!written && written.error().cause == Cause::auth) co_return problem_of(Finding::read_only_key, {});
    co_return std::nullopt;
}

Talk<bool> has_variants(Wire& wire, const Shop& shop) {
    auto list = shop.requests.products({0, 1});
    const Said first = co_await ask(wire, shop, std::move(list));
    if (!first.answer) co_return false;
    const auto products = read_list(first.answer->json, &read_product);
    if (!products || products->empty()) co_return false;
    auto request = shop.requests.variants_of(products->front().id, {0, 1});
    const Said variants = co_await ask(wire, shop, std::move(request));
    co_return variants.answer&& variants.answer->json.is_array();
}

Talk<ProbeResult> run(Wire& wire, Access access) {
    ProbeResult result;
    const Found found = co_await find_api(wire, access, std::nullopt);
    result.round_trip = found.took;
    if (found.trouble) {
        result.version.cause = found.trouble->cause;
        result.version.text = found.trouble->text;
        result.version.status = found.trouble->status;
        result.version.retry_after = found.trouble->retry_after;
        result.version.is_script = found.api.has_value();
        result.problems.push_back(problem_of(*found.trouble));
        co_return result;
    }
    result.version.is_script = true;
    result.version.version = version_text(*found.api);
    result.version.status = 200;
    if (found.has_preamble) result.version.warnings.push_back(Warning::preamble);
    const Shop shop = shop_of(access, *found.api);
    result.learned.rest = found.api;
    result.learned.counts = CountSource::downloadqoh;
    result.learned.clamps = true;

    auto hindered = co_await hindrance(wire, shop, found);
    if (hindered)
        result.problems.push_back(*std::move(hindered));
    else
        result.learned.dialect = Dialect::text;  // there is only one way to write it
    result.is_usable = result.learned.dialect.has_value();

    if (shop.api() == RestApi::platform) {
        auto request = shop.requests.products_total();
        const Said total = co_await ask(wire, shop, std::move(request));
        if (total.answer)
            result.product_count = read_total(total.answer->json);
        else if (total.answer.error().status == 500)
            result.problems.push_back(problem_of(Finding::unreadable_product, {}));
        const bool is_slow = co_await has_variants(wire, shop);
        if (is_slow) result.problems.push_back(problem_of(Finding::variants_are_slow, {}));
    } else {
        result.problems.push_back(problem_of(Finding::orders_uncounted, {}));
    }
    result.problems.push_back(problem_of(Finding::sales_may_be_lost, {}));
    co_return result;
}

}  // namespace

std::unique_ptr<Dialogue> probe(Access access) {
    return as_dialogue(&run, std::move(access));
}

}  // namespace stocktray::cart::xcart_rest
