// Jobs and stores whose list is none: answered by the protocol of import scripts itself.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/cart/seti/dialogues.h"
#include "tests/core/cart/seti/paged_store.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::Kind;
using test::Fields;

namespace {

// Hands the pages of a list on, as the agent does.
class Pages final : public cart::CountSink {
public:
    Pages(Workbench& bench, stack::ExchangeId exchange) : bench_{bench}, exchange_{exchange} {}
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) override {
        bench_.turn([&] { bench_.controller.counts_page(exchange_, page, answer); });
    }

private:
    Workbench& bench_;
    stack::ExchangeId exchange_;
};

// A script that answers code 1, "data follows", to every page.
struct Script1 {
    std::function<http::Reply(const Fields&)> answer;
    int lists{0};

    // Until the job has ended.
    void serve(Workbench& bench, Shop& shop, jobs::JobId job) {
        for (int i = 0; i < 400 && jobs::is_at_work(state(bench, job)); ++i) {
            if (bench.asks().empty()) {
                bench.pass(some_time);
                continue;
            }
            const auto list = bench.take<stack::AskAllCounts>();
            if (!list) {
                shop.answer_next();
                continue;
            }
            ++lists;
            const auto dialogue = cart::seti::read_all(test::an_access(), bench.cart("a").cart.learned, 500,
                                                       std::make_shared<Pages>(bench, list->exchange));
            bench.answer(*list, test::talk(*dialogue, answer).done);
        }
    }
};

http::Reply page_of(std::int64_t first) {
    std::vector<test::Row> rows;
    for (int k = 0; k < 500; ++k) rows.push_back({fmt::format("NEW-{}", first + k), "1"});
    return test::reply(test::xml(rows));
}

}  // namespace

TEST_SUITE("Jobs: lists that are none") {
    TEST_CASE("a store that answers code 1 for ever: the job ends, says what is wrong, and writes nothing") {
        struct Case {
            const char* how;
            std::function<http::Reply(const Fields&, int)> answer;
        };
        const std::vector<Case> cases{
            {"with products that nobody has seen", [](const Fields&, int page) { return page_of(page * 500); }},
            {"with products without a SKU",
             [](const Fields&, int) {
                 return test::reply(test::xml({}, 1, "<Product><Name>x</Name></Product><Product><Name>y</Name></Product>"));
             }},
            {"with the same ones and one that is new",
             [](const Fields&, int page) {
                 std::vector<test::Row> rows{{fmt::format("NEW-{}", page), "1"}};
                 for (int k = 0; k < 499; ++k) rows.push_back({fmt::format("OLD-{}", k), "1"});
                 return test::reply(test::xml(rows));
             }},
        };
        for (const auto& one : cases)
            for (const auto kind : {Kind::send_qoh, Kind::get_qoh, Kind::audit}) {
                if (&one == &cases.front() && kind != Kind::send_qoh) continue;  // a long one
                CAPTURE(one.how);
                CAPTURE(to_string(kind));
                OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 4}}, {{"X", 11}, {"Y", 4}}};
                auto& shop = bench.shop;
                int page = 0;
                Script1 script{[&](const Fields& f) {
                    if (f.at("setifunction") == "getproductscount") return test::reply("SETIResponse: itemcount=2");
                    return one.answer(f, page++);
                }};
                const auto job = start(bench, kind, {.creates_records = kind == Kind::get_qoh});
                script.serve(bench, shop, job);
                CHECK(state(bench, job) == jobs::State::failed);
                const auto ended = *bench.store.jobs.get(job);
                CHECK(ended.code == "malformed");
                CHECK(ended.message.find("The counts of a could not be read.") != std::string::npos);
                CHECK(script.lists == 3);
                CHECK(bench.posts().empty());
                CHECK(bench.store.pulls.count() == 0);
                CHECK(bench.store.jobs.items(job, std::nullopt, {}, 10).empty());
                CHECK(bench.listing("a", "X").store_qoh == 10);
                CHECK_FALSE(bench.store.listings.find(bench.cart("a").cart.key, "NEW-1"));
                CHECK(shop.counts.at("X") == 10);
                bench.turn();
                CHECK(bench.has_alert("other") == (kind == Kind::audit));
                if (kind != Kind::audit) continue;
                // It is tried again within the hour, and what was said of it ends with it.
                const auto next = bench.controller.jobs.next_wakeup(bench.cart("a"), bench.now);
                REQUIRE(next);
                CHECK(*next - bench.now.steady <= std::chrono::hours{1});
                bench.pass(std::chrono::hours{1});
                CHECK(bench.store.jobs.at_work(bench.cart("a").cart.key));
                shop.serve();
                CHECK_FALSE(bench.has_alert("other"));
            }
    }
    TEST_CASE("a SKU that a whole list lacks has no count any more, until the store tells one again") {
        OpenShop bench{Script::plain, {{"X", 10}, {"Y", 4}}, {{"X", 10}, {"Y", 4}}};
        auto& shop = bench.shop;
        shop.counts.erase("X");
        auto audit = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, audit, "X").result == jobs::ItemResult::not_found);
        CHECK(bench.listing("a", "X").word == cart::CountWord::not_found);
        CHECK_FALSE(bench.listing("a", "X").store_qoh);
        CHECK(bench.listing("a", "Y").store_qoh == 4);
        CHECK(bench.has_alert("drift"));

        SUBCASE("in a list") {
            shop.counts["X"] = 10;
            audit = start(bench, Kind::audit);
            shop.serve();
            CHECK_FALSE(bench.store.jobs.item(audit, "X"));
            CHECK(bench.listing("a", "X").word == cart::CountWord::count);
            CHECK(bench.listing("a", "X").store_qoh == 10);
        }
        SUBCASE("by taking a change of it") {
            shop.counts["X"] = 10;
            bench.submit("X", -1);
            shop.serve(4);
            REQUIRE(shop.counts["X"] == 9);
            CHECK(bench.listing("a", "X").word != cart::CountWord::not_found);
        }
    }
    TEST_CASE("a store that answers code 1 with its one page for ever has told all it has") {
        OpenShop bench{Script::with_keys, {{"X", 10}, {"Y", 4}}, {{"X", 11}, {"Y", 4}}};
        auto& shop = bench.shop;
        Script1 script{[&](const Fields&) {
            return test::reply(test::xml({{"X", std::to_string(shop.counts.at("X"))}, {"Y", "4"}}));
        }};
        const auto job = start(bench, Kind::send_qoh);
        script.serve(bench, shop, job);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts.at("X") == 11);
    }
}
