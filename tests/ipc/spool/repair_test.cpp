#include "ipc/spool/repair.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <fstream>
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
        CHECK(ids_of(*spool.next_waiting(10)) == std::vector<std::string>{"2"});
        CHECK(spool.counts()->doubtful == 1);
        CHECK(spool.check()->size() == 1);
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
