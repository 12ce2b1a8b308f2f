// What a reading says, whether it is believed, and how often there is one.
#include <doctest/doctest.h>

#include "agent/gateway/database/cell.h"
#include "agent/gateway/database/guard.h"
#include "agent/gateway/database/pace.h"
#include "agent/gateway/database/statement.h"

using namespace stocktray::gateway::database;
using namespace std::chrono_literals;

TEST_SUITE("ReadRow") {
    const auto qoh_of = [](const char* text) { return read_row({.sku = "A", .qoh = text}); };

    TEST_CASE("a whole number is one however the database writes it") {
        for (const auto* text : {"12", "12.000", " 12 ", "1.2E1", "+12", "12.0000000000000000"}) {
            const auto row = qoh_of(text);
            REQUIRE_MESSAGE(row, text);
            CHECK(row->qoh == 12);
        }
        CHECK(qoh_of("-3")->qoh == -3);
        CHECK(qoh_of("-2000000000")->qoh == -2'000'000'000);
    }

    TEST_CASE("what is no whole number is named with the SKU") {
        for (const auto* text : {"12.5", "1E-3", "twelve", "", "1,000", "0x10", "nan", "inf", "2000000001", "12 pcs"}) {
            const auto row = qoh_of(text);
            REQUIRE_FALSE_MESSAGE(row, text);
            CHECK(row.error().sku == "A");
        }
        CHECK(qoh_of("12.5").error().why == "its count 12.5 is no whole number");
    }

    TEST_CASE("a SKU keeps its zeros and blanks inside, and loses those of a fixed-width column") {
        CHECK(read_row({.sku = "007 A   ", .qoh = "1"})->sku == "007 A");
        CHECK(read_row({.sku = " B", .qoh = "1"})->sku == " B");
    }

    TEST_CASE("a row without a SKU, or with one that nobody could keep, is bad") {
        CHECK(read_row({.qoh = "1"}).error().why == "its SKU is NULL");
        CHECK(read_row({.sku = "   ", .qoh = "1"}).error().why == "its SKU is empty");
        CHECK_FALSE(read_row({.sku = "a\tb", .qoh = "1"}));
        CHECK_FALSE(read_row({.sku = std::string(256, 'x'), .qoh = "1"}));
        CHECK(read_row({.sku = std::string(255, 'x'), .qoh = "1"}));
    }

    TEST_CASE("NULL is a count only of what is not tracked") {
        CHECK(read_row({.sku = "A"}).error().why == "its count is NULL");
        const auto kit = read_row({.sku = "A", .tracked = Cell{"0"}});
        REQUIRE(kit);
        CHECK(kit->qoh == 0);
        CHECK_FALSE(kit->is_tracked);
    }

    TEST_CASE("tracked is what is not a no") {
        for (const auto* yes : {"1", "-1", "true", "T", "Y", "yes"})
            CHECK(read_row({.sku = "A", .qoh = "1", .tracked = Cell{yes}})->is_tracked);
        for (const auto* no : {"0", "f", "False", "N", "no", " "})
            CHECK_FALSE(read_row({.sku = "A", .qoh = "1", .tracked = Cell{no}})->is_tracked);
        CHECK_FALSE(read_row({.sku = "A", .qoh = "1", .tracked = Cell{}})->is_tracked);
        CHECK(read_row({.sku = "A", .qoh = "1"})->is_tracked);
    }

    TEST_CASE("a name is one line of at most 255 bytes, not cut within a sign") {
        CHECK(read_row({.sku = "A", .qoh = "1", .name = Cell{"Red\r\nlamp "}})->name == "Red  lamp");
        std::string umlauts;
        for (int n = 0; n < 200; ++n) umlauts += "ü";
        CHECK(read_row({.sku = "A", .qoh = "1", .name = Cell{umlauts}})->name->size() == 254);
        CHECK_FALSE(read_row({.sku = "A", .qoh = "1", .name = Cell{}})->name);
    }
}

TEST_SUITE("WhyNotASelect") {
    TEST_CASE("one SELECT is run, with or without a semicolon at its end") {
        for (const auto* sql : {"SELECT sku, qoh FROM items", "select a from b;", "  -- counts\nSELECT 1",
                                "WITH s AS (SELECT 1 AS a) SELECT a FROM s", "/* x */ SELECT 'it''s; DELETE' FROM t",
                                "SELECT \"update\", `set`, [drop] FROM t", "SELECT REPLACE(sku, ' ', '') FROM t ; -- end",
                                "SELECT updated_at, deleted FROM t"})
            CHECK_MESSAGE(!why_not_a_select(sql), sql);
    }

    TEST_CASE("what could change the database is refused, however it is dressed") {
        for (const auto* sql : {"", "  -- nothing", "UPDATE t SET a = 1", "DELETE FROM t", "SELECT 1; DELETE FROM t",
                                "SELECT * INTO copy FROM t", "SELECT 1 INTO OUTFILE '/tmp/x'", "EXEC stock_counts",
                                "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone", "SELECT * FROM t FOR UPDATE",
                                "SELECT 1 /*! ; DROP TABLE t */", "SELECT 1 /*M! INTO OUTFILE 'x' */", "SELECT 'open",
                                "SELECT 1 /* open", "CALL counts()", "sElEcT 1;dRoP tAbLe t", "SELECT 1;;SELECT 2"})
            CHECK_MESSAGE(why_not_a_select(sql), sql);
    }

    TEST_CASE("the sentence names the word") {
        CHECK(why_not_a_select("SELECT 1; SELECT 2") == "The query has more than one statement; only one SELECT is run.");
        CHECK(why_not_a_select("REPLACE INTO t VALUES (1)") == "The query begins with REPLACE; only a SELECT is run.");
        CHECK(why_not_a_select("SELECT * FROM t FOR UPDATE")->find("the word UPDATE") != std::string::npos);
    }
}

TEST_SUITE("Guard") {
    const GuardLimits limits{};

    TEST_CASE("a shop's day is not asked about") {
        CHECK_FALSE(question_about({.known = 1'000, .rows = 1'000, .changed = 200, .missing = 0}, limits, {}));
        CHECK_FALSE(question_about({.known = 10, .rows = 1, .changed = 1, .missing = 9}, limits, {}));
        CHECK_FALSE(question_about({.known = 0, .rows = 5'000, .changed = 0, .missing = 0}, limits, {}));
        CHECK_FALSE(question_about({}, limits, {}));
    }

    TEST_CASE("too much at once is asked about, in numbers") {
        CHECK(question_about({.known = 1'000, .rows = 1'000, .changed = 201}, limits, {}) ==
              "201 of 1000 counts have changed at once.");
        CHECK(question_about({.known = 1'000, .rows = 799, .missing = 201}, limits, {}) ==
              "201 of 1000 SKUs are missing from the query's answer.");
    }

    TEST_CASE("an empty answer is asked about however small the shop is") {
        CHECK(question_about({.known = 3, .rows = 0, .missing = 3}, limits, {}) ==
              "The query answers no row; 3 SKUs were there before.");
    }

    TEST_CASE("a yes covers what was asked, and no more") {
        const Weighed asked{.known = 1'000, .rows = 1'000, .changed = 500};
        CHECK_FALSE(question_about(asked, limits, asked));
        CHECK_FALSE(question_about({.known = 1'000, .rows = 1'000, .changed = 510}, limits, asked));
        CHECK(question_about({.known = 1'000, .rows = 1'000, .changed = 900}, limits, asked));
        CHECK(question_about({.known = 1'000, .rows = 0, .missing = 1'000}, limits, asked));
    }
}

TEST_SUITE("Pace") {
    TEST_CASE("a quick query is asked in its rhythm, a slow one keeps its share of the time") {
        const Pace pace{.every = 10s, .load_percent = 10};
        CHECK(pace.rest_after(100ms) == 9'900ms);
        CHECK(pace.rest_after(5s) == 45s);
        CHECK(Pace{.every = 1s, .load_percent = 50}.rest_after(3s) == 3s);
        CHECK(Pace{.every = 1s, .load_percent = 100}.rest_after(3s) == 0s);
    }

    TEST_CASE("failures are repeated ever more seldom, and no more often than the load allows") {
        const Pace pace{};
        CHECK(pace.rest_after_failure(1, 0ms) == 1s);
        CHECK(pace.rest_after_failure(2, 0ms) == 2s);
        CHECK(pace.rest_after_failure(100, 0ms) == 60s);
        CHECK(pace.rest_after_failure(1, 30s) == 270s);
    }
}
