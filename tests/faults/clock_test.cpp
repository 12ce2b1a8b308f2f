// A wall clock that jumps while the agent runs, and between its lives. It decides nothing but what people are shown:
// waiting, lateness and doubts go by a clock that does not jump.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "tests/agent/bench.h"
#include "tests/support/needs.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

const fs::path library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

// Why the clock of a process cannot be set here; empty if it can.
std::string missing() { return fs::exists(library) ? "" : "faketime is not installed"; }

// The wall clock of the agents that get its options.
class WallClock {
public:
    WallClock() { set("+0"); }
    // Seconds from the true time: "+86400".
    void set(const std::string& offset) const {
        std::ofstream{dir_.path() / "new"} << offset << "\n";
        fs::rename(dir_.path() / "new", file());
    }
    [[nodiscard]] AgentProcess::Options options() const {
        AgentProcess::Options options;
        options.environment = {{"LD_PRELOAD", library.string()},
                               {"FAKETIME_TIMESTAMP_FILE", file().string()},
                               {"FAKETIME_NO_CACHE", "1"},
                               {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
        return options;
    }

private:
    [[nodiscard]] fs::path file() const { return dir_.path() / "clock"; }
    TempDir dir_;
};

std::int64_t agent_time(Bench& bench) { return bench.agent.must(ipc::agent::Hello{"test", 1}).server_time; }

// It has read the clock: its time is `seconds` away from ours.
bool has_jumped(Bench& bench, std::int64_t seconds) {
    return eventually([&] {
        const auto away = agent_time(bench) - static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
        return std::abs(away - seconds * 1'000) < 60'000;
    });
}

}  // namespace

TEST_SUITE("Clock") {
    TEST_CASE("a clock that is set back or forward an hour neither loses nor delays") {
        if (!has_what_it_needs(missing())) return;
        const WallClock clock;
        Bench bench{{.agent = clock.options()}};
        const auto before = bench.store.count("SKU-0002");
        const auto now = [&] { return agent_time(bench); };
        const auto honest = now();
        int changes = 0;
        for (const char* offset : {"-3600", "+3600", "-3600"}) {
            CAPTURE(offset);
            clock.set(offset);
            REQUIRE(eventually([&] { return std::abs(now() - honest) > 3'000'000; }));
            // While it runs, with a store that fails first …
            const auto seen = bench.valve.seen("invupdate");
            bench.valve.set(Flow::lose_answer, "invupdate");
            bench.submit(fmt::format("c{}", ++changes), "SKU-0002", -1);
            REQUIRE(eventually([&] { return bench.valve.seen("invupdate") > seen; }));
            bench.valve.set(Flow::open);
            REQUIRE(bench.rests());
            // … and over a restart, with something that waits.
            bench.valve.set(Flow::hang_before);
            bench.submit(fmt::format("c{}", ++changes), "SKU-0002", -1);
            REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
            bench.agent.kill();
            clock.set(offset[0] == '-' ? "-7200" : "+0");
            bench.valve.set(Flow::open);
            bench.agent.start();
            REQUIRE(bench.rests());
            CHECK(bench.cart().oldest_age_ms == 0);
            CHECK(!bench.alert(ipc::AlertKind::late));
            clock.set("+0");
            REQUIRE(eventually([&] { return std::abs(now() - honest) < 3'000'000; }));
        }
        CHECK(bench.store.count("SKU-0002") == before - changes);
    }

    TEST_CASE("forward a day and back an hour, while a store is silent: late is told once and in time, doubts end, nothing goes out twice") {
        if (!has_what_it_needs(missing())) return;
        const WallClock clock;
        Bench bench{{.agent = clock.options()}};
        set_parameter(bench.agent, "LatenessSeconds", std::int64_t{3});
        const auto before = bench.store.count("SKU-0002");
        int changes = 0;
        for (const int jump : {86'400, -3'600}) {
            CAPTURE(jump);
            // Of this life of the agent: one that heard the life before may be back too late.
            Listener listener{bench.agent, {"alert"}};
            const auto raised = [&] {
                const auto all = listener.all<ipc::events::AlertRaised>();
                return std::ranges::count_if(all, [](const auto& alert) { return alert.kind == ipc::AlertKind::late; });
            };
            // One is unclear, the others wait behind it.
            const auto seen = bench.valve.seen("invupdate");
            bench.valve.set(Flow::hang_after, "invupdate");
            const auto waits_since = std::chrono::steady_clock::now();  // no earlier than this
            bench.submit(fmt::format("c{}", ++changes), "SKU-0002", -1);
            REQUIRE(eventually([&] { return bench.valve.seen("invupdate") > seen; }));
            bench.submit(fmt::format("c{}", ++changes), "SKU-0003", -1);
            clock.set(fmt::format("{:+}", jump));
            REQUIRE(has_jumped(bench, jump));
            // Nothing is late by the jump; it is when its time has come.
            const bool is_late = bench.alert(ipc::AlertKind::late).has_value();
            if (std::chrono::steady_clock::now() - waits_since < 2'900ms) CHECK(!is_late);
            REQUIRE(eventually([&] { return bench.alert(ipc::AlertKind::late).has_value(); }));
            CHECK(std::chrono::steady_clock::now() - waits_since > 2'900ms);
            CHECK(eventually([&] { return raised() == 1; }));
            bench.valve.set(Flow::open);
            bench.agent.kill();  // what hangs ends with it
            bench.agent.start();
            REQUIRE(bench.rests());
            REQUIRE(eventually([&] { return !bench.alert(ipc::AlertKind::late).has_value(); }));
        }
        CHECK(bench.store.count("SKU-0002") == before - changes / 2);
        // What happened stands in the order in which it happened, whatever the clock said.
        ipc::history::List list{.kinds = {{ipc::HistoryKind::change}}, .limit = 1'000};
        const auto entries = bench.agent.must(list).entries;
        CHECK(std::ranges::count_if(entries, [](const auto& entry) { return entry.delta == -1; }) == changes);
        CHECK(std::ranges::is_sorted(entries, std::less{}, [](const auto& entry) { return entry.entry; }));
    }

    TEST_CASE("a count taken while the clock was a day ahead: changes after it move the book, and it is to be counted again") {
        if (!has_what_it_needs(missing())) return;
        const WallClock clock;
        Bench bench{{.agent = clock.options()}};
        const auto before = *bench.book("SKU-0002");
        clock.set("+86400");
        REQUIRE(has_jumped(bench, 86'400));
        take_counts(bench.agent, bench.store, 3, "of tomorrow");
        clock.set("+0");
        REQUIRE(has_jumped(bench, 0));
        auto change = a_change("c1", "SKU-0002", -2);
        change.at = static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
        bench.submit({change});
        CHECK(bench.book("SKU-0002") == before - 2);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 2);
    }
}
