#include <doctest/doctest.h>

#include "ipc/import/objections.h"

namespace stocktray::import {
namespace {

using stock_file::Contents;
using Kind = Objection::Kind;

Contents changes(std::size_t rows) {
    Contents contents;
    contents.rows = rows;
    contents.changes.resize(rows);
    return contents;
}

Contents counts(std::size_t rows) {
    Contents contents;
    contents.kind = stock_file::Kind::counts;
    contents.rows = rows;
    contents.counts.resize(rows);
    return contents;
}

LedgerEntry taken(const std::string& fingerprint, std::int64_t rows) {
    return {.fingerprint = fingerprint, .name = "old.csv", .rows = rows, .taken_at = 1'764'000'000'000};
}

std::vector<Kind> kinds(const Contents& contents, const Earlier& earlier, const Consent& consent = {}) {
    std::vector<Kind> result;
    for (const auto& one : objections(contents, earlier, consent, default_fewest_percent)) result.push_back(one.kind);
    return result;
}

using Kinds = std::vector<Kind>;

}  // namespace

TEST_SUITE("import objections") {
    TEST_CASE("a_good_new_file_has_none") {
        CHECK(kinds(changes(3), {}).empty());
        CHECK(kinds(counts(3), {}).empty());
        CHECK(kinds(changes(0), {}).empty());
    }

    TEST_CASE("bad_lines_stop_the_whole_file_unless_they_may_be_left_out") {
        auto contents = changes(3);
        contents.bad_rows = 1;
        CHECK(kinds(contents, {}) == Kinds{Kind::bad_lines});
        CHECK(kinds(contents, {}, {.skips_bad_lines = true}).empty());
    }

    TEST_CASE("a_count_without_rows_is_never_taken") {
        CHECK(kinds(counts(0), {}, {.skips_bad_lines = true, .takes_fewer = true, .takes_again = true}) == Kinds{Kind::no_rows});
    }

    TEST_CASE("the_same_changes_are_taken_once_unless_somebody_says_that_they_are_new") {
        CHECK(kinds(changes(3), {.same = taken("f", 3)}) == Kinds{Kind::taken_before});
        CHECK(kinds(changes(3), {.same = taken("f", 3)}, {.takes_again = true}).empty());
        CHECK(attempt_of({.same = taken("f", 3)}) == 2);
    }

    TEST_CASE("what_was_begun_and_not_finished_goes_on_with_the_same_attempt") {
        auto begun = taken("f", 3);
        begun.taken_at.reset();
        CHECK(kinds(changes(3), {.same = begun, .beginning = taken("g", 2)}).empty());
        CHECK(attempt_of({.same = begun}) == 1);
        CHECK(attempt_of({}) == 1);
    }

    TEST_CASE("the_same_count_is_known_only_while_it_is_the_last_one") {
        CHECK(kinds(counts(3), {.same = taken("f", 3), .last_count = taken("f", 3)}) == Kinds{Kind::taken_before});
        CHECK(kinds(counts(3), {.same = taken("f", 3), .last_count = taken("g", 3)}).empty());
    }

    TEST_CASE("a_count_that_is_much_shorter_than_the_last_one_is_asked_about") {
        CHECK(kinds(counts(79), {.last_count = taken("g", 100)}) == Kinds{Kind::fewer});
        CHECK(kinds(counts(80), {.last_count = taken("g", 100)}).empty());
        CHECK(kinds(counts(1), {.last_count = taken("g", 100)}, {.takes_fewer = true}).empty());
        CHECK(objections(counts(40), {.last_count = taken("g", 100)}, {}, 40).empty());
        CHECK(objections(counts(39), {.last_count = taken("g", 100)}, {}, 40).size() == 1);
    }

    TEST_CASE("changes_that_begin_with_a_taken_file_would_count_twice") {
        CHECK(kinds(changes(5), {.beginning = taken("g", 2)}) == Kinds{Kind::has_grown});
        CHECK(kinds(changes(5), {.beginning = taken("g", 2)}, {.takes_only_new = true}).empty());
        auto begun = taken("g", 2);
        begun.taken_at.reset();
        CHECK(kinds(changes(5), {.beginning = begun}, {.takes_only_new = true}) == Kinds{Kind::has_grown});
    }
}

}  // namespace stocktray::import
