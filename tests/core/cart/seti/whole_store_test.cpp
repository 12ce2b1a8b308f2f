#include <doctest/doctest.h>

#include <map>

#include "paged_store.h"

namespace stocktray::cart {
namespace {

using namespace test;

void check_all_there(const CountsResult& result, int products) {
    CHECK(result.is_complete);
    CHECK(result.cause == Cause::none);
    CHECK(result.distinct == products);
    std::map<std::string, std::int64_t> counts;
    for (const ReadCount& item : result.items) {
        CHECK(item.word == CountWord::count);
        CHECK(counts.emplace(item.sku, item.qoh).second);
    }
    REQUIRE(counts.size() == static_cast<std::size_t>(products));
    for (int k = 1; k <= products; ++k) CHECK(counts.at("P" + std::to_string(k)) == k);
}

Learned with_cursor() {
    Learned learned;
    learned.extension.emplace().has_cursor = true;
    return learned;
}

class Pages : public CountSink {
public:
    void take(const std::vector<ReadCount>& page, std::int32_t) override { sizes.push_back(page.size()); }
    std::vector<std::size_t> sizes;
};

}  // namespace

TEST_SUITE("read_all") {
    TEST_CASE("every product is read once, whatever the size of the store") {
        for (const int products : {1, 2, 19, 20, 21, 49, 50, 51, 100, 120, 500})
            for (const bool is_page_number : {false, true})
                for (const bool has_end_code : {false, true}) {
                    CAPTURE(products);
                    Store store{
                        .products = products, .is_page_number = is_page_number, .has_end_code = has_end_code};
                    check_all_there(read(store, 50), products);
                }
    }

    TEST_CASE("an empty store is complete") {
        const auto result = read(Store{}, 50);
        CHECK(result.is_complete);
        CHECK(result.distinct == 0);
    }

    TEST_CASE("pages of one size keep to positions of that size") {
        std::vector<Fields> asked;
        check_all_there(read(Store{.products = 120}, 50, &asked), 120);
        REQUIRE(asked.size() == 4);
        for (std::size_t k = 0; k < asked.size(); ++k) {
            CHECK(asked[k].at("startnum") == std::to_string(1 + 50 * k));
            CHECK(asked[k].at("batchsize") == "50");
        }
    }

    TEST_CASE("a store that gives less than it is asked for leaves no gap") {
        for (const int limit : {20, 30, 100}) {
            CAPTURE(limit);
            check_all_there(read(Store{.products = 333, .server_limit = limit}, 250), 333);
            check_all_there(read(Store{.products = 333, .server_limit = limit, .is_page_number = true}, 250),
                            333);
        }
    }

    TEST_CASE("pages that overlap give each product once") {
        check_all_there(read(Store{.products = 120, .overlap = 7}, 50), 120);
    }

    TEST_CASE("a store that ignores paging is read once") {
        std::vector<Fields> asked;
        const auto whole = [](const Fields&) { return reply(xml({{"A", "1"}, {"B", "NA"}, {"C", "3"}})); };
        CHECK(read(whole, 2, {}, &asked).items.size() == 3);
        CHECK(asked.size() == 2);
        Learned learned;
        learned.ignores_paging = true;
        const auto result = read(whole, 2, learned, &asked);
        CHECK(asked.size() == 1);
        CHECK(result.is_complete);
    }

    TEST_CASE("a list that goes round in circles is given up") {
        int page = 0;
        const auto result = read(
            [&](const Fields&) {
                ++page;
                std::vector<Row> rows;
                for (int k = 1; k < 50; ++k) rows.push_back({"P" + std::to_string(k), "1"});
                rows.push_back({"NEW" + std::to_string(page), "1"});
                return reply(xml(rows));
            },
            50);
        CHECK_FALSE(result.is_complete);
        CHECK(result.cause == Cause::malformed);
        CHECK(page < 20);
    }

    TEST_CASE("a store that has new SKUs for ever is given up, by its own number of products") {
        for (const bool has_cursor : {false, true}) {
            CAPTURE(has_cursor);
            int pages = 0;
            int counted = 0;
            const auto result = read(
                [&](const Fields& f) {
                    if (f.at("setifunction") == "getproductscount") {
                        ++counted;
                        return reply("SETIResponse: itemcount=3000");
                    }
                    ++pages;
                    std::vector<Row> rows;
                    for (int k = 0; k < 1'000; ++k) rows.push_back({"P" + std::to_string(pages * 1'000 + k), "1"});
                    return reply(xml(rows, 1, has_cursor ? "<Next>P" + std::to_string(pages) + "</Next>" : ""));
                },
                1'000, has_cursor ? with_cursor() : Learned{});
            CHECK_FALSE(result.is_complete);
            CHECK(result.cause == Cause::malformed);
            CHECK(result.text == "The store's list has no end.");
            CHECK(counted == 1);
            CHECK(pages < 260);
        }
    }

    TEST_CASE("a long list is read whatever its script says when it is asked how long it is") {
        Store store{.products = 12'000};
        for (const char* answer : {"SETIResponse: itemcount=9000", "SETIResponse: itemcount=0", "SETIError: Function was not found", ""}) {
            CAPTURE(answer);
            const auto result = read(
                [&](const Fields& f) {
                    return f.at("setifunction") == "getproductscount" ? reply(answer) : store.page(f);
                },
                100);
            check_all_there(result, 12'000);
        }
    }

    TEST_CASE("one unreadable product is found and named, and the others are read") {
        for (const bool is_page_number : {false, true}) {
            const auto result =
                read(Store{.products = 120, .unreadable = {77}, .is_page_number = is_page_number}, 50);
            CHECK(result.is_complete);
            CHECK(result.distinct == 119);
            REQUIRE(result.bad.size() == 1);
            CHECK(result.bad[0].find("77") != std::string::npos);
        }
        CHECK(read(Store{.products = 10, .unreadable = {1, 10}}, 7).distinct == 8);
    }

    TEST_CASE("a store of nothing readable is given up soon") {
        int asked = 0;
        const auto result = read(
            [&](const Fields&) {
                ++asked;
                return reply(xml({{"A&", "1"}}));
            },
            250);
        CHECK_FALSE(result.is_complete);
        CHECK(result.cause == Cause::malformed);
        CHECK(asked < 100);
    }

    TEST_CASE("a SKU with two counts is nobody's") {
        const auto across_pages = read(
            [](const Fields& f) {
                if (f.at("startnum") == "1") return reply(xml({{"A", "1"}, {"B", "2"}}));
                if (f.at("startnum") == "3") return reply(xml({{"A", "7"}, {"C", "3"}}));
                return reply(xml({}, 2));
            },
            2);
        CHECK(across_pages.is_complete);
        CHECK(across_pages.items == std::vector<ReadCount>{{"A", CountWord::ambiguous, 0},
                                                           {"B", CountWord::count, 2},
                                                           {"C", CountWord::count, 3}});
        CHECK(across_pages.bad.empty());
    }

    TEST_CASE("by cursor the connector is asked for many and decides the end") {
        std::vector<Fields> asked;
        const auto result = read(
            [](const Fields& f) {
                if (f.at("after").empty()) return reply(xml({{"A", "1"}}, 1, "<Next>p&amp;1</Next>"));
                if (f.at("after") == "p&1")
                    return reply(xml({}, 1, "<Next>p2</Next>"));  // SKUs that cannot be written
                return reply(xml({{"B", "2"}}, 1, "<Next></Next>"));
            },
            250, with_cursor(), &asked);
        CHECK(result.is_complete);
        CHECK(result.distinct == 2);
        REQUIRE(asked.size() == 3);
        CHECK(asked[0].at("batchsize") == "10000");
        CHECK(!asked[0].contains("startnum"));
        CHECK(asked[2].at("after") == "p2");
    }

    TEST_CASE("by cursor a SKU that comes twice belongs to two products, even with one count") {
        const auto result = read(
            [](const Fields& f) {
                return f.at("after").empty() ? reply(xml({{"A", "1"}}, 1, "<Next>n</Next>"))
                                             : reply(xml({{"A", "1"}}, 1, "<Next></Next>"));
            },
            250, with_cursor());
        CHECK(result.items == std::vector<ReadCount>{{"A", CountWord::ambiguous, 0}});
    }

    TEST_CASE("a cursor that does not move is given up") {
        const auto result = read(
            [](const Fields& f) {
                return reply(xml({{"A" + f.at("after"), "1"}}, 1, "<Next>n</Next>"));
            },
            250, with_cursor());
        CHECK_FALSE(result.is_complete);
    }

    TEST_CASE("a page that knows of no cursor is no end of the list") {
        // Somebody has put an older file in the script's place: it begins with its first page again.
        int pages = 0;
        const auto result = read([&](const Fields&) { return reply(xml({{"A", "1"}}, 1, ++pages == 1 ? "<Next>n</Next>" : "")); }, 250,
                                 with_cursor());
        CHECK_FALSE(result.is_complete);
        CHECK(result.text == "The store's list does not say whether it goes on.");
    }

    TEST_CASE("what a script leaves out of a page that is asked for in parts is not the end of the list") {
        const auto result = read(
            [](const Fields& f) {
                // A product without a SKU at position 78: alone it is an empty answer, in a page it is passed over.
                if (f.at("startnum") == "78" && f.at("batchsize") == "1") return reply(xml({}, 2));
                return Store{.products = 220, .unreadable = {77}}.page(f);
            },
            50);
        CHECK(result.is_complete);
        CHECK(result.distinct == 218);
    }

    TEST_CASE("a script without downloadqoh is asked for its products") {
        for (const char* unknown :
             {"SETIError: Integration has no support for function: downloadqoh", "", "<html>?</html>"}) {
            CAPTURE(unknown);
            std::vector<Fields> asked;
            const auto result = read(
                [&](const Fields& f) {
                    if (f.at("setifunction") == "downloadqoh") return reply(unknown);
                    return Store{.products = 3}.page(f);
                },
                50, {}, &asked);
            check_all_there(result, 3);
            CHECK(asked[1].at("setifunction") == "downloadprods");
            CHECK(asked[1].at("batchsize") == "50");
        }
    }

    TEST_CASE("what was learned is used at once") {
        Learned learned;
        learned.counts = CountSource::downloadprods;
        std::vector<Fields> asked;
        read([](const Fields& f) { return Store{.products = 3}.page(f); }, 50, learned, &asked);
        CHECK(asked[0].at("setifunction") == "downloadprods");
        learned.counts = CountSource::none;
        CHECK(read([](const Fields&) { return reply(""); }, 50, learned, &asked).cause ==
              Cause::unknown_function);
        CHECK(asked.empty());
    }

    TEST_CASE("a page lost on the way is asked for again, but not for ever") {
        int lost = 2;
        const auto store = [&](const Fields& f) {
            return lost-- > 0 ? broken(http::Transport::closed, true) : Store{.products = 3}.page(f);
        };
        check_all_there(read(store, 50), 3);
        lost = 3;
        const auto result = read(store, 50);
        CHECK_FALSE(result.is_complete);
        CHECK(result.cause == Cause::closed);
    }

    TEST_CASE("a refusal in the middle makes the reading incomplete") {
        const auto result = read(
            [](const Fields& f) {
                return f.at("startnum") == "1" ? Store{.products = 120}.page(f)
                                               : reply("SETIError: Access denied s3cret&Pw");
            },
            50);
        CHECK_FALSE(result.is_complete);
        CHECK(result.cause == Cause::auth);
        CHECK(result.distinct == 50);
        CHECK(result.text == "Access denied (secret)");
    }

    TEST_CASE("an error page is told by its status") {
        CHECK(read([](const Fields&) { return reply("gone", 404); }, 50).cause == Cause::page_not_found);
        CHECK(read([](const Fields&) { return reply("SETIError: busy, nothing changed", 503); }, 50).cause ==
              Cause::busy);
    }

    TEST_CASE("a sink gets page after page and the result holds none") {
        const auto pages = std::make_shared<Pages>();
        const auto result =
            read([](const Fields& f) { return Store{.products = 120}.page(f); }, 50, {}, nullptr, pages);
        CHECK(result.is_complete);
        CHECK(result.items.empty());
        CHECK(pages->sizes == std::vector<std::size_t>{50, 50, 20});
    }

    TEST_CASE("a charset that only the header names is taken from there, at the price of one more question") {
        std::vector<Fields> asked;
        const auto result = read(
            [](const Fields& f) {
                auto made = Store{.products = 1}.page(f);
                // Two bytes that are one letter in UTF-8 and two in the charset of the header.
                if (f.at("startnum") == "1") made.body = xml({{"\xC3\xA9", "1"}});
                made.headers = {{"content-type", "text/xml; charset=ISO-8859-1"}};
                return made;
            },
            50, {}, &asked);
        CHECK(result.items.at(0).sku == "\u00C3\u00A9");
        CHECK(asked.size() == 3);
    }

    TEST_CASE("bytes that stop being UTF-8 are asked for again as windows-1252") {
        const auto result = read(
            [](const Fields& f) {
                if (f.at("startnum") != "1") return reply(xml({}, 2));
                std::vector<Row> rows{{"\xC3\xA9", "1"}};
                for (int k = 0; k < 100; ++k) rows.push_back({"P" + std::to_string(k), "1"});
                rows.push_back({"\xE9", "2"});
                auto made = reply(xml(rows));
                made.headers.clear();
                return made;
            },
            200);
        CHECK(result.is_complete);
        CHECK(result.items.front().sku == "\u00C3\u00A9");
        CHECK(result.items.back().sku == "\u00E9");
    }
}

TEST_SUITE("read_counts") {
    TEST_CASE("without a query the whole store passes and what was asked for is kept, in order") {
        const auto dialogue = seti::read_counts(an_access(), {}, 50, {"P7", "GONE", "P120", "P7"});
        const auto talked = talk(*dialogue, [](const Fields& f) { return Store{.products = 120}.page(f); });
        const auto result = std::get<CountsResult>(talked.done);
        CHECK(result.is_complete);
        CHECK(result.items == std::vector<ReadCount>{{"P7", CountWord::count, 7},
                                                     {"GONE", CountWord::not_found, 0},
                                                     {"P120", CountWord::count, 120},
                                                     {"P7", CountWord::count, 7}});
    }

    TEST_CASE("while something could not be read, a missing SKU is not known to be missing") {
        const auto dialogue = seti::read_counts(an_access(), {}, 50, {"GONE"});
        const auto talked =
            talk(*dialogue, [](const Fields& f) { return Store{.products = 20, .unreadable = {3}}.page(f); });
        CHECK(std::get<CountsResult>(talked.done).items.at(0).word == CountWord::error);
    }

    TEST_CASE("a query goes out in slices of 250, each SKU once") {
        std::vector<std::string> skus{"BAD|SKU"};
        for (int k = 0; k < 501; ++k) skus.push_back("S" + std::to_string(k));
        skus.emplace_back("S0");
        Learned learned;
        learned.extension.emplace().has_qohquery = true;
        const auto dialogue = seti::read_counts(an_access(), learned, 50, skus);
        const auto talked = talk(*dialogue, [](const Fields& f) {
            std::string body = "SETIResponse\n";
            std::string rest = f.at("update") + "|";
            while (!rest.empty()) {
                const auto end = rest.find('|');
                body += rest.substr(0, end) + "=" + rest.substr(1, end - 1) + "\n";
                rest.erase(0, end + 1);
            }
            return reply(body + "SETIEndOfData");
        });
        REQUIRE(talked.asked.size() == 3);
        CHECK(talked.asked[0].at("count") == "250");
        CHECK(talked.asked[2].at("count") == "1");
        const auto result = std::get<CountsResult>(talked.done);
        CHECK(result.is_complete);
        REQUIRE(result.items.size() == 503);
        CHECK(result.items[0] == ReadCount{"BAD|SKU", CountWord::error, 0});
        CHECK(result.items[501] == ReadCount{"S500", CountWord::count, 500});
        CHECK(result.items[502] == ReadCount{"S0", CountWord::count, 0});
        CHECK(result.bad.size() == 1);
    }

    TEST_CASE("nothing asked for is nothing to ask") {
        Learned learned;
        learned.extension.emplace().has_qohquery = true;
        const auto dialogue = seti::read_counts(an_access(), learned, 50, {});
        CHECK(std::get<CountsResult>(std::get<Done>(dialogue->begin())).is_complete);
    }
}

TEST_SUITE("read_moves") {
    TEST_CASE("more SKUs than one snapshot takes are not asked for") {
        for (const std::size_t n : {std::size_t{0}, std::size_t{251}}) {
            const auto dialogue = seti::read_moves(an_access(), std::vector<std::string>(n, "A"), "1", {});
            CHECK(std::get<MovesResult>(std::get<Done>(dialogue->begin())).cause == Cause::bad_request);
        }
    }

    TEST_CASE("one that cannot be written keeps nothing from the others") {
        const auto dialogue = seti::read_moves(an_access(), {"A~B", "A", "B\tC", "C "}, "1", {});
        const auto asked = std::get<http::Request>(dialogue->begin());
        CHECK(fields_of(asked.body).at("update") == "A");
        const auto done = dialogue->answered(reply("SETIResponse\nA=5;ORDERS=;OPEN=0;BACK=0;TOP=7\nSETIEndOfData"));
        const auto result = std::get<MovesResult>(std::get<Done>(done));
        CHECK(result.is_complete);
        REQUIRE(result.items.size() == 4);
        CHECK(result.items[0].count == ReadCount{"A", CountWord::count, 5});
        for (std::size_t i = 1; i < 4; ++i) CHECK(result.items[i].count.word == CountWord::error);
        const auto none = seti::read_moves(an_access(), {"A~B"}, "1", {});
        CHECK(std::get<MovesResult>(std::get<Done>(none->begin())).is_complete);
    }
}

}  // namespace stocktray::cart
