#include "ipc/spool/repair.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/ipc/spool/spools.h"
#include "tests/support/temp_dir.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::TempDir;
namespace fs = std::filesystem;

namespace {

constexpr int many = 500;

// Closed cleanly, so that everything stands in the one file.
void fill(const fs::path& file) {
    auto spool = a_spool(file);
    for (int i = 0; i < many; ++i) put(spool, a_change("id-" + std::to_string(i), "SKU-" + std::to_string(i)));
}

void overwrite(const fs::path& file, std::streamoff at, const std::string& bytes) {
    std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(stream.good());
}

std::string bytes_of(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

std::vector<fs::path> set_aside(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator{folder})
        if (entry.path().string().find(".damaged-") != std::string::npos) found.push_back(entry.path());
    return found;
}

}  // namespace

TEST_SUITE("damaged spool") {
    TEST_CASE("a file that is no database is set aside, and said") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        std::ofstream{file} << std::string(20'000, 'x');
        auto spool = a_spool(file);
        CHECK(spool.found().find("damaged") != std::string::npos);
        CHECK(set_aside(dir.path()).size() == 1);
        put(spool, a_change("1"));
        CHECK(waiting_ids(spool) == std::vector<std::string>{"1"});
    }

    TEST_CASE("a file cut anywhere opens again; what could be read goes on, the rest is said to be missing") {
        for (const double part : {0.02, 0.3, 0.5, 0.9, 0.99}) {
            CAPTURE(part);
            const TempDir dir;
            const auto file = dir.path() / "spool.db";
            fill(file);
            fs::resize_file(file, static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(file)) * part));
            auto spool = a_spool(file);
            // SQLite may find the cut only when it reads that far.
            if (spool.found().empty()) {
                const auto problems = spool.check();
                CHECK((!problems || !problems->empty()));
                continue;
            }
            CHECK(spool.found().find("may be missing") != std::string::npos);
            const auto ids = waiting_ids(spool);
            CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
        }
    }

    TEST_CASE("a page overwritten in the middle: check finds it, repair keeps what lies before and behind") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        fill(file);
        const auto half = static_cast<std::streamoff>(fs::file_size(file) / 2 / 4'096 * 4'096);
        overwrite(file, half, std::string(4'096, '\x7f'));
        {
            auto spool = Spool::open(file, "test");
            REQUIRE(spool);
            const auto problems = spool->check();
            CHECK((!problems || !problems->empty()));
        }
        const auto repaired = repair_spool(file);
        REQUIRE(repaired);
        CHECK(fs::exists(repaired->set_aside));
        CHECK(repaired->kept > many / 2);
        auto spool = a_spool(file);
        CHECK(spool.check()->empty());
        CHECK(static_cast<std::int64_t>(waiting_ids(spool).size()) == repaired->kept);
    }

    TEST_CASE("an entry whose bytes changed is not delivered but named; the ones behind it are") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        auto spool = a_spool(file);
        put(spool, a_change("1", "A-1", -1));
        put(spool, a_change("2", "B-2", -1));
        {
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'A-1', 'A-9') AS BLOB) WHERE seq = 1");
        }
        CHECK(ids_of(spool.next_waiting(0, 10)->entries) == std::vector<std::string>{"2"});
        CHECK(spool.counts()->doubtful == 1);
        CHECK(spool.check()->size() == 1);
    }

    TEST_CASE("an entry that was damaged is put right by whoever submits it again") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        auto spool = a_spool(file);
        const auto seq = put(spool, a_change("1", "A-1", -1));
        const auto spoil = [&] {
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'A-1', 'A-9') AS BLOB)");
        };
        spoil();
        SUBCASE("before it was set aside") {}
        SUBCASE("afterwards") { REQUIRE(spool.next_waiting(0, 10)->damaged == 1); }
        CHECK(put(spool, a_change("1", "A-1", -1)) == seq);
        const auto waiting = spool.next_waiting(0, 10);
        REQUIRE(waiting->entries.size() == 1);
        CHECK(waiting->damaged == 0);
        CHECK(waiting->entries.front().change()->sku == "A-1");
        CHECK(spool.check()->empty());
        // What is over stays as it is.
        const SpoolVerdict verdict{.seq = seq};
        REQUIRE(spool.end({&verdict, 1}, 2'000));
        spoil();
        CHECK(put(spool, a_change("1", "A-1", -1)) == seq);
        CHECK(spool.next_waiting(0, 10)->entries.empty());
        CHECK(spool.delivered_since(2'000, 0, 10)->front().is_damaged);
    }

    TEST_CASE("a repaired spool that has lost its source does not offer again what may have arrived under it") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        {
            auto spool = a_spool(file);
            REQUIRE(spool.meets("agent"));
            put(spool, a_change("1"));
            REQUIRE(spool.offered(spool.next_waiting(0, 10)->entries, "agent"));
            put(spool, a_change("2"));
        }
        {
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("DELETE FROM about WHERE name = 'source'");
        }
        auto spool = a_spool(file);
        CHECK_FALSE(spool.found().empty());
        CHECK(waiting_ids(spool) == std::vector<std::string>{"2"});
        const auto doubtful = spool.list(SpoolState::doubtful, 0, 10);
        REQUIRE(doubtful->size() == 1);
        CHECK(doubtful->front().message.find("may have reached the agent") != std::string::npos);
    }

    TEST_CASE("an id that stands twice in a damaged file is rescued once") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        {
            auto spool = a_spool(file);
            put(spool, a_change("1", "A-1", -1));
        }
        {
            // As where damage has taken the first one out of the index, and it was submitted again.
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("ALTER TABLE entries RENAME TO of_before");
            database.exec("CREATE TABLE entries AS SELECT * FROM of_before");
            database.exec("INSERT INTO entries SELECT seq + 1, kind, id, body, sum, at, state, offered_to, ended_at, code, message FROM of_before");
            database.exec("DROP TABLE of_before");
            database.exec("PRAGMA user_version = 0");
        }
        auto spool = a_spool(file);
        CHECK_FALSE(spool.found().empty());
        CHECK(waiting_ids(spool) == std::vector<std::string>{"1"});
    }

    TEST_CASE("a repair waits until nobody else has the file open") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        auto spool = a_spool(file);
        put(spool, a_change("1"));
        const auto refused = repair_spool(file);
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::conflict);
        CHECK(waiting_ids(spool) == std::vector<std::string>{"1"});
    }

    TEST_CASE("a file that is not damaged stays where it is, whatever hinders its being opened") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        std::string why;
        SUBCASE("it is whole") { fill(file); }
        SUBCASE("a newer version has written it") {
            fill(file);
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("ALTER TABLE entries RENAME COLUMN body TO text; PRAGMA user_version=9");
            why = "newer version";
        }
        SUBCASE("it is another program's") {
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
            database.exec("CREATE TABLE carts(id TEXT); INSERT INTO carts VALUES('main')");
            why = "no spool";
        }
        const auto before = bytes_of(file);
        const auto repaired = repair_spool(file);
        CHECK(repaired.has_value() == why.empty());
        if (repaired) CHECK(repaired->set_aside.empty());
        if (!repaired) CHECK(repaired.error().message.find(why) != std::string::npos);
        CHECK(set_aside(dir.path()).empty());
        CHECK(!fs::exists(file.string() + ".repaired"));
        CHECK(bytes_of(file) == before);
        // Nor does a program that opens it put another one in its place.
        const auto opened = Spool::open(file, "test");
        CHECK(opened.has_value() == why.empty());
        CHECK(set_aside(dir.path()).empty());
        CHECK(bytes_of(file) == before);
    }

    TEST_CASE("a file that this user may not read is not damaged: it stays, and that is said") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        // A folder of its name is what nobody can open as a file, not even the system's own user.
        fs::create_directories(file / "inside");
        const auto refused = repair_spool(file);
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::storage);
        CHECK(set_aside(dir.path()).empty());
        CHECK(fs::exists(file / "inside"));
    }

    TEST_CASE("where there is no spool, a repair leaves nothing behind") {
        const TempDir dir;
        const auto refused = repair_spool(dir.path() / "spool.db");
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::not_found);
        CHECK(fs::is_empty(dir.path()));
    }

    TEST_CASE("a spool that was cut to nothing has lost what stood in it, and that is said") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        fill(file);
        fs::resize_file(file, 0);
        const auto told = Spool::open(file, "test", Spool::OnDamage::tell);
        REQUIRE(!told);
        CHECK(told.error().message.find("damaged") != std::string::npos);
        CHECK(told.error().message.find("--file \"" + file.string() + "\"") != std::string::npos);
        CHECK(fs::file_size(file) == 0);
        auto spool = a_spool(file);
        CHECK(spool.found().find("may be missing") != std::string::npos);
        CHECK(set_aside(dir.path()).size() == 1);
    }

    TEST_CASE("a repair that was killed between its renamings is ended by the next opening") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        fill(file);
        fs::rename(file, file.string() + ".repaired");
        std::ofstream{file.string() + "-wal"} << "the old file's";
        auto spool = a_spool(file);
        CHECK(spool.found().empty());
        CHECK(waiting_ids(spool).size() == many);
    }

    TEST_CASE("a repair that was killed before them is forgotten: the old file counts") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        fill(file);
        { auto half = a_spool(file.string() + ".repaired"); }
        auto spool = a_spool(file);
        CHECK(waiting_ids(spool).size() == many);
    }
}
