// Reading a whole store from answers that are given away before they are known to be whole.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "core/cart/counts_collector.h"
#include "paged_store.h"

namespace stocktray::cart {
namespace {

using namespace test;

// What the list as a whole says of every SKU.
class Listener : public CountSink {
public:
    void take(const std::vector<ReadCount>& page, std::int32_t answer) override {
        CHECK(!page.empty());
        CHECK(page.size() <= most_at_once);
        collector_.take(page, answer);
        for (const ReadCount& item : page) skus.insert(item.sku);
    }
    void settle(const ListAnswers& answers) {
        for (const ReadCount& item : collector_.settle_all(answers)) words.emplace(item.sku, item);
    }
    [[nodiscard]] std::int64_t qoh(const std::string& sku) const {
        const ReadCount& item = words.at(sku);
        CHECK(item.word == CountWord::count);
        return item.qoh;
    }
    std::set<std::string> skus;
    std::map<std::string, ReadCount> words;

private:
    CountsCollector collector_{CountsCollector::Keep::all};
};

std::vector<Row> rows(int first, int last, int more = 0) {
    std::vector<Row> made;
    for (int k = first; k <= last; ++k) made.push_back({"P" + std::to_string(k), std::to_string(k + more)});
    return made;
}

// The beginning of an answer, and then the end of the connection. The dialogue's reader has had it all.
http::Reply cut_off(const http::Request& request, std::string body, std::size_t size) {
    body.resize(size);
    CHECK(request.sink->take(body));
    return broken(http::Transport::closed, true);
}

struct Heard {
    CountsResult result;
    std::shared_ptr<Listener> sink{std::make_shared<Listener>()};
    int asked{0};
};

// As `talk`, but bodies come in pieces as from a network, and the store may use the request's sink by itself.
Heard hear(Learned learned, std::int64_t batch,
           const std::function<http::Reply(const http::Request&, const Fields&)>& store) {
    Heard heard;
    const auto dialogue = seti::read_all(an_access(), std::move(learned), batch, heard.sink);
    Step step = dialogue->begin();
    while (auto* request = std::get_if<http::Request>(&step)) {
        REQUIRE(++heard.asked < 1000);
        http::Reply made = store(*request, fields_of(request->body));
        constexpr std::size_t piece = 16'000;
        for (std::size_t at = 0; request->sink && at < made.body.size(); at += piece)
            if (!request->sink->take(made.body.substr(at, piece))) {
                made.transport = http::Transport::stopped_by_reader;
                break;
            }
        if (request->sink) made.body.clear();
        step = dialogue->answered(made);
    }
    heard.result = std::get<CountsResult>(std::get<Done>(std::move(step)));
    heard.sink->settle(heard.result.answers);
    return heard;
}

Learned with_cursor() {
    Learned learned;
    learned.extension.emplace().has_cursor = true;
    return learned;
}

}  // namespace

TEST_SUITE("read_all in a stream") {
    TEST_CASE("one answer with everything reaches the sink in small portions, before it has ended") {
        Learned learned;
        learned.ignores_paging = true;
        const auto sink = std::make_shared<Listener>();
        const auto dialogue = seti::read_all(an_access(), learned, 250, sink);
        const auto request = std::get<http::Request>(dialogue->begin());
        CHECK(request.max_body == 256U << 20U);
        const auto body = xml(rows(1, 12'345));
        CHECK(request.sink->take(body.substr(0, 400'000)));
        CHECK(sink->skus.size() > 5'000);
        CHECK(request.sink->take(body.substr(400'000)));
        const auto result = std::get<CountsResult>(std::get<Done>(dialogue->answered(reply(""))));
        CHECK(result.is_complete);
        CHECK(result.distinct == 12'345);
        sink->settle(result.answers);
        CHECK(sink->words.size() == 12'345);
        CHECK(sink->qoh("P12345") == 12'345);
    }

    TEST_CASE("a page that breaks off is asked for again, and its last word holds") {
        for (const bool by_cursor : {false, true}) {
            CAPTURE(by_cursor);
            int tries = 0;
            const auto heard = hear(
                by_cursor ? with_cursor() : Learned{}, 10'000,
                [&](const http::Request& request, const Fields& f) {
                    const bool is_first_page = by_cursor ? f.at("after").empty() : f.at("startnum") == "1";
                    if (!is_first_page) return reply(xml(rows(3001, 3500), 1, by_cursor ? "<Next></Next>" : ""));
                    const std::string next = by_cursor ? "<Next>n</Next>" : "";
                    if (++tries == 1) {
                        const auto body = xml(rows(1, 3000), 1, next);
                        return cut_off(request, body, body.size() - 100);
                    }
                    return reply(xml(rows(1, 3000, 1), 1, next));  // all was sold or bought
                });
            CHECK(heard.result.is_complete);
            CHECK(heard.result.bad.empty());
            CHECK(heard.result.distinct == 3500);
            CHECK(heard.sink->qoh("P1") == 2);
            CHECK(heard.sink->qoh("P3000") == 3001);
            CHECK(heard.sink->qoh("P3500") == 3500);
        }
    }

    TEST_CASE("a page that brought all it has before it broke is still followed by the next") {
        int tries = 0;
        const auto heard = hear({}, 2000, [&](const http::Request& request, const Fields& f) {
            const auto first = std::stoi(f.at("startnum"));
            const auto body = xml(rows(first, std::min(first + 1999, 5000)));
            if (first == 1 && ++tries == 1) return cut_off(request, body, body.size() - 1);
            return first > 5000 ? reply(xml({}, 2)) : reply(body);
        });
        CHECK(heard.result.is_complete);
        CHECK(heard.result.distinct == 5000);
    }

    TEST_CASE("a SKU twice in one answer belongs to two products, however far apart and alike they are") {
        for (const char* count : {"1", "8"}) {
            auto all = rows(1, 4000);
            all.push_back({"P1", count});
            all.push_back({"P1", count});
            const auto heard = hear({}, 10'000, [&](const http::Request&, const Fields& f) {
                return f.at("startnum") == "1" ? reply(xml(all)) : reply(xml({}, 2));
            });
            CHECK(heard.result.is_complete);
            CHECK(heard.result.distinct == 4000);
            CHECK(heard.sink->words.at("P1").word == CountWord::ambiguous);
            CHECK(heard.result.bad.empty());
        }
    }

    TEST_CASE("one unreadable product of a large page is found and named") {
        const auto heard = hear({}, 4000, [](const http::Request&, const Fields& f) {
            return Store{.products = 9000, .unreadable = {3333}}.page(f);
        });
        CHECK(heard.result.is_complete);
        CHECK(heard.result.distinct == 8999);
        CHECK(heard.sink->qoh("P3334") == 3334);
        REQUIRE(heard.result.bad.size() == 1);
        CHECK(heard.result.bad[0].find("3333") != std::string::npos);
    }

    TEST_CASE("the product that cannot be read is named by its SKU, if that was seen") {
        const auto result = read(
            [](const Fields& f) {
                const int first = std::stoi(f.at("startnum"));
                const int last = std::min(first + std::stoi(f.at("batchsize")) - 1, 30);
                auto body = xml(rows(first, last));
                // A control character, as a shop's editor lets it slip into a name behind the SKU.
                if (const auto at = body.find("P17</Code>"); at != std::string::npos)
                    body.insert(at + 10, "<Name>\x01</Name>");
                return first > 30 ? reply(xml({}, 2)) : reply(body);
            },
            20);
        CHECK(result.is_complete);
        CHECK(result.distinct == 29);
        REQUIRE(result.bad.size() == 1);
        CHECK(result.bad[0] == "Product number 17 of the store's list (\"P17\") cannot be read.");
    }

    TEST_CASE("names outside ASCII wait until their charset is proven") {
        const auto page_of = [](const std::string& last) {
            auto all = rows(1, 2500);
            all.insert(all.begin(), {"\xC3\xA9", "1"});
            all.push_back({last, "2"});
            return xml(all);
        };
        int asked = 0;
        const auto heard = hear({}, 10'000, [&](const http::Request&, const Fields& f) {
            if (f.at("startnum") != "1") return reply(xml({}, 2));
            ++asked;
            auto made = reply(page_of("\xE9"));  // no UTF-8 after all
            made.headers.clear();
            return made;
        });
        CHECK(asked == 2);
        CHECK(heard.result.is_complete);
        CHECK(heard.result.bad.empty());
        CHECK(heard.result.distinct == 2502);
        CHECK(!heard.sink->words.contains("\u00E9\u00E9"));
        CHECK(heard.sink->qoh("\u00C3\u00A9") == 1);
        CHECK(heard.sink->qoh("\u00E9") == 2);
        CHECK(heard.sink->words.size() == 2502);  // and not the SKU that the first reading took it for
    }

    TEST_CASE(
        "a catalogue of names outside ASCII is not held back without an end, nor read in two charsets") {
        std::vector<Row> all;
        for (int k = 0; k < 30'000; ++k) all.push_back({"\xC3\xA9" + std::to_string(k), "1"});
        Learned learned;
        learned.ignores_paging = true;
        const auto good = hear(learned, 250, [&](const http::Request&, const Fields&) {
            auto made = reply(xml(all));
            made.headers = {{"content-type", "text/xml; charset=ISO-8859-1"}};  // it cannot be
            return made;
        });
        CHECK(good.asked == 1);
        CHECK(good.result.is_complete);
        CHECK(good.result.distinct == 30'000);
        CHECK(good.sink->words.contains("\u00E90"));

        all.push_back({"\xE9", "2"});
        const auto spoiled =
            hear(learned, 250, [&](const http::Request&, const Fields&) { return reply(xml(all)); });
        CHECK_FALSE(spoiled.result.is_complete);
        CHECK(spoiled.result.cause == Cause::malformed);
        CHECK(spoiled.asked == 1);
    }

    TEST_CASE("a page of products without a SKU does not end the list") {
        const auto store = [](int silent_pages) {
            return [silent_pages](const http::Request&, const Fields& f) {
                if (!f.contains("startnum")) return reply("SETIResponse: itemcount=50");
                const int first = std::stoi(f.at("startnum"));
                if (first <= 50 * silent_pages) return reply(xml(std::vector<Row>(50, Row{"", "1"})));
                return first <= 50 * silent_pages + 50 ? reply(xml(rows(1, 50))) : reply(xml({}, 2));
            };
        };
        const auto heard = hear({}, 50, store(3));
        CHECK(heard.result.is_complete);
        CHECK(heard.result.distinct == 50);
        const auto endless = hear({}, 50, store(1000));
        CHECK_FALSE(endless.result.is_complete);
        CHECK(endless.result.cause == Cause::malformed);
    }

    TEST_CASE("counts are read as scripts print them") {
        const auto heard = hear({}, 50, [](const http::Request&, const Fields& f) {
            if (f.at("startnum") != "1") return reply(xml({}, 2));
            return reply(xml({{"A", "50.0000"},
                              {"B", "NA"},
                              {"C", ""},
                              {"D", "-3"},
                              {"E", "1.5"},
                              {"F", "many"},
                              {"Caf&eacute; &amp; Co", " 7 "}},
                             1, "<Product />"));
        });
        CHECK(heard.result.is_complete);
        CHECK(heard.result.bad.empty());
        CHECK(heard.sink->qoh("A") == 50);
        CHECK(heard.sink->words.at("B").word == CountWord::not_tracked);
        CHECK(heard.sink->words.at("C").word == CountWord::not_tracked);
        CHECK(heard.sink->qoh("D") == -3);
        CHECK(heard.sink->words.at("E").word == CountWord::error);
        CHECK(heard.sink->words.at("F").word == CountWord::error);
        CHECK(heard.sink->qoh("Caf\u00E9 & Co") == 7);
    }

    TEST_CASE("a reader outlives its dialogue, as a transfer may") {
        const auto sink = std::make_shared<Listener>();
        auto dialogue = seti::read_all(an_access(), {}, 10'000, sink);
        const auto request = std::get<http::Request>(dialogue->begin());
        dialogue.reset();
        CHECK(request.sink->take(xml(rows(1, 3000))));
        CHECK(sink->skus.size() == 3000);
    }
}

}  // namespace stocktray::cart
