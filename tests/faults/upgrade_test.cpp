// The agent of today on the data folders of its older versions, and upgrades that are cut off.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/agent/bench.h"
#include "tests/faults/disk/failing_disk.h"
#include "tests/faults/order_manager.h"
#include "tests/support/older_database.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace fs = std::filesystem;

namespace {

// An agent whose data folder an older version left, and the store of that version's cart.
class OldShop {
public:
    explicit OldShop(int version, AgentProcess::Options options = {})
        : version_{version}, store_{{.products = 1, .floor = PracticeStore::Floor::none}}, agent_{std::move(options)} {
        // The fixture's item, with what its cart had by then: one post was confirmed, one is unclear, one waits.
        store_.database().query("UPDATE items SET sku = 'ANVIL-1', qoh = 9");
        lay_out();
    }
    // The data folder as the older version left it.
    void lay_out() {
        fs::remove_all(agent_.data_dir());
        fs::create_directories(agent_.data_dir());
        fs::permissions(agent_.data_dir(), fs::perms::owner_all);
        make_older_database(version_, agent_.data_dir() / "stocktray.db");
        SqliteFile database{agent_.data_dir() / "stocktray.db"};
        database.query("UPDATE agent SET machine = ''");  // of this machine
        database.query("UPDATE carts SET url = ?, user = ?, allow_http = 1", {store_.url(), store_.user()});
        std::ofstream{agent_.data_dir() / "passwords.json"} << fmt::format(R"({{"main": "{}"}})", store_.password());
    }

    [[nodiscard]] AgentProcess& agent() { return agent_; }
    [[nodiscard]] PracticeStore& store() { return store_; }

    // What the older version knew is known.
    void compare() {
        const auto items = agent_.must(ipc::qoh::List{}).items;
        REQUIRE(items.size() == 1);
        CHECK(items[0].sku == "ANVIL-1");
        CHECK(items[0].om_qoh == 7);
        const auto parameters = agent_.must(ipc::parameters::Get{}).parameters;
        CHECK(std::get<bool>(parameters.at("SynchQOH")));
        CHECK(std::get<std::int64_t>(parameters.at("LatenessSeconds")) == 90);
        const auto carts = agent_.must(ipc::carts::List{}).carts;
        REQUIRE(carts.size() == 1);
        CHECK(carts[0].name == "Main Store");
        CHECK(carts[0].synchronize_inventory);
        CHECK(!agent_.must(ipc::agent::Hello{"test", 1}).restored);
        ipc::history::List list{.kinds = {{ipc::HistoryKind::change}}};
        const auto entries = agent_.must(list).entries;
        CHECK(std::ranges::any_of(entries, [](const auto& entry) { return entry.text == "phone order: -1 of ANVIL-1."; }));
        if (version_ >= 3) {
            const auto keys = agent_.must(ipc::keys::List{}).keys;
            REQUIRE(keys.size() == 1);
            CHECK(keys[0].name == "desk 1");
        }
    }

private:
    int version_;
    PracticeStore store_;
    AgentProcess agent_;
};

}  // namespace

TEST_SUITE("Upgrade") {
    TEST_CASE("from every older version: everything is there, what waited is sent, what was in doubt stays named, and it goes on") {
        for (int version = 1; version <= newest_older_version(); ++version) {
            CAPTURE(version);
            OldShop shop{version};
            auto& agent = shop.agent();
            agent.start();
            shop.compare();
            CHECK(fs::exists(agent.data_dir() / fmt::format("stocktray.db.version-{}", version)));
            // The one that waited goes out; the key of the unclear one is another store's: a person's.
            REQUIRE(eventually([&] { return shop.store().count("ANVIL-1") == 8; }));
            agent.must(a_submit({a_change("new", "ANVIL-1", -2)}));
            REQUIRE(eventually([&] { return shop.store().count("ANVIL-1") == 6; }));
            ipc::stack::List uncertain;
            uncertain.states = {{ipc::PostState::uncertain}};
            CHECK(eventually([&] {
                const auto posts = agent.must(uncertain).posts;
                return posts.size() == 1 && posts[0].parked == true;
            }));
            CHECK(agent.stop() == 0);
            // The next start has nothing to upgrade.
            agent.start();
            CHECK(agent.must(ipc::qoh::List{}).items.at(0).om_qoh == 5);
            CHECK(agent.stop() == 0);
        }
    }

    TEST_CASE("an upgrade that is cut off at any of its calls, or refused by the disk, is done by the next start") {
        const int version = 1;
        FailingDisk disk{every_call};
        OldShop shop{version, disk.options()};
        auto& agent = shop.agent();
        shop.store().stop();  // the upgrade alone
        const auto before = disk.calls();
        agent.start();
        const auto calls = disk.calls() - before;  // what it does from then on has nothing to do with the upgrade
        shop.compare();
        CHECK(agent.stop() == 0);
        const auto share = Share::of(2 * calls, 12);
        std::int64_t cases = 0;
        int died = 0;
        int ended = 0;
        for (std::int64_t n = 0; n < 2 * calls; n += share.every) {
            const auto fault = share.kind(n, 2) == 0 ? DiskFault::killed : DiskFault::once;
            INFO("call ", n / 2 + 1, fault == DiskFault::killed ? " is the last" : " fails");
            shop.lay_out();
            fs::remove_all(agent.folder() / "state");
            ++cases;
            disk.fail_at(n / 2 + 1, fault, ENOSPC);
            agent.start_without_waiting();
            REQUIRE(agent.answers_or_ends());
            if (!agent.is_running() && agent.process().wait(std::chrono::milliseconds{0}) == 137) {
                ++died;
            } else if (!agent.is_running()) {
                ++ended;
                CHECK(agent.process().wait(std::chrono::milliseconds{0}) != 65);  // it is not the database that is wrong
                CHECK(agent.process().errors().find("stocktray-agent: ") != std::string::npos);
            }
            disk.heal();
            agent.kill();
            agent.start();
            shop.compare();
            agent.kill();
        }
        std::cout << fmt::format("  an upgrade: {} of {} cases ({} calls); {} killed, {} ended in words\n", cases, 2 * calls, calls, died, ended);
        CHECK(died > 3);
        CHECK(ended > 0);
    }
}
