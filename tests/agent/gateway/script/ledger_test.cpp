#include "agent/gateway/script/ledger.h"

#include <doctest/doctest.h>

#include "tests/support/sqlite_file.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

struct Book {
    tests::TempDir dir;
    Ledger ledger{Ledger::open(dir.path() / "script.db").value()};

    void open_again() { ledger = Ledger::open(dir.path() / "script.db").value(); }
    Arrived arrive(const PostKey& key, bool claims = true) { return ledger.arrive(key, claims, ++now).value(); }
    void answered(const Arrived& arrived, Answer answer) { REQUIRE(ledger.note(arrived.id, answer)); }
    std::int64_t now{1'000};
};

const PostKey key{"10.0.0.5", "main", "A", -2};

}  // namespace

TEST_SUITE("gateway: ledger") {
    TEST_CASE("a repeat of what nobody could read is absorbed once") {
        Book book;
        const auto first = book.arrive(key);
        CHECK(first.as == Arrived::As::new_post);
        book.answered(first, Answer::unread);
        const auto second = book.arrive(key);
        CHECK(second.as == Arrived::As::repeat);
        CHECK(second.id == first.id);
        book.answered(second, Answer::written);
        const auto third = book.arrive(key);
        CHECK(third.as == Arrived::As::new_post);
        CHECK(third.id != first.id);
    }

    TEST_CASE("a repeat whose own answer never came is taken up again under the first one's id, also after a crash") {
        Book book;
        const auto first = book.arrive(key);
        book.answered(first, Answer::unread);
        REQUIRE(book.arrive(key).as == Arrived::As::repeat);
        CHECK(book.arrive(key).id == first.id);
        const auto unsubmitted = book.ledger.recover().value();
        REQUIRE(unsubmitted.size() == 1);
        CHECK(unsubmitted[0].arrived.id == first.id);
        book.answered(first, Answer::unread);  // as it is noted then
        const auto after = book.arrive(key);
        CHECK(after.as == Arrived::As::repeat);
        CHECK(after.id == first.id);
    }

    TEST_CASE("another client, cart, SKU or difference is no repeat") {
        for (const PostKey& other : {PostKey{"10.0.0.6", "main", "A", -2}, PostKey{"10.0.0.5", "other", "A", -2},
                                     PostKey{"10.0.0.5", "main", "B", -2}, PostKey{"10.0.0.5", "main", "A", -1}}) {
            Book book;
            book.answered(book.arrive(key), Answer::unread);
            CHECK(book.arrive(other).as == Arrived::As::new_post);
            CHECK(book.arrive(key).as == Arrived::As::repeat);
        }
    }

    TEST_CASE("what was answered is no repeat; what may have been is a doubtful one") {
        Book book;
        book.answered(book.arrive(key), Answer::written);
        const auto second = book.arrive(key);
        CHECK(second.as == Arrived::As::new_post);
        book.answered(second, Answer::written);
        book.answered(second, Answer::doubtful);  // the connection broke behind it
        const auto third = book.arrive(key);
        CHECK(third.as == Arrived::As::doubtful_repeat);
        CHECK(third.id != second.id);
        book.answered(third, Answer::written);
        CHECK(book.arrive(key).as == Arrived::As::new_post);
    }

    TEST_CASE("a doubtful repeat that could not be submitted is taken up again as one, also after a crash") {
        Book book;
        book.answered(book.arrive(key), Answer::doubtful);
        const auto repeat = book.arrive(key);
        REQUIRE(repeat.as == Arrived::As::doubtful_repeat);
        const auto again = book.arrive(key);
        CHECK(again.id == repeat.id);
        CHECK(again.as == Arrived::As::doubtful_repeat);
        book.open_again();
        const auto unsubmitted = book.ledger.recover().value();
        REQUIRE(unsubmitted.size() == 1);
        CHECK(unsubmitted[0].arrived.id == repeat.id);
        CHECK(unsubmitted[0].arrived.as == Arrived::As::doubtful_repeat);
        book.answered(repeat, Answer::written);
        CHECK(book.arrive(key).as == Arrived::As::new_post);
    }

    TEST_CASE("a ledger of the first format keeps its posts") {
        Book book;
        const auto first = book.arrive(key);
        {
            tests::SqliteFile file{book.dir.path() / "script.db"};
            file.query("ALTER TABLE posts DROP COLUMN is_doubtful");
            file.query("PRAGMA user_version=1");
        }
        book.open_again();
        CHECK(book.arrive(key).id == first.id);
        book.answered(first, Answer::doubtful);
        CHECK(book.arrive(key).as == Arrived::As::doubtful_repeat);
    }

    TEST_CASE("while one is being answered its repeat must wait") {
        Book book;
        const auto first = book.arrive(key);
        book.answered(first, Answer::begun);
        CHECK(book.arrive(key).as == Arrived::As::too_early);
        book.answered(first, Answer::written);
        CHECK(book.arrive(key).as == Arrived::As::new_post);
    }

    TEST_CASE("one that could not be submitted is taken up again under its id") {
        Book book;
        REQUIRE(book.ledger.passed("other", {{"17", {{"A", 1}}}}, 1));
        const auto first = book.arrive(key);
        const auto second = book.arrive(key);
        CHECK(second.as == Arrived::As::new_post);
        CHECK(second.id == first.id);
        CHECK_FALSE(first.since);
        CHECK(second.since == 1'001);
        REQUIRE(second.claims.size() == 1);
        CHECK(second.claims[0].order == "17");
    }

    TEST_CASE("a crash before the answer began: submitted, and its repeat is absorbed; in the middle: a doubt") {
        Book book;
        const auto arrived = book.arrive(key);
        const PostKey other{"10.0.0.5", "main", "B", 1};
        book.answered(book.arrive(other), Answer::begun);
        book.open_again();
        const auto unsubmitted = book.ledger.recover().value();
        REQUIRE(unsubmitted.size() == 1);
        CHECK(unsubmitted[0].arrived.id == arrived.id);
        CHECK(unsubmitted[0].key.sku == "A");
        CHECK(unsubmitted[0].key.delta == -2);
        CHECK(unsubmitted[0].arrived.since == 1'001);
        REQUIRE(book.ledger.note(arrived.id, Answer::unread));
        CHECK(book.arrive(key).as == Arrived::As::repeat);
        CHECK(book.arrive(other).as == Arrived::As::doubtful_repeat);
        CHECK(book.ledger.recover().value().size() == 2);  // both repeats: nobody has answered them
    }

    TEST_CASE("pieces that leave are laid against other carts' orders, oldest first, each piece once") {
        Book book;
        REQUIRE(book.ledger.passed("other", {{"17", {{"A", 1}, {"B", 5}}}, {"18", {{"A", 3}}}}, 1));
        const auto first = book.arrive(key);
        REQUIRE(first.claims.size() == 2);
        CHECK(first.claims[0].order == "17");
        CHECK(first.claims[0].pieces == 1);
        CHECK(first.claims[1].order == "18");
        CHECK(first.claims[1].pieces == 1);
        book.answered(first, Answer::written);
        const auto second = book.arrive({"10.0.0.5", "main", "A", -5});
        REQUIRE(second.claims.size() == 1);
        CHECK(second.claims[0].pieces == 2);
        CHECK(book.arrive({"10.0.0.5", "main", "A", -7}).claims.empty());
        CHECK(book.arrive({"10.0.0.5", "main", "B", 5}).claims.empty());       // pieces that come
        CHECK(book.arrive({"10.0.0.5", "other", "B", -1}).claims.empty());     // its own cart's order
        CHECK(book.arrive({"10.0.0.5", "main", "B", -2}, false).claims.empty());
        CHECK(book.arrive({"10.0.0.5", "main", "B", -3}).claims.size() == 1);
    }

    TEST_CASE("orders count as imported up to the one that is named, by number") {
        Book book;
        REQUIRE(book.ledger.passed("main", {{"101", {{"A", 1}}}, {"99", {{"B", 2}}}, {"103", {{"A", 1}}}}, 1));
        auto news = book.ledger.imported("main", "102", 5).value();
        REQUIRE(news);
        REQUIRE(news->orders.size() == 2);
        CHECK(news->orders[0].number == "101");
        CHECK(news->orders[0].lines == std::vector<PassedLine>{{"A", 1}});
        CHECK(news->orders[1].number == "99");
        CHECK(book.ledger.imported("main", "102", 6).value()->orders.size() == 2);  // until they were reported
        REQUIRE(book.ledger.reported("main", news->orders));
        CHECK(book.ledger.imported("main", "102", 7).value()->orders.empty());
        CHECK(book.ledger.imported("other", "999", 8).value()->orders.empty());
        CHECK(book.ledger.imported("main", "1000", 9).value()->orders.size() == 1);
    }

    TEST_CASE("orders that were imported before they could pass by are not kept, however far the last order is set back") {
        Book book;
        CHECK(book.ledger.imported("main", "100", 1).value()->orders.empty());
        CHECK(book.ledger.imported("main", "200", 2).value()->orders.empty());
        CHECK(book.ledger.imported("main", "0", 2).value()->orders.empty());  // set back before the first one came
        CHECK(book.ledger.passed("main", {{"199", {{"A", 5}}}, {"200", {{"A", 5}}}, {"201", {{"A", 1}}}}, 3).value() ==
              std::vector<std::string>{"199", "200"});
        CHECK(book.ledger.passed("other", {{"7", {{"B", 1}}}}, 3).value().empty());  // its last order was never named
        const auto news = book.ledger.imported("main", "300", 4).value();
        REQUIRE(news->orders.size() == 1);
        CHECK(news->orders[0].number == "201");
        REQUIRE(book.ledger.reported("main", news->orders));
        CHECK(book.arrive({"10.0.0.5", "third", "A", -5}).claims.size() == 1);  // of 201 alone
        // What has passed by since is known by itself.
        CHECK(book.ledger.passed("main", {{"201", {{"A", 1}}}, {"250", {{"A", 1}}}}, 5).value().empty());
        book.open_again();
        CHECK(book.ledger.passed("main", {{"150", {{"A", 5}}}}, 6).value().size() == 1);
        // And when that is forgotten it was imported before, too.
        const std::int64_t day = 86'400'000;
        REQUIRE(book.ledger.prune(91 * day));
        CHECK(book.ledger.passed("main", {{"201", {{"A", 1}}}, {"251", {{"A", 1}}}}, 7).value() == std::vector<std::string>{"201"});
    }

    TEST_CASE("names instead of numbers: up to where it passed by, and it must have") {
        Book book;
        REQUIRE(book.ledger.passed("main", {{"W-7", {{"A", 1}}}, {"W-3", {{"B", 2}}}, {"W-9", {{"A", 1}}}}, 1));
        CHECK_FALSE(book.ledger.imported("main", "W-1", 5).value());
        const auto news = book.ledger.imported("main", "W-3", 5).value();
        REQUIRE(news);
        CHECK(news->orders.size() == 2);
        REQUIRE(book.ledger.reported("main", news->orders));
        CHECK(book.ledger.imported("main", "W-3", 6).value()->orders.empty());
    }

    TEST_CASE("an order that was edited before its import has its new lines, afterwards its old ones") {
        Book book;
        REQUIRE(book.ledger.passed("main", {{"7", {{"A", 1}, {"B", 2}}}}, 1));
        REQUIRE(book.ledger.passed("main", {{"7", {{"B", 3}, {"C", 1}}}}, 2));
        const auto news = book.ledger.imported("main", "7", 5).value();
        CHECK(news->orders[0].lines == std::vector<PassedLine>{{"B", 3}, {"C", 1}});
        CHECK(news->orders[0].passed_at == 1);
        REQUIRE(book.ledger.passed("main", {{"7", {{"B", 9}}}}, 6));
        CHECK(book.ledger.imported("main", "7", 7).value()->orders[0].lines == std::vector<PassedLine>{{"B", 3}, {"C", 1}});
    }

    TEST_CASE("an order is claimed when posts have taken all its pieces") {
        Book book;
        REQUIRE(book.ledger.passed("other", {{"7", {{"A", 2}}}}, 1));
        CHECK_FALSE(book.ledger.imported("other", "7", 5).value()->orders[0].is_claimed);
        (void)book.arrive(key);
        CHECK(book.ledger.imported("other", "7", 6).value()->orders[0].is_claimed);
        CHECK(book.ledger.imported("other", "7", 7).value()->orders[0].imported_at == 5);
    }

    TEST_CASE("what was known is known again, bytes as they were") {
        Book book;
        CHECK_FALSE(book.ledger.remembered("carts").value());
        const std::string bytes{"a\0b\xFF", 4};
        REQUIRE(book.ledger.remember("carts", bytes));
        book.open_again();
        CHECK(book.ledger.remembered("carts").value() == bytes);
    }

    TEST_CASE("old posts and orders are forgotten") {
        Book book;
        const std::int64_t day = 86'400'000;
        book.answered(book.arrive(key), Answer::unread);
        REQUIRE(book.ledger.passed("main", {{"7", {{"A", 1}}}}, 1));
        REQUIRE(book.ledger.prune(29 * day));
        CHECK(book.arrive(key).as == Arrived::As::repeat);
        book.answered(book.arrive(key), Answer::unread);
        REQUIRE(book.ledger.prune(100 * day));
        CHECK(book.arrive(key).as == Arrived::As::new_post);
        CHECK(book.ledger.imported("main", "7", 5).value()->orders.empty());
    }
}
