// Databases that are not what they were: set back to an older copy, copied to another machine, exchanged, or lost; the
// agent's and the store's. Whoever notices says so, nothing is posted twice meanwhile, and in the end every count is right.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "ipc/spool/outbox.h"
#include "tests/agent/desk.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

// The Order Manager has imported the cart's web orders; there are none. Parked posts end by the look that follows.
void import_orders(Bench& bench, const std::string& cart = "main") {
    ipc::orders::Imported imported;
    imported.cart = cart;
    imported.orders.emplace();
    bench.agent.must(imported);
}

void accept(Bench& bench, const std::string& cart = "main") {
    ipc::carts::AcceptStore accept;
    accept.cart = cart;
    bench.agent.must(accept);
}

// A copy of an agent's data folder, as a backup makes one, and its way back.
class Backup {
public:
    // The agent is stopped for it, and runs again afterwards.
    explicit Backup(AgentProcess& agent) : agent_{agent} {
        CHECK(agent_.stop() == 0);
        fs::copy(agent_.data_dir(), copy(), fs::copy_options::recursive);
        agent_.start();
    }
    // The agent is not running.
    void put_back() const {
        fs::remove_all(agent_.data_dir());
        fs::copy(copy(), agent_.data_dir(), fs::copy_options::recursive);
        fs::permissions(agent_.data_dir(), fs::perms::owner_all);
    }

private:
    [[nodiscard]] fs::path copy() const { return agent_.folder() / "copy"; }
    AgentProcess& agent_;
};

// The files of a practice store's database; SQLite's log belongs to them.
void copy_database(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const char* part : {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm"}) {
        fs::remove(to / part);
        if (fs::exists(from / part)) fs::copy_file(from / part, to / part);
    }
}

void pause(Bench& bench, bool is_on) {
    if (is_on) {
        ipc::stack::Pause request;
        request.cart = "main";
        bench.agent.must(request);
    } else {
        ipc::stack::Resume request;
        request.cart = "main";
        bench.agent.must(request);
    }
}

}  // namespace

TEST_SUITE("Copies of the agent's database") {
    TEST_CASE("a copy that was put back is noticed at the start, when no store can be asked") {
        Bench bench;
        const Backup copy{bench.agent};
        for (int n = 0; n < 5; ++n) bench.submit(fmt::format("c{}", n), "SKU-0003", -1);
        REQUIRE(bench.rests());
        bench.store.stop();
        CHECK(bench.agent.stop() == 0);
        bench.agent.start();
        CHECK_FALSE(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);  // its own folder
        CHECK(bench.agent.stop() == 0);
        copy.put_back();
        bench.agent.start();
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
    }
    TEST_CASE("yesterday's copy of the database stops all carts until a person has accepted them") {
        Bench bench;
        PracticeStore second{{.products = 3, .floor = PracticeStore::Floor::none}};
        bench.agent.must(cart_for("second", second.url(), second.user(), second.password()));
        REQUIRE(bench.rests());
        // A change that waits in the copy, and was sent after the copy was made.
        ipc::stack::Pause pause;
        pause.cart = "main";
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -1);
        CHECK(bench.agent.stop() == 0);
        const auto copy = bench.agent.folder() / "copy";
        fs::copy(bench.agent.data_dir(), copy, fs::copy_options::recursive);
        bench.agent.start();
        ipc::stack::Resume resume;
        resume.cart = "main";
        bench.agent.must(resume);
        for (int n = 0; n < 5; ++n) bench.submit(fmt::format("d{}", n), "SKU-0003", -1);
        REQUIRE(bench.rests());
        CHECK(bench.agent.stop() == 0);
        const auto counts = [&] {
            return std::vector{bench.store.count("SKU-0002"), bench.store.count("SKU-0003"),
                               second.count("SKU-0002"), second.count("SKU-0003")};
        };
        const auto before = counts();
        fs::remove_all(bench.agent.data_dir());
        fs::rename(copy, bench.agent.data_dir());

        for (int start = 0; start < 2; ++start) {  // it is not forgotten by a restart
            bench.agent.start();
            CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
            const auto status = bench.agent.must(ipc::agent::Status{});
            CHECK(status.restored == true);
            for (const auto& cart : status.carts) {
                CHECK(cart.health == ipc::Health::stopped);
                CHECK(cart.waiting_for == ipc::WaitingFor::restored);
                REQUIRE(cart.last_error);
                CHECK(cart.last_error->code == "agent_restored");
            }
            for (const auto& post : bench.posts()) CHECK(post.parked == true);
            CHECK(!bench.posts().empty());
            CHECK(bench.alert(ipc::AlertKind::restored));
            if (start == 0) bench.agent.kill();
        }
        // What was submitted after the copy is offered again; it moves the book and is not posted.
        for (int n = 0; n < 5; ++n) {
            auto change = a_change(fmt::format("d{}", n), "SKU-0003", -1);
            change.again = true;
            CHECK(bench.submit({change}).accepted == 1);
        }
        accept(bench);
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        accept(bench, "second");
        resume.cart = "main";
        bench.agent.must(resume);
        CHECK(!bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        take_counts(bench.agent, bench.store, 3, "behind the restore");
        import_orders(bench);
        import_orders(bench, "second");
        REQUIRE(bench.rests());
        CHECK(counts() == before);
        CHECK(bench.cart("main").health == ipc::Health::ok);
        CHECK(bench.cart("second").health == ipc::Health::ok);
        bench.submit("after", "SKU-0002", -3);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before[0] - 3);
        CHECK(second.count("SKU-0002") == before[2] - 3);
    }

    TEST_CASE("a database that was set back while the marker is gone is told by the store") {
        Bench bench;
        // One post waits in the copy, and is sent after the copy was made.
        ipc::stack::Pause pause;
        pause.cart = "main";
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -1);
        ipc::stack::Pause pause_post;
        pause_post.posts = {bench.posts().at(0).post};
        bench.agent.must(pause_post);
        ipc::stack::Resume resume;
        resume.cart = "main";
        bench.agent.must(resume);
        CHECK(bench.agent.stop() == 0);
        const auto copy = bench.agent.folder() / "copy";
        fs::copy(bench.agent.data_dir(), copy, fs::copy_options::recursive);
        bench.agent.start();
        ipc::stack::Resume resume_post;
        resume_post.posts = pause_post.posts;
        bench.agent.must(resume_post);
        for (int n = 0; n < 3; ++n) {
            bench.submit(fmt::format("d{}", n), "SKU-0003", -1);
            REQUIRE(bench.rests());
        }
        CHECK(bench.agent.stop() == 0);
        const auto before = bench.store.count("SKU-0003");
        fs::remove_all(bench.agent.data_dir());
        fs::rename(copy, bench.agent.data_dir());
        fs::remove_all(bench.agent.folder() / "state");
        bench.agent.start();
        REQUIRE(eventually([&] { return bench.cart().health == ipc::Health::stopped; }));
        CHECK(bench.cart().last_error->code == "agent_restored");
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        CHECK(bench.store.count("SKU-0003") == before);
        const auto waiting = bench.store.count("SKU-0002");
        REQUIRE(bench.posts().size() == 1);
        CHECK(bench.posts()[0].parked == true);
        accept(bench);
        take_counts(bench.agent, bench.store, 3, "behind the restore");
        import_orders(bench);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == waiting);
        bench.submit("after", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == waiting - 1);
        CHECK(bench.cart().health == ipc::Health::ok);
    }

    TEST_CASE("the data folder of another machine posts nothing until a person says which one lives") {
        Bench bench;
        PracticeStore second{{.products = 3, .floor = PracticeStore::Floor::none}};
        bench.agent.must(cart_for("second", second.url(), second.user(), second.password()));
        bench.submit("c0", "SKU-0002", 1);
        REQUIRE(bench.rests());
        const auto old_id = bench.agent.must(ipc::agent::Hello{"test", 1}).agent;
        CHECK(bench.agent.stop() == 0);
        SqliteFile{bench.agent.data_dir() / "stocktray.db"}.query("UPDATE agent SET machine = 'another one'");
        bench.agent.start();
        for (const auto& cart : bench.agent.must(ipc::agent::Status{}).carts) {
            CHECK(cart.health == ipc::Health::stopped);
            REQUIRE(cart.last_error);
            CHECK(cart.last_error->code == "cloned");
        }
        const auto before = bench.store.count("SKU-0002");
        const auto before_second = second.count("SKU-0002");
        bench.submit("c1", "SKU-0002", -2);
        bench.agent.kill();
        bench.agent.start();
        CHECK(bench.cart().last_error->code == "cloned");
        CHECK(bench.store.count("SKU-0002") == before);
        ipc::carts::AcceptStore accept;
        accept.cart = "main";
        CHECK(outcome(bench.agent, accept) == "conflict");
        for (const char* cart : {"main", "second"}) {
            ipc::carts::Takeover takeover;
            takeover.cart = cart;
            bench.agent.must(takeover);
        }
        CHECK(bench.agent.must(ipc::agent::Hello{"test", 1}).agent != old_id);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 2);
        CHECK(second.count("SKU-0002") == before_second - 2);
        CHECK(bench.cart("second").health == ipc::Health::ok);
    }

    TEST_CASE("an old book is no measure: what the copy calls unsent is not sent before the Order Manager has counted") {
        Bench bench;
        pause(bench, true);
        bench.submit("c1", "SKU-0002", -5);
        const Backup yesterday{bench.agent};
        pause(bench, false);
        bench.submit("c2", "SKU-0002", 5);
        REQUIRE(bench.rests());
        const auto before = bench.store.count("SKU-0002");
        bench.agent.kill();
        yesterday.put_back();

        bench.agent.start();
        accept(bench);
        pause(bench, false);
        import_orders(bench);
        // By the copy's book the store has five pieces too many, just what it believes it has not sent.
        CHECK(!eventually([&] { return bench.store.count("SKU-0002") != before; }, 3s));
        REQUIRE(bench.posts().size() == 1);
        CHECK(bench.posts()[0].parked == true);
        take_counts(bench.agent, bench.store, 3, "behind the restore");
        import_orders(bench);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before);
        CHECK(bench.book("SKU-0002") == before);
    }

    TEST_CASE("libstocktray tells a restored agent again what it forgot, and an agent that is new nothing") {
        Bench bench;
        const auto open_outbox = [&] {
            return ipc::Outbox::open({"test 1.0", bench.agent.endpoint(), bench.agent.folder() / "spool.db"}).value();
        };
        const auto submit = [](ipc::Outbox& outbox, const std::string& id) {
            const auto done = outbox.submit({a_change(id, "SKU-0002", -1)}, 20s);
            REQUIRE(done);
            CHECK(done->front().place == ipc::Outbox::Place::at_agent);
        };
        submit(*open_outbox(), "known to the copy");
        REQUIRE(bench.rests());
        const Backup yesterday{bench.agent};
        for (int n = 0; n < 4; ++n) submit(*open_outbox(), fmt::format("forgotten-{}", n));
        REQUIRE(bench.rests());
        const auto count = bench.store.count("SKU-0002");
        CHECK(bench.book("SKU-0002") == count);
        bench.agent.kill();
        yesterday.put_back();

        bench.agent.start();
        CHECK(bench.book("SKU-0002") == count + 4);
        {
            const auto outbox = open_outbox();
            CHECK(*outbox->flush(20s));
            REQUIRE(eventually([&] { return bench.book("SKU-0002") == count; }));
        }
        (void)*open_outbox()->flush(20s);  // the next program finds that it was told
        CHECK(bench.book("SKU-0002") == count);
        accept(bench);
        take_counts(bench.agent, bench.store, 3, "behind the restore");
        import_orders(bench);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == count);

        // An agent with an empty folder gets the counts, never old changes.
        CHECK(bench.agent.stop() == 0);
        fs::remove_all(bench.agent.data_dir());
        bench.agent.start();
        CHECK(!bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
        (void)*open_outbox()->flush(20s);
        CHECK(!bench.book("SKU-0002"));
        // Nor does it post to the store before a person has said that it is the one from now on.
        set_parameter(bench.agent, "SynchQOH", true);
        set_parameter(bench.agent, "SettleSeconds", std::int64_t{1});
        take_counts(bench.agent, bench.store, 3);
        bench.agent.must(cart_for("main", bench.valve.url(), bench.store.user(), bench.store.password()));
        submit(*open_outbox(), "to the new one");
        REQUIRE(eventually([&] { return bench.alert(ipc::AlertKind::other_agent).has_value(); }));
        CHECK(bench.store.count("SKU-0002") == count);
        ipc::carts::Takeover takeover;
        takeover.cart = "main";
        bench.agent.must(takeover);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == count - 1);
    }

    TEST_CASE("two agents on one folder, the second under another endpoint: it ends, the first goes on") {
        Bench bench;
        AgentProcess second;
        fs::remove_all(second.data_dir());
        fs::create_directory_symlink(bench.agent.data_dir(), second.data_dir());
        second.start_without_waiting();
        CHECK(second.process().wait(20s) == 73);
        CHECK(second.process().errors().find("data folder is in use") != std::string::npos);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(bench.rests());
    }

    TEST_CASE("a copy of the folder beside the living agent: the store lets the one post that it knows, each change counts once") {
        // The same machine, so that only the store can tell: the copy runs under the same id.
        Bench bench;
        bench.submit("c0", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(bench.agent.stop() == 0);
        AgentProcess copy;
        fs::copy(bench.agent.data_dir(), copy.data_dir(), fs::copy_options::recursive);
        fs::permissions(copy.data_dir(), fs::perms::owner_all);
        bench.agent.start();
        auto expected = bench.store.count("SKU-0002");
        for (int n = 0; n < 5; ++n) {
            bench.submit(fmt::format("living-{}", n), "SKU-0002", -1);
            --expected;
            REQUIRE(bench.rests());
        }
        copy.start();
        copy.must(a_submit({a_change("copied-0", "SKU-0002", -1)}));
        // It learns at its first contact that the store has numbers from a future that it does not know.
        REQUIRE(eventually([&] { return copy.must(ipc::agent::Hello{"test", 1}).restored; }));
        CHECK(bench.store.count("SKU-0002") == expected);
        bench.submit("living-5", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == expected - 1);
    }
}

TEST_SUITE("Copies of the store's database") {
    TEST_CASE("a store set back to an older copy stops; once accepted, the audit names what is missing and a Send brings it back") {
        Bench bench;
        Desk desk{bench};
        desk.import_orders();
        bench.submit("c0", "SKU-0003", -1);
        REQUIRE(bench.rests());
        const auto backup = bench.agent.folder() / "store-copy";
        bench.store.stop();
        copy_database(bench.store.directory(), backup);
        bench.store.start();
        for (int n = 0; n < 4; ++n) {
            bench.submit(fmt::format("c{}", n + 1), "SKU-0002", -1);
            REQUIRE(bench.rests());
        }
        const auto right = *bench.book("SKU-0002");
        CHECK(bench.store.count("SKU-0002") == right);
        bench.store.stop();
        copy_database(backup, bench.store.directory());
        bench.store.start();
        PracticeStore* const store = &bench.store;
        CHECK(SqliteFile{store->directory() / "store.sqlite"}.number("SELECT qoh FROM items WHERE sku = 'SKU-0002'") == right + 4);

        bench.submit("c9", "SKU-0003", -1);
        REQUIRE(eventually([&] { return bench.alert(ipc::AlertKind::restored).has_value(); }));
        CHECK(bench.cart().health == ipc::Health::stopped);
        CHECK(bench.cart().last_error->code == "store_restored");
        bench.submit("c9 behind it", "SKU-0003", -1);
        CHECK(bench.cart().queued == 1);
        accept(bench);
        desk.import_orders();
        REQUIRE(bench.rests());
        CHECK(!bench.alert(ipc::AlertKind::restored));
        const auto audit = desk.run(a_job(ipc::JobKind::audit));
        CHECK(desk.results(audit.job).at("SKU-0002").result == ipc::JobResult::different);
        const auto send = desk.run(a_job(ipc::JobKind::send_qoh));
        CHECK(send.state == ipc::JobState::done);
        REQUIRE(bench.rests());
        const auto count = [&](const std::string& sku) {
            return SqliteFile{store->directory() / "store.sqlite"}.number("SELECT qoh FROM items WHERE sku = ?", {sku});
        };
        for (const char* sku : {"SKU-0001", "SKU-0002", "SKU-0003"}) {
            CAPTURE(sku);
            CHECK(count(sku) == *bench.book(sku));
        }
        CHECK(count("SKU-0002") == right);
        bench.submit("c10", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(count("SKU-0002") == right - 1);
    }

    TEST_CASE("two stores whose databases were exchanged are both stopped by name, and nothing is posted to the wrong one") {
        Bench bench;
        PracticeStore second{{.products = 3, .floor = PracticeStore::Floor::none}};
        bench.agent.must(cart_for("second", second.url(), second.user(), second.password()));
        bench.submit("c0", "SKU-0002", -1);
        REQUIRE(bench.rests());
        const auto aside = bench.agent.folder() / "aside";
        bench.store.stop();
        second.stop();
        copy_database(bench.store.directory(), aside);
        copy_database(second.directory(), bench.store.directory());
        copy_database(aside, second.directory());
        const auto files = [&] {
            return std::vector{SqliteFile{bench.store.directory() / "store.sqlite"}.number("SELECT qoh FROM items WHERE sku = 'SKU-0002'"),
                               SqliteFile{second.directory() / "store.sqlite"}.number("SELECT qoh FROM items WHERE sku = 'SKU-0002'")};
        };
        const auto before = files();
        bench.store.start();
        second.start();
        bench.submit("c1", "SKU-0002", -7);
        for (const char* cart : {"main", "second"}) {
            CAPTURE(cart);
            REQUIRE(eventually([&] { return bench.cart(cart).health == ipc::Health::stopped; }));
            CHECK(bench.cart(cart).last_error->code == "store_changed");
        }
        CHECK(files() == before);
    }
}
