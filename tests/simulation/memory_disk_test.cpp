#include "tests/simulation/memory_disk.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <memory>
#include <string>

using namespace stocktray;
using namespace stocktray::simulation;

namespace {

using Connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

Connection open() {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open("numbers.db", &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    return {db, sqlite3_close};
}

bool run(const Connection& db, const std::string& sql) { return sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK; }

std::string first(const Connection& db, const char* sql) {
    std::string value;
    sqlite3_exec(db.get(), sql, [](void* to, int, char** columns, char**) {
        *static_cast<std::string*>(to) = columns[0] != nullptr ? columns[0] : "";
        return 1;
    }, &value, nullptr);
    return value;
}

const std::string settings = "PRAGMA journal_mode = WAL;";

}  // namespace

TEST_SUITE("Memory disk") {
    TEST_CASE("what was synced is there after every loss of power, and a file is never half of two") {
        Random random{1};
        for (int writes = 0; writes < 60; ++writes) {
            CAPTURE(writes);
            MemoryDisk disk;
            int told = 0;
            {
                auto db = open();
                REQUIRE(run(db, settings + "PRAGMA synchronous = FULL; CREATE TABLE numbers (number INTEGER)"));
                disk.cut_power_after(writes);
                while (run(db, "INSERT INTO numbers VALUES (" + std::to_string(told + 1) + ")")) ++told;
                CHECK_FALSE(disk.has_power());
            }
            disk.come_back(random);
            auto db = open();
            CHECK(first(db, "PRAGMA integrity_check") == "ok");
            const auto kept = std::stoi(first(db, "SELECT count(*) FROM numbers"));
            CHECK(kept >= told);
            CHECK(kept <= told + 1);  // the last one may have reached the disk unheard
        }
    }

    TEST_CASE("what was not synced may be lost") {
        Random random{1};
        MemoryDisk disk;
        {
            auto db = open();
            REQUIRE(run(db, settings + "PRAGMA synchronous = FULL; CREATE TABLE numbers (number INTEGER); PRAGMA synchronous = OFF"));
            for (int n = 0; n < 20; ++n) REQUIRE(run(db, "INSERT INTO numbers VALUES (1)"));
            disk.cut_power_after(0);
        }
        disk.come_back(random);
        CHECK(std::stoi(first(open(), "SELECT count(*) FROM numbers")) < 20);
    }

    TEST_CASE("a backup that is put back is what was there then") {
        MemoryDisk disk;
        auto db = open();
        REQUIRE(run(db, settings + "CREATE TABLE numbers (number INTEGER); INSERT INTO numbers VALUES (1)"));
        const auto image = disk.image();
        REQUIRE(run(db, "INSERT INTO numbers VALUES (2)"));
        db.reset();
        disk.put_back(image);
        db = open();
        CHECK(first(db, "SELECT count(*) FROM numbers") == "1");
    }
}
