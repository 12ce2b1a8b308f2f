#include <doctest/doctest.h>

#include <fstream>

#include "ipc/import/ledger.h"
#include "tests/support/temp_dir.h"

namespace stocktray::import {
namespace {

LedgerEntry an_entry(const std::string& fingerprint, stock_file::Kind kind, std::uint64_t bytes) {
    return {.fingerprint = fingerprint,
            .kind = kind,
            .series = "folder",
            .name = fingerprint + ".csv",
            .bytes = bytes,
            .rows = 3,
            .last_line = 4,
            .begun_at = 100};
}

}  // namespace

TEST_SUITE("import ledger") {
    TEST_CASE("a_file_that_was_begun_is_found_again_after_a_restart_and_is_taken_when_it_was_ended") {
        const tests::TempDir dir;
        const auto file = dir.path() / "new" / "files.db";
        const auto entry = an_entry("f1", stock_file::Kind::changes, 10);
        {
            auto ledger = Ledger::open(file);
            REQUIRE(ledger);
            CHECK_FALSE(*ledger->find("f1"));
            REQUIRE(ledger->begin(entry));
        }
        auto ledger = Ledger::open(file);
        REQUIRE(ledger);
        auto found = *ledger->find("f1");
        REQUIRE(found);
        CHECK_FALSE(found->taken_at);
        CHECK(found->last_line == 4);
        CHECK(found->name == "f1.csv");
        REQUIRE(ledger->end(entry, 200));
        CHECK((*ledger->find("f1"))->taken_at == 200);
        CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::others_read) == std::filesystem::perms::none);
    }

    TEST_CASE("the_latest_attempt_is_found") {
        const tests::TempDir dir;
        auto ledger = Ledger::open(dir.path() / "files.db");
        auto entry = an_entry("f1", stock_file::Kind::changes, 10);
        REQUIRE(ledger->begin(entry));
        REQUIRE(ledger->end(entry, 200));
        entry.attempt = 2;
        REQUIRE(ledger->begin(entry));
        CHECK((*ledger->find("f1"))->attempt == 2);
        CHECK_FALSE((*ledger->find("f1"))->taken_at);
    }

    TEST_CASE("the_last_count_is_that_of_its_series_and_was_taken") {
        const tests::TempDir dir;
        auto ledger = Ledger::open(dir.path() / "files.db");
        const auto older = an_entry("c1", stock_file::Kind::counts, 10);
        const auto newer = an_entry("c2", stock_file::Kind::counts, 20);
        const auto begun = an_entry("c3", stock_file::Kind::counts, 30);
        auto other = an_entry("c4", stock_file::Kind::counts, 40);
        other.series = "another";
        for (const auto& entry : {older, newer, begun, other}) REQUIRE(ledger->begin(entry));
        REQUIRE(ledger->end(older, 200));
        REQUIRE(ledger->end(newer, 300));
        REQUIRE(ledger->end(other, 400));
        CHECK((*ledger->last_count("folder"))->fingerprint == "c2");
        CHECK_FALSE(*ledger->last_count("nowhere"));
    }

    TEST_CASE("shorter_files_of_changes_with_rows_are_told_by_length") {
        const tests::TempDir dir;
        auto ledger = Ledger::open(dir.path() / "files.db");
        auto empty = an_entry("none", stock_file::Kind::changes, 5);
        empty.rows = 0;
        auto other = an_entry("o", stock_file::Kind::changes, 10);
        other.series = "another";
        for (const auto& entry : {an_entry("b", stock_file::Kind::changes, 20), an_entry("a", stock_file::Kind::changes, 10), empty, other,
                                  an_entry("c", stock_file::Kind::changes, 30), an_entry("d", stock_file::Kind::counts, 10)})
            REQUIRE(ledger->begin(entry));
        const auto shorter = ledger->shorter_changes("folder", 30);
        REQUIRE(shorter);
        REQUIRE(shorter->size() == 2);
        CHECK((*shorter)[0].fingerprint == "a");
        CHECK((*shorter)[1].fingerprint == "b");
    }

    TEST_CASE("a_file_that_is_no_ledger_is_told_in_words") {
        const tests::TempDir dir;
        const auto file = dir.path() / "files.db";
        std::ofstream{file} << std::string(5'000, 'x');
        const auto ledger = Ledger::open(file);
        REQUIRE_FALSE(ledger);
        CHECK(ledger.error().code == ipc::Code::storage);
        CHECK(ledger.error().message.find(file.string()) != std::string::npos);
    }
}

}  // namespace stocktray::import
