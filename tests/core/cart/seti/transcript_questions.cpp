#include "transcript_checks.h"

#include <map>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/requests.h"

namespace stocktray::cart::transcripts {
namespace {

std::vector<std::string> skus_of(const Exchange& e) {
    std::vector<std::string> skus;
    std::string rest = e.field("update");
    while (!rest.empty()) {
        std::string sku = rest.substr(0, rest.find('|'));
        rest.erase(0, std::min(rest.size(), sku.size() + 1));
        skus.push_back(sku.substr(0, sku.find('~')));
    }
    return skus;
}

}  // namespace

void check_version(const Exchange& e) {
    const auto ask = e.field("stocktray").empty() ? seti::AskExtension::no : seti::AskExtension::yes;
    const auto dialogue = seti::version(access_of(e), ask);
    const auto result = carry<VersionResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    expect.warnings(result.warnings);
    expect.text(result.text);
    CHECK(result.is_script == (result.cause != Cause::not_a_script));
    if (expect.has("version")) CHECK(expect.take("version") == result.version);
    const json wanted = expect.take("extension");
    REQUIRE(result.extension.has_value() != wanted.is_null());
    if (wanted.is_null()) return;
    const Extension& x = *result.extension;
    CHECK(wanted.at("version") == 1);
    CHECK(x.store == wanted.at("store").get<std::string>());
    CHECK(x.keep == std::chrono::seconds{wanted.at("keep").get<std::int64_t>()});
    CHECK(x.seq == wanted.at("seq").get<std::int64_t>());
    CHECK(x.top == wanted.at("top").get<std::int64_t>());
    CHECK(x.engine == wanted.at("engine").get<std::string>());
    CHECK(x.problem == wanted.value("problem", ""));
    CHECK(x.bound_to == wanted.value("bound", ""));
    const std::set<std::string> caps = wanted.at("caps");
    CHECK(x.has_postid == caps.contains("postid"));
    CHECK(x.has_batch == caps.contains("batch"));
    CHECK(x.has_qohquery == caps.contains("qohquery"));
    CHECK(x.has_moves == caps.contains("moves"));
    CHECK(x.has_cursor == caps.contains("cursor"));
    CHECK(x.clamps == caps.contains("clamps"));
}

void check_products_count(const Exchange& e) {
    const seti::Requests requests{access_of(e)};
    const auto request = requests.products_count();
    CHECK(request.body == e.encoded_form());
    const auto count = seti::read_number(e.reply_to(request), "itemcount");
    Expect expect{e};
    expect.question(count ? Cause::none : count.error().cause, !count && count.error().is_refusal);
    if (!count) expect.text(requests.redactor().keep(count.error().text));
    if (const json wanted = expect.take("count"); !wanted.is_null())
        CHECK(count.value() == wanted.get<std::int64_t>());
}

void check_order_count(const Exchange& e) {
    const auto dialogue = seti::order_count(access_of(e), e.field("lastorder"));
    const auto result = carry<OrderCountResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    CHECK(result.is_answered);
    CHECK(expect.take("count") == result.orders);
}

void check_qohquery(const Exchange& e) {
    Learned learned;
    learned.extension.emplace().has_qohquery = true;
    const auto dialogue = seti::read_counts(access_of(e), learned, 250, skus_of(e));
    const auto result = carry<CountsResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    expect.text(result.text);
    CHECK(result.is_complete == (result.cause == Cause::none));
    check_counts(result.items, expect);
}

void check_salesquery(const Exchange& e) {
    std::vector<std::string> also;
    std::string rest = e.field("also");
    while (!rest.empty()) {
        also.push_back(rest.substr(0, rest.find(',')));
        rest.erase(0, std::min(rest.size(), also.back().size() + 1));
    }
    const auto dialogue = seti::read_moves(access_of(e), skus_of(e), e.field("lastorder"), also);
    const auto result = carry<MovesResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    CHECK(result.is_complete == (result.cause == Cause::none));
    if (!result.is_complete) return;
    CHECK(expect.take("top_order") == result.top_order);
    const json items = expect.take("items");
    REQUIRE(result.items.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        check_count(result.items[i].count, items[i]);
        if (!items[i].contains("orders")) continue;
        std::map<std::string, std::int64_t> orders;
        for (const HeldByOrder& held : result.items[i].orders) orders[held.order] = held.pieces;
        CHECK(orders == items[i].at("orders").get<std::map<std::string, std::int64_t>>());
        CHECK(result.items[i].open == items[i].at("open").get<std::int64_t>());
        CHECK(result.items[i].back == items[i].at("back").get<std::int64_t>());
    }
}

}  // namespace stocktray::cart::transcripts
