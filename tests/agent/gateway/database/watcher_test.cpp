#include "agent/gateway/database/watcher.h"

#include <fstream>

#include "tests/agent/gateway/database/a_watch.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace stocktray::gateway::database;

TEST_SUITE("Watcher") {
    TEST_CASE("the first run is a snapshot and posts nothing") {
        Watch watch;
        const auto round = watch.round();
        CHECK(round.rows == 2);
        CHECK(round.told.in_snapshot == 2);
        CHECK(round.told.changes == 0);
        CHECK(watch.in_book("A") == 100);
        CHECK(watch.in_book("B") == 5);
        CHECK(watch.book.offered.empty());
        CHECK(watch.round().told.in_snapshot == 0);
    }

    TEST_CASE("a count that goes back and forth is posted each time, and comes out even") {
        Watch watch;
        watch.settle();
        for (const std::int64_t qoh : {99, 100, 99, 100, 98}) {
            watch.database.counts["A"] = qoh;
            CHECK(watch.round().told.changes == 1);
            CHECK(watch.in_book("A") == qoh);
            CHECK(posted(watch.bench, "A") == qoh - 100);
        }
        CHECK(watch.round().told.changes == 0);
        CHECK(posted(watch.bench, "B") == 0);
    }

    TEST_CASE("more SKUs than go into one request are all told") {
        std::map<std::string, std::int64_t> many;
        for (int n = 0; n < 1'101; ++n) many[fmt::format("S{:04}", n)] = n;
        Watch watch{many};
        watch.limits.percent = 100;
        watch.end();
        watch.begin();
        CHECK(watch.round().told.in_snapshot == 1'101);
        for (auto& [sku, qoh] : watch.database.counts) ++qoh;
        CHECK(watch.round().told.changes == 1'101);
        CHECK(watch.in_book("S1100") == 1'101);
        CHECK(watch.book.offered.size() == 1'101);
    }

    TEST_CASE("a reading that breaks off tells nothing of what it had read") {
        Watch watch;
        watch.settle();
        watch.database.counts = {{"A", 90}, {"B", 4}};
        watch.database.breaks_after = 1;
        const auto broken = watch.watcher->round(watch.now += 10'000);
        REQUIRE_FALSE(broken);
        CHECK(broken.error().by == Stopped::By::database);
        CHECK(broken.error().message == "The connection was lost.");
        CHECK(watch.in_book("A") == 100);
        CHECK(watch.round().told.changes == 2);
    }

    TEST_CASE("a SKU that is missing is told nothing, and is compared when it comes back") {
        Watch watch;
        watch.settle();
        watch.database.counts.erase("A");
        watch.settle();
        CHECK(watch.in_book("A") == 100);
        CHECK(watch.state->count(State::Which::gone) == 1);
        CHECK(watch.state->find("A")->gone_at);
        watch.database.counts["A"] = 97;
        CHECK(watch.round().told.changes == 1);
        CHECK(posted(watch.bench, "A") == -3);
        CHECK(watch.state->count(State::Which::gone) == 0);
    }

    TEST_CASE("a SKU that is answered twice is named and not told; the others are") {
        Watch watch;
        watch.settle();
        watch.database.counts["B"] = 4;
        for (const auto* qoh : {"100", "3"}) {
            watch.database.more = {{.sku = "A", .qoh = qoh}};
            const auto round = watch.round();
            CHECK(round.bad_rows == std::vector<std::string>{"A: the query answers it more than once; it is not told."});
            CHECK(watch.in_book("A") == 100);
            CHECK(watch.in_book("B") == 4);
        }
        watch.database.more = {{.sku = "NEW", .qoh = "1"}, {.sku = "NEW", .qoh = "2"}};
        CHECK(watch.round().bad_row_count == 1);
        CHECK_FALSE(watch.bench.store.items.find("NEW"));
    }

    TEST_CASE("rows that cannot be read are named, and do not count as missing") {
        Watch watch;
        watch.settle();
        watch.database.counts.erase("A");
        watch.database.more = {{.sku = "A", .qoh = "2.5"}, {.qoh = "1"}};
        const auto round = watch.round();
        CHECK(round.bad_rows == std::vector<std::string>{"A: its count 2.5 is no whole number.", "Row 3: its SKU is NULL."});
        CHECK(watch.state->count(State::Which::gone) == 0);
    }

    TEST_CASE("too much at once waits for a person; the yes is for that reading only") {
        std::map<std::string, std::int64_t> many;
        for (int n = 0; n < 50; ++n) many[fmt::format("S{:02}", n)] = 10;
        Watch watch{many};
        watch.settle();
        CHECK_FALSE(Watcher::allow(*watch.state));
        for (auto& [sku, qoh] : watch.database.counts) qoh = 7;
        for (int n = 0; n < 3; ++n) CHECK(watch.round().question == "50 of 50 counts have changed at once.");
        CHECK(watch.in_book("S00") == 10);
        CHECK(Watcher::allow(*watch.state));
        CHECK(watch.round().told.changes == 50);
        CHECK(watch.in_book("S00") == 7);
        for (auto& [sku, qoh] : watch.database.counts) qoh = 6;
        CHECK(watch.round().question);
    }

    TEST_CASE("a database that goes back to what was told ends the question by itself") {
        std::map<std::string, std::int64_t> many;
        for (int n = 0; n < 50; ++n) many[fmt::format("S{:02}", n)] = 10;
        Watch watch{many};
        watch.settle();
        watch.database.counts.clear();
        CHECK(watch.round().question == "The query answers no row; 50 SKUs were there before.");
        watch.database.counts = many;
        CHECK_FALSE(watch.round().question);
        CHECK_FALSE(Watcher::allow(*watch.state));
        CHECK(watch.book.offered.empty());
    }

    TEST_CASE("an agent that was restored gets a whole snapshot and no change is posted twice") {
        Watch watch;
        watch.settle();
        watch.database.counts["A"] = 95;
        watch.settle();
        CHECK(posted(watch.bench, "A") == -5);
        // Yesterday's database: the stores have had the five already.
        watch.bench.turn([&] {
            auto item = *watch.bench.store.items.find("A");
            item.qoh = inventory::Quantity{100};
            watch.bench.store.items.save(item);
            auto identity = watch.bench.store.identity.get();
            identity.trouble = store::Trouble::restored;
            watch.bench.store.identity.save(identity);
        });
        watch.book.run = "run-2";
        const auto round = watch.round();
        CHECK(round.told.in_snapshot == 2);
        CHECK(round.told.changes == 0);
        CHECK(watch.in_book("A") == 95);
        CHECK(posted(watch.bench, "A") == -5);
        CHECK(watch.round().told.in_snapshot == 0);
        // Healed: it goes on with changes.
        watch.bench.turn([&] {
            auto identity = watch.bench.store.identity.get();
            identity.trouble = store::Trouble::none;
            watch.bench.store.identity.save(identity);
        });
        watch.database.counts["A"] = 94;
        CHECK(watch.round().told.changes == 1);
        CHECK(watch.round().told.in_snapshot == 0);
    }

    TEST_CASE("what was offered to a former agent is not offered to the next") {
        Watch watch;
        watch.settle();
        watch.database.counts["A"] = 95;
        watch.book.fate = [n = 0]() mutable { return n++ == 0 ? BenchBook::Fate::request_lost : BenchBook::Fate::arrives; };
        CHECK_FALSE(watch.watcher->round(watch.now += 10'000));
        CHECK(watch.state->count(State::Which::offered) == 1);
        watch.bench.turn([&] {
            auto identity = watch.bench.store.identity.get();
            identity.incarnation = "incarnation-0002";
            watch.bench.store.identity.save(identity);
        });
        const auto offered = watch.book.offered.size();
        CHECK(watch.round().told.in_snapshot == 2);
        CHECK(watch.book.offered.size() == offered);
        CHECK(watch.in_book("A") == 95);
        CHECK(posted(watch.bench, "A") == 0);
    }

    TEST_CASE("without its state file it tells what changed meanwhile, once") {
        Watch watch;
        watch.settle();
        watch.end();
        std::filesystem::remove(watch.file());
        watch.database.counts["A"] = 97;
        watch.begin();
        watch.settle();
        CHECK(watch.in_book("A") == 97);
        CHECK(posted(watch.bench, "A") == -3);
    }

    TEST_CASE("a state file from a copy does not bring back what is over") {
        Watch watch;
        watch.settle();
        watch.end();
        std::filesystem::copy_file(watch.file(), watch.dir.path() / "copy");
        watch.begin();
        watch.database.counts["A"] = 95;
        watch.settle();
        watch.end();
        std::filesystem::copy_file(watch.dir.path() / "copy", watch.file(), std::filesystem::copy_options::overwrite_existing);
        watch.database.counts["A"] = 100;  // what the copy believes to be told
        watch.begin();
        watch.settle();
        CHECK(watch.in_book("A") == 100);
        CHECK(posted(watch.bench, "A") == 0);
    }

    // Its versions are older than what the agent has: it takes them for superseded, and moves nothing.
    TEST_CASE("a clock that is wrong after the state file was lost does not swallow changes") {
        Watch watch;
        watch.settle();
        watch.database.counts["A"] = 99;
        watch.settle();
        watch.end();
        std::filesystem::remove(watch.file());
        watch.now -= std::int64_t{400} * 24 * 3'600'000;
        watch.begin();
        watch.settle();
        watch.database.counts["A"] = 90;
        for (int n = 0; n < 200 && watch.in_book("A") != 90; ++n) {
            (void)watch.round();
            watch.now += 3'600'000;
        }
        CHECK(watch.in_book("A") == 90);
        CHECK(posted(watch.bench, "A") == -10);
    }

    // The id of the change that a copy has forgotten is drawn once more: the agent knows it and moves nothing.
    TEST_CASE("an id that was used before is not taken for an acceptance") {
        Watch watch;
        watch.settle();
        watch.end();
        std::filesystem::copy_file(watch.file(), watch.dir.path() / "copy");
        watch.begin();
        watch.database.counts["A"] = 99;
        const auto then = watch.now;
        (void)watch.round();
        watch.database.counts["A"] = 100;
        watch.settle();
        watch.end();
        std::filesystem::copy_file(watch.dir.path() / "copy", watch.file(), std::filesystem::copy_options::overwrite_existing);
        watch.begin();
        watch.database.counts["A"] = 99;
        watch.now = then;
        for (int n = 0; n < 20; ++n) (void)watch.round();
        CHECK(watch.in_book("A") == 99);
        CHECK(posted(watch.bench, "A") == -1);
    }

    TEST_CASE("what somebody else has done to the book is found by the daily look, whatever the watermark says") {
        Watch watch;
        watch.database.mark = "1";
        watch.settle();
        watch.bench.snapshot({{"A", 50}});
        watch.settle();
        CHECK(watch.in_book("A") == 50);
        watch.now += std::int64_t{24} * 3'600'000;
        watch.settle();
        CHECK(watch.in_book("A") == 100);
    }

    TEST_CASE("a damaged state file is set aside") {
        Watch watch;
        watch.settle();
        watch.end();
        std::ofstream{watch.file(), std::ios::binary | std::ios::trunc} << std::string(5'000, 'x');
        watch.database.counts["A"] = 97;
        watch.begin();
        watch.settle();
        CHECK(posted(watch.bench, "A") == -3);
        CHECK(std::filesystem::exists(watch.file().string() + ".damaged"));
    }

    TEST_CASE("a state file of a newer program is refused") {
        Watch watch;
        watch.end();
        SQLite::Database{watch.file().string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version=2");
        const auto opened = State::open(watch.file());
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == ErrorCode::unsupported);
    }

    TEST_CASE("what the agent refuses is asked anew ever more seldom, and stands in front of a person") {
        Watch watch;
        watch.bench.submit("C", +3);  // counted in differences by another program
        watch.database.counts["C"] = 8;
        watch.settle();
        const auto first = watch.book.requests;
        int refusals = 0;
        for (int n = 0; n < 360; ++n) {  // an hour
            const auto before = watch.book.offered.size();
            (void)watch.round();
            refusals += static_cast<int>(watch.book.offered.size() - before);
        }
        CHECK(refusals < 15);
        CHECK(watch.book.requests - first < 60);
        const auto troubled = watch.state->list(State::Which::troubled, "", 10);
        (void)troubled;
        CHECK(watch.in_book("A") == 100);
    }

    TEST_CASE("a new name is told without moving the count") {
        Watch watch;
        watch.settle();
        watch.database.counts.erase("A");
        watch.database.more = {{.sku = "A", .qoh = "100", .name = Cell{"Lamp"}, .tracked = Cell{"0"}}};
        CHECK(watch.round().told.in_snapshot == 1);
        CHECK(watch.bench.item("A").name == "Lamp");
        CHECK_FALSE(watch.bench.item("A").is_tracked);
        CHECK(watch.in_book("A") == 100);
        CHECK(watch.round().told.in_snapshot == 0);
    }

    // Its snapshot would set the count back, and the next difference would be posted a second time.
    TEST_CASE("a new name does not undo what a second gateway has told meanwhile") {
        Watch watch;
        watch.settle();
        BenchBook second_book{watch.bench, "gateway-2"};
        FakeDatabase second_database;
        second_database.counts = {{"A", 99}, {"B", 5}};
        auto second_state = State::open(watch.dir.path() / "second.db").value();
        Watcher second{second_database, second_book, *second_state, {.name = "erp", .limits = {}}};
        watch.database.counts.erase("A");
        watch.database.more = {{.sku = "A", .qoh = "100", .name = Cell{"Lamp"}}};
        // Between the reading of the first and its telling.
        watch.book.fate = [&, n = 0]() mutable {
            if (n++ == 0)
                for (int k = 0; k < 3; ++k) REQUIRE(second.round(watch.now + k));
            return BenchBook::Fate::arrives;
        };
        (void)watch.round();
        CHECK(watch.in_book("A") == 99);
        watch.database.more = {{.sku = "A", .qoh = "99", .name = Cell{"Lamp"}}};
        watch.settle();
        CHECK(posted(watch.bench, "A") == -1);
        CHECK(watch.bench.item("A").name == "Lamp");
    }

    TEST_CASE("a reading that is old does not undo what a second gateway has told, although its clock is ahead") {
        Watch watch;
        watch.settle();
        BenchBook second_book{watch.bench, "gateway-2"};
        FakeDatabase second_database;
        second_database.counts = {{"A", 98}, {"B", 5}};
        auto second_state = State::open(watch.dir.path() / "second.db").value();
        Watcher second{second_database, second_book, *second_state, {.name = "erp", .limits = {}}};
        watch.database.counts["A"] = 99;
        watch.book.fate = [&, n = 0]() mutable {
            if (n++ == 0)
                for (int k = 0; k < 3; ++k) REQUIRE(second.round(watch.now - 3'600'000 + k));
            return BenchBook::Fate::arrives;
        };
        CHECK(watch.round().told.changes == 0);
        CHECK(watch.in_book("A") == 98);
        watch.database.counts["A"] = 98;
        watch.settle();
        CHECK(posted(watch.bench, "A") == -2);
    }

    // A part of a snapshot above all: taken over then, it would set a count back that the second one has moved.
    TEST_CASE("whatever comes very late, after a second gateway's changes and its own snapshot, moves nothing") {
        // An hour after its last part an open snapshot is discarded.
        for (const int minutes : {59, 61}) {
            bool was_late = true;
            for (int late = 0; was_late; ++late) {  // each request of the round once
                CAPTURE(minutes);
                CAPTURE(late);
                Watch watch;
                watch.settle();
                BenchBook second_book{watch.bench, "gateway-2"};
                FakeDatabase second_database;
                second_database.counts = {{"A", 100}, {"B", 5}};
                auto second_state = State::open(watch.dir.path() / "second.db").value();
                Watcher second{second_database, second_book, *second_state, {.name = "erp", .limits = {}}};
                const auto rounds_of_second = [&] {
                    for (int n = 0; n < 5; ++n) REQUIRE(second.round(watch.now += 10'000));
                };
                rounds_of_second();
                // A gets a name, B loses a piece: a snapshot and a change, of which one request is on its way for a long time.
                watch.database.counts = {{"B", 4}};
                watch.database.more = {{.sku = "A", .qoh = "100", .name = Cell{"Lamp"}}};
                int requests = 0;
                watch.book.fate = [&] { return requests++ == late ? BenchBook::Fate::arrives_late : BenchBook::Fate::arrives; };
                (void)watch.watcher->round(watch.now += 10'000);
                was_late = requests > late;
                watch.book.fate = [] { return BenchBook::Fate::arrives; };
                second_database.counts = {{"B", 3}};
                second_database.more = {{.sku = "A", .qoh = "99", .name = Cell{"Lamp"}}};
                rounds_of_second();
                watch.bench.pass(Milliseconds{minutes * 60'000});
                second_database.more = {{.sku = "A", .qoh = "99", .name = Cell{"Shade"}}};
                rounds_of_second();
                watch.book.let_late_ones_through();
                CHECK(watch.in_book("A") == 99);
                CHECK(watch.in_book("B") == 3);
                watch.database.counts = {{"B", 3}};
                watch.database.more = second_database.more;
                watch.settle();
                rounds_of_second();
                CHECK(posted(watch.bench, "A") == -1);
                CHECK(posted(watch.bench, "B") == -2);
                CHECK(watch.bench.item("A").name == "Shade");
            }
        }
    }

    TEST_CASE("without an agent the database is not asked") {
        Watch watch;
        watch.settle();
        const int before = watch.database.readings;
        watch.book.fate = [] { return BenchBook::Fate::request_lost; };
        watch.database.counts["A"] = 1;
        const auto stopped = watch.watcher->round(watch.now += 10'000);
        REQUIRE_FALSE(stopped);
        CHECK(stopped.error().by == Stopped::By::agent);
        CHECK(watch.database.readings <= before + 1);
    }
}
