// The power goes: of what was written and not yet synced, the disk has any part. The files are rebuilt for every such
// part (all of them for up to six unsynced calls, drawn ones beyond), and opened by the real store, the real spool and
// the real agent. What was answered is there.
//
// STOCKTRAY_LONG=1: every moment, more draws, more power cuts.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "core/random.h"
#include "core/store/store.h"
#include "tests/agent/bench.h"
#include "tests/faults/disk/disk_log.h"
#include "tests/faults/disk/failing_disk.h"
#include "tests/faults/order_manager.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/seed.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t all_parts_up_to = 6;

struct Sums {
    std::int64_t moments{0};
    std::int64_t disks{0};
    std::size_t most_unsynced{0};
};

// Calls `open(folder)` for what the disk may hold at this moment; `draws` of them where there are too many.
template <class Open>
void for_every_part(const Platter& platter, const fs::path& into, Random& random, int draws, Sums& sums, Open open) {
    ++sums.moments;
    const auto count = platter.unsynced();
    sums.most_unsynced = std::max(sums.most_unsynced, count);
    const auto one = [&](const auto& fate) {
        ++sums.disks;
        platter.build(into, fate);
        open();
    };
    if (count <= all_parts_up_to) {
        for (std::size_t part = 0; part < (std::size_t{1} << count); ++part)
            one([&](std::size_t n) { return (part >> n & 1) != 0 ? Platter::Fate::kept : Platter::Fate::lost; });
    } else {
        one([](std::size_t) { return Platter::Fate::lost; });
        one([](std::size_t) { return Platter::Fate::kept; });
    }
    if (count == 0) return;
    // The last write half done; and of many calls drawn ones, some of them half done.
    one([&](std::size_t n) { return n + 1 == count && platter.is_write(n) ? Platter::Fate::torn : Platter::Fate::kept; });
    for (int draw = 0; count > all_parts_up_to && draw < draws; ++draw)
        one([&](std::size_t n) {
            const auto drawn = random.below(8);
            return drawn == 0 && platter.is_write(n) ? Platter::Fate::torn : drawn < 4 ? Platter::Fate::lost : Platter::Fate::kept;
        });
}

void say(const char* what, const Sums& sums) {
    std::cout << fmt::format("  {}: {} moments, {} disks rebuilt, up to {} calls unsynced at once\n", what, sums.moments, sums.disks,
                             sums.most_unsynced);
}

// What the agent keeps: the folders in which a rebuilt disk takes the place of the old one.
void put_in_place(const fs::path& rebuilt, const AgentProcess& agent) {
    for (const char* name : {"data", "state"}) {
        fs::remove_all(agent.folder() / name);
        if (fs::exists(rebuilt / name)) fs::rename(rebuilt / name, agent.folder() / name);
    }
}

}  // namespace

TEST_SUITE("Power loss") {
    TEST_CASE("an agent's database opens whatever the disk kept, and every acknowledged change is there with its post") {
        const std::string sku = "SKU-0002";
        const FailingDisk disk;
        const DiskLog log;
        auto options = disk.options();
        options.environment = log.environment(options.environment);
        AgentProcess agent{options};
        const Platter before{agent.folder()};
        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        agent.start();
        set_parameter(agent, "SynchQOH", true);
        take_counts(agent, store, 3);
        agent.must(cart_for("main", store.url(), store.user(), store.password()));
        const auto base = store.count(sku);
        std::vector<std::uint64_t> answered;  // the moment of each acknowledgement
        constexpr int changes = 20;
        for (int n = 0; n < changes; ++n) {
            agent.must(a_submit({a_change(fmt::format("c{}", n), sku, -1)}));
            answered.push_back(log.moment());
            if (n % 8 == 7) {  // its end writes the log into the file
                CHECK(agent.stop() == 0);
                agent.start();
            }
        }
        CHECK(agent.stop() == 0);

        const TempDir into;
        Random random{20'260'101};
        Sums sums;
        std::int64_t syncs = 0;
        const auto share = is_long() ? 1 : 3;
        log.replay(before, [&](const Platter& platter, const DiskRecord* next, std::uint64_t moment) {
            if (next != nullptr && next->what != DiskRecord::What::synced) return;
            if (++syncs % share != 0 && next != nullptr) return;
            const auto promised = std::ranges::count_if(answered, [&](auto at) { return at <= moment; });
            for_every_part(platter, into.path() / "disk", random, is_long() ? 200 : 6, sums, [&] {
                CAPTURE(moment);
                fs::create_directories(into.path() / "disk/data");
                auto opened = store::Store::open((into.path() / "disk/data/stocktray.db").string());
                REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
                CHECK(opened->check_integrity() == "ok");
                const auto item = opened->items.find(sku);
                const auto taken = item && item->has_baseline ? base - item->qoh.pieces : 0;
                CHECK(taken >= promised);
                CHECK(taken <= promised + 1);
                std::int64_t posted = 0;
                for (const auto& post : opened->posts.list({.sku = sku, .limit = 1'000})) posted -= post.post.delta.pieces;
                CHECK(posted == taken);
            });
        });
        say("an agent's database", sums);
        CHECK(sums.moments >= changes / share);  // each answer was a sync; how many others there were is the machine's
        CHECK(sums.most_unsynced > all_parts_up_to);
    }

    TEST_CASE("power cuts in an agent's traffic: it starts on what the disk kept, and every count is right to the piece") {
        const auto seed = first_seed();
        Random random{seed};
        CAPTURE(seed);
        const int cuts = is_long() ? 500 : 12;
        FailingDisk disk{every_call};
        const DiskLog log;
        auto options = disk.options();
        options.environment = log.environment(options.environment);
        Bench bench{{.agent = options}};
        auto expected = bench.store.count("SKU-0002");
        const TempDir into;
        std::int64_t lost = 0;
        int died = 0;
        CHECK(bench.agent.stop() == 0);
        for (int cut = 0; cut < cuts; ++cut) {
            CAPTURE(cut);
            const Platter before{bench.agent.folder()};
            log.begin_anew();
            disk.fail_at(1 + static_cast<std::int64_t>(random.below(90)), DiskFault::killed);
            bench.agent.start_without_waiting();
            std::vector<ipc::qoh::Change> changes;
            for (int n = 0; n < 3; ++n) changes.push_back(a_change(fmt::format("c{}-{}", cut, n), "SKU-0002", -1));
            for (const auto& change : changes) {
                // Until it is answered, or the power is off.
                (void)eventually([&] {
                    return !bench.agent.is_running() || bench.agent.call(a_submit({change}), std::chrono::milliseconds{500}).has_value();
                });
            }
            if (eventually([&] { return !bench.agent.is_running(); }, std::chrono::milliseconds{300})) ++died;
            bench.agent.kill();
            disk.heal();
            log.replay(before, [&](const Platter& platter, const DiskRecord* next, std::uint64_t) {
                if (next != nullptr) return;
                platter.build(into.path() / "disk", [&](std::size_t n) {
                    const auto drawn = random.below(8);
                    const auto fate = drawn == 0 && platter.is_write(n) ? Platter::Fate::torn
                                      : drawn < 4                       ? Platter::Fate::lost
                                                                        : Platter::Fate::kept;
                    if (fate != Platter::Fate::kept) ++lost;
                    return fate;
                });
            });
            put_in_place(into.path() / "disk", bench.agent);
            bench.agent.start();
            CHECK(!bench.agent.must(ipc::agent::Hello{"test", 1}).restored);
            for (const auto& change : changes) {
                CHECK(submit_until_acknowledged(bench.agent, change).empty());
                --expected;
            }
            REQUIRE(bench.rests());
            CHECK(bench.book("SKU-0002") == expected);
            CHECK(bench.store.count("SKU-0002") == expected);
            CHECK(bench.agent.stop() == 0);
        }
        std::cout << fmt::format("  {} power cuts, {} in the middle of a call, {} writes and names lost or torn\n", cuts, died, lost);
        CHECK(died > cuts / 3);
        CHECK(lost > cuts);
    }

    TEST_CASE("a spool: killed at every call, whatever the disk kept, what was promised is there") {
        const std::string writer = STOCKTRAY_BIN_DIR "/spool_writer";
        FailingDisk disk{every_call};
        const DiskLog log;
        const TempDir into;
        Random random{20'260'102};
        Sums sums;
        const int step = is_long() ? 1 : 5;
        for (int n = 1;; n += step) {
            CAPTURE(n);
            const TempDir dir;
            const auto file = dir.path() / "data/spool.db";
            const Platter before{dir.path()};
            log.begin_anew();
            disk.fail_at(n, DiskFault::killed);
            const auto wrote = run({{writer, file.string(), "w", "8"}, log.environment(disk.environment(dir.path())), {}});
            const bool has_died = wrote.exit_code != 0;
            disk.heal();
            std::istringstream said{wrote.output};
            std::vector<std::string> promised;
            for (std::string line; std::getline(said, line);) promised.push_back(line);
            log.replay(before, [&](const Platter& platter, const DiskRecord* next, std::uint64_t) {
                if (next != nullptr) return;
                for_every_part(platter, into.path() / "disk", random, is_long() ? 200 : 6, sums, [&] {
                    auto spool = ipc::testing::a_spool(into.path() / "disk/data/spool.db");
                    CHECK(spool.found().empty());
                    CHECK(spool.check()->empty());
                    const auto there = ipc::testing::waiting_ids(spool);
                    CHECK(there.size() >= promised.size());
                    CHECK(there.size() <= promised.size() + 1);
                    CHECK(std::equal(promised.begin(), promised.end(), there.begin(),
                                     there.begin() + std::min(std::ssize(there), std::ssize(promised))));
                });
            });
            if (!has_died) break;
        }
        say("a spool", sums);
        CHECK(sums.moments > 5);
    }
}
