#include "ipc/spool/spool.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/ipc/spool/spools.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::TempDir;

TEST_SUITE("Spool") {
    TEST_CASE("what was appended waits in order, also for who opens it later") {
        const TempDir dir;
        const auto file = dir.path() / "a" / "b" / "spool.db";
        std::string source;
        {
            auto spool = a_spool(file);
            source = spool.source();
            put(spool, a_change("1"));
            const std::vector changes{a_change("2", "B"), a_change("3", "C", 7)};
            REQUIRE(spool.append(changes, 2'000));
        }
        auto spool = a_spool(file);
        CHECK(spool.source() == source);
        const auto entries = spool.next_waiting(0, 100);
        REQUIRE(entries);
        CHECK(ids_of(entries->entries) == std::vector<std::string>{"1", "2", "3"});
        const auto change = entries->entries.back().change();
        REQUIRE(change);
        CHECK(change->sku == "C");
        CHECK(change->delta == 7);
        CHECK(entries->entries.back().at == 2'000);
    }

    // SQLite's locks are the process's: one careless close of the file ends them, and who comes then believes to be alone.
    TEST_CASE("what is appended stays although another program opens and closes the spool in between") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        const auto as_another_program_sees_it = [&] {
            return stocktray::tests::run({{"sqlite3", file.string(), "SELECT count(*) FROM entries"}, {}, {}}).output;
        };
        auto first = a_spool(file);
        auto second = a_spool(file);  // as a program with a thread that delivers
        put(first, a_change("1"));
        CHECK(as_another_program_sees_it() == "1\n");
        put(first, a_change("2"));
        put(second, a_change("3"));
        CHECK(as_another_program_sees_it() == "3\n");
        put(second, a_change("4"));
        CHECK(as_another_program_sees_it() == "4\n");
    }

    TEST_CASE("a spool whose file was taken away takes nothing more: nobody would ever find it") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        auto spool = a_spool(file);
        put(spool, a_change("1"));
        SUBCASE("removed") { std::filesystem::remove(file); }
        SUBCASE("another one in its place") {
            std::filesystem::rename(file, dir.path() / "elsewhere.db");
            (void)a_spool(file);
        }
        const auto change = a_change("2");
        const auto refused = spool.append({&change, 1}, 1'000);
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::storage);
        CHECK(refused.error().message.find("removed or replaced") != std::string::npos);
    }

    TEST_CASE("file and folder are this user's alone") {
        const TempDir dir;
        const auto file = dir.path() / "om" / "spool.db";
        auto spool = a_spool(file);
        put(spool, a_change("1"));
        for (const auto& path : {file, std::filesystem::path{file.string() + "-wal"}, std::filesystem::path{file.string() + ".lock"}}) {
            struct stat found {};
            REQUIRE(::stat(path.c_str(), &found) == 0);
            CHECK((found.st_mode & 0077) == 0);
        }
        struct stat folder {};
        REQUIRE(::stat(file.parent_path().c_str(), &folder) == 0);
        CHECK((folder.st_mode & 0077) == 0);
    }

    TEST_CASE("each spool has a source of its own, printable whatever the client is called") {
        const TempDir dir;
        auto one = Spool::open(dir.path() / "1.db", "Bücher & mehr, a program with a very long name indeed");
        auto other = Spool::open(dir.path() / "2.db", "Bücher & mehr, a program with a very long name indeed");
        REQUIRE(one);
        REQUIRE(other);
        CHECK(one->source() != other->source());
        CHECK(one->source().size() <= 64);
        for (const char c : one->source()) CHECK((c > ' ' && c < 127));
    }

    TEST_CASE("an id that is known and means the same is not spooled twice") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        const auto seq = put(spool, a_change("1"));
        auto again = a_change("1");
        again.at = 5'000;
        CHECK(put(spool, again) == seq);
        const SpoolVerdict verdict{.seq = seq};
        REQUIRE(spool.end({&verdict, 1}, 2'000));
        CHECK(put(spool, again) == seq);
        CHECK(waiting_ids(spool).empty());
    }

    TEST_CASE("an id that means something else is a conflict, and nothing of the submission is taken") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        put(spool, a_change("1", "A-1", -1));
        const std::vector changes{a_change("2"), a_change("1", "A-1", -2)};
        const auto refused = spool.append(changes, 1'000);
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::conflict);
        CHECK(refused.error().message.find("id 1") != std::string::npos);
        CHECK(waiting_ids(spool) == std::vector<std::string>{"1"});
    }

    TEST_CASE("orders come out between the changes they vouch for") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        put(spool, a_change("1"));
        REQUIRE(spool.append(orders::Imported{.cart = "main", .at = 1, .last_order = "7"}, 1'000));
        put(spool, a_change("2"));
        std::vector<std::string> kinds;
        for (;;) {
            const auto waiting = spool.next_waiting(0, 10);
            REQUIRE(waiting);
            const auto& entries = waiting->entries;
            if (entries.empty()) break;
            kinds.emplace_back(to_string(entries.front().kind));
            CHECK(entries.size() == 1);
            const SpoolVerdict verdict{.seq = entries.front().seq};
            REQUIRE(spool.end({&verdict, 1}, 2'000));
        }
        CHECK(kinds == std::vector<std::string>{"change", "orders", "change"});
    }

    TEST_CASE("what was offered to an agent that is replaced is doubtful; what was not, goes to the new one") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        REQUIRE(spool.meets("old"));
        put(spool, a_change("1"));
        REQUIRE(spool.offered(spool.next_waiting(0, 10)->entries, "old"));
        put(spool, a_change("2"));
        CHECK(*spool.meets("old") == 0);
        CHECK(*spool.meets("new") == 1);
        CHECK(waiting_ids(spool) == std::vector<std::string>{"2"});
        const auto doubtful = spool.list(SpoolState::doubtful, 0, 10);
        REQUIRE(doubtful);
        REQUIRE(doubtful->size() == 1);
        CHECK(doubtful->front().message.find("nobody knows") != std::string::npos);
        SUBCASE("a person offers it again") {
            REQUIRE(spool.offer_again(doubtful->front().seq));
            CHECK(waiting_ids(spool) == std::vector<std::string>{"1", "2"});
        }
        SUBCASE("a person leaves it") {
            REQUIRE(spool.leave(doubtful->front().seq, "counted by hand", 3'000));
            CHECK(spool.counts()->doubtful == 0);
            CHECK(spool.delivered_since(3'000, 0, 10)->empty());
        }
    }

    TEST_CASE("delivered changes are kept for 30 days, refused ones until somebody has decided") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        const std::vector verdicts{
            SpoolVerdict{.seq = put(spool, a_change("old"))},
            SpoolVerdict{put(spool, a_change("refused")), SpoolState::refused, "not_found", "There is no such cart."}};
        REQUIRE(spool.end(verdicts, 1'000));
        const SpoolVerdict later{.seq = put(spool, a_change("young"))};
        REQUIRE(spool.end({&later, 1}, 2'000));
        const std::int64_t then = 1'000 + Spool::kept_for_ms;
        CHECK(ids_of(*spool.delivered_since(then, 0, 10)) == std::vector<std::string>{"young"});
        REQUIRE(spool.prune(then));
        CHECK(ids_of(*spool.list(std::nullopt, 0, 10)) == std::vector<std::string>{"refused", "young"});
    }

    TEST_CASE("a verdict that comes second changes nothing") {
        const TempDir dir;
        auto spool = a_spool(dir.path() / "spool.db");
        const auto seq = put(spool, a_change("1"));
        const SpoolVerdict delivered{.seq = seq};
        const SpoolVerdict refused{seq, SpoolState::refused, "conflict", "?"};
        REQUIRE(spool.end({&delivered, 1}, 1'000));
        REQUIRE(spool.end({&refused, 1}, 1'000));
        CHECK(spool.counts()->delivered == 1);
        CHECK(spool.counts()->refused == 0);
    }

    TEST_CASE("a newer version's spool is left alone") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        { auto spool = a_spool(file); }
        {
            SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
            database.exec("PRAGMA user_version=2");
        }
        const auto opened = Spool::open(file, "test");
        REQUIRE(!opened);
        CHECK(opened.error().code == Code::unsupported);
    }

    TEST_CASE("a place that cannot be written is told by name") {
        const TempDir dir;
        { std::FILE* file = std::fopen((dir.path() / "file").c_str(), "w"); std::fclose(file); }
        const auto opened = Spool::open(dir.path() / "file" / "spool.db", "test");
        REQUIRE(!opened);
        CHECK(opened.error().code == Code::storage);
        CHECK(opened.error().message.find((dir.path() / "file").string()) != std::string::npos);
    }
}
