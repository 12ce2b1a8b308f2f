// Every single call to the disk fails once, one after the other, as on a full disk, a broken one, and a system that
// has no more files to give. Nothing is lost or doubled by it: the program goes on, or refuses in words, or ends with
// a sentence and an exit code; and afterwards it works on what it left.
//
// By default a part of the cases is taken, and said to be; STOCKTRAY_LONG=1 takes all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <limits>
#include <set>
#include <sstream>

#include "tests/agent/bench.h"
#include "tests/faults/disk/failing_disk.h"
#include "tests/faults/order_manager.h"
#include "tests/ipc/spool/spools.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::array errors{ENOSPC, EIO, EMFILE};
constexpr std::array names{"ENOSPC", "EIO", "EMFILE"};

// What became of a list of cases, for the line that says so.
struct Tally {
    std::string what;
    std::int64_t calls{0};
    std::int64_t cases{0};
    std::int64_t struck{0};
    std::int64_t ended{0};    // by a sentence and an exit code
    std::int64_t refused{0};  // at least one request, in words

    ~Tally() {
        std::cout << fmt::format("  {}: {} of {} cases ({} calls, {} errors): {} struck; {} ended it, {} refused something, {} cost nothing\n",
                                 what, cases, calls * std::ssize(errors), calls, errors.size(), struck, ended, refused,
                                 struck - ended - refused);
    }
};

// Calls `each(n, error)` for every call and error, or for a part of them; of a part, each error gets its turn.
template <class Each>
void enumerate(Tally& tally, std::int64_t few, Each each) {
    const auto share = Share::of(tally.calls * std::ssize(errors), few);
    for (std::int64_t n = 0; n < tally.calls * std::ssize(errors); n += share.every) {
        const auto call = n / std::ssize(errors) + 1;
        const auto error = static_cast<std::size_t>(share.kind(n, std::ssize(errors)));
        INFO("call ", call, " fails with ", std::string{names[error]});
        ++tally.cases;
        each(call, errors[error]);
    }
}

// True: it ended, with a sentence and a code that says what kind of thing went wrong.
bool has_ended_in_words(AgentProcess& agent) {
    REQUIRE(agent.answers_or_ends());
    if (agent.is_running()) return false;
    const auto code = agent.process().wait(0ms).value_or(-1);
    const auto said = agent.process().errors();
    CAPTURE(said);
    CHECK((code == 69 || code == 74 || code == 78));
    CHECK(said.find("stocktray-agent: ") != std::string::npos);
    return true;
}

// Until it is answered; true if it was refused before, which must be in words and on account of the disk.
template <ipc::Request T>
bool insist(AgentProcess& agent, const T& request) {
    bool was_refused = false;
    const bool is_done = eventually([&] {
        const auto result = agent.call(request);
        if (result) return true;
        was_refused = true;
        CAPTURE(result.error().message);
        CHECK(result.error().code == ipc::Code::storage);
        CHECK(result.error().message.size() > 20);
        return false;
    });
    INFO("the agent ", std::string{agent.is_running() ? "runs" : "has ended"}, "; it said: ", agent.process().errors());
    REQUIRE(is_done);
    return was_refused;
}

// Everything that an agent writes in a day: a start, a change and its posts, a password, a setting, a report, its end.
class Day {
public:
    Day(Bench& bench, FailingDisk& disk) : bench_{bench}, disk_{disk}, expected_{bench.store.count("SKU-0002")} {
        // A second cart, whose password nobody enters again.
        bench_.agent.must(cart_for("second", second_.url(), second_.user(), second_.password()));
        bench_.submit({a_change("second contact", "SKU-0001", 1)}, "bench");
        REQUIRE(bench_.rests());
        CHECK(bench_.agent.stop() == 0);
    }

    struct Outcome {
        bool has_ended{false};
        bool was_refused{false};
    };
    Outcome live(int number) {
        Outcome outcome;
        bench_.agent.start_without_waiting();
        outcome.has_ended = has_ended_in_words(bench_.agent);
        if (outcome.has_ended) bench_.agent.start();
        outcome.was_refused = !submit_until_acknowledged(bench_.agent, a_change(fmt::format("c{}", number), "SKU-0002", -1)).empty();
        --expected_;
        ipc::carts::Update update;
        update.cart = "main";
        update.password = ipc::Secret{bench_.store.password()};
        outcome.was_refused |= insist(bench_.agent, update);
        ipc::parameters::Set set;
        set.parameters["SlowSeconds"] = std::int64_t{5 + number % 2};
        outcome.was_refused |= insist(bench_.agent, set);
        outcome.was_refused |= insist(bench_.agent, ipc::agent::Diagnostics{});
        REQUIRE(bench_.rests());
        CHECK(bench_.agent.stop() == 0);
        return outcome;
    }
    // Once more, with a disk that is well.
    void compare() {
        disk_.heal();
        bench_.agent.start();
        REQUIRE(bench_.rests());
        CHECK(bench_.book("SKU-0002") == expected_);
        CHECK(bench_.store.count("SKU-0002") == expected_);
        CHECK(second_.count("SKU-0002") == expected_);
        for (const char* cart : {"main", "second"}) CHECK(bench_.cart(cart).health == ipc::Health::ok);
        CHECK(!bench_.alert(ipc::AlertKind::disk));
        CHECK(bench_.agent.stop() == 0);
    }

private:
    Bench& bench_;
    FailingDisk& disk_;
    PracticeStore second_{{.products = 3, .floor = PracticeStore::Floor::none}};
    std::int64_t expected_;
};

}  // namespace

TEST_SUITE("Failing calls") {
    TEST_CASE("an agent's day: any one call may fail, and no change is lost or doubled") {
        FailingDisk disk{every_call};
        Bench bench{{.agent = disk.options()}};
        Day day{bench, disk};
        int number = 0;
        // A day has more calls or fewer, as its work meets in one commit or does not: of a few days the shortest.
        std::int64_t calls = std::numeric_limits<std::int64_t>::max();
        for (int days = 0; days < 3; ++days) {
            const auto before = disk.calls();
            day.live(++number);
            calls = std::min(calls, disk.calls() - before);
        }
        Tally tally{.what = "an agent's day", .calls = calls};
        CHECK(tally.calls > 40);
        for (const auto kind : {DiskCall::write, DiskCall::sync, DiskCall::open, DiskCall::rename, DiskCall::make_folder})
            CHECK_MESSAGE(disk.calls(kind) > 0, std::string{to_string(kind)});
        enumerate(tally, 16, [&](std::int64_t n, int error) {
            disk.fail_at(n, DiskFault::once, error);
            const auto outcome = day.live(++number);
            if (disk.has_struck()) ++tally.struck;
            INFO("it was the call ", std::string{to_string(disk.struck())});
            tally.ended += outcome.has_ended ? 1 : 0;
            tally.refused += outcome.was_refused && !outcome.has_ended ? 1 : 0;
            day.compare();
        });
        CHECK(tally.struck >= tally.cases * 9 / 10);
        CHECK(tally.ended > 0);
        CHECK(tally.refused > 0);
    }

    TEST_CASE("an agent's very first start: any one call may fail, and the next start finds nothing in its way") {
        FailingDisk disk{every_call};
        Tally tally{.what = "a first start"};
        {
            AgentProcess agent{disk.options()};
            agent.start();
            tally.calls = disk.calls();
            CHECK(agent.stop() == 0);
        }
        CHECK(tally.calls > 20);
        enumerate(tally, 12, [&](std::int64_t n, int error) {
            AgentProcess agent{disk.options()};
            disk.fail_at(n, DiskFault::once, error);
            agent.start_without_waiting();
            if (has_ended_in_words(agent)) ++tally.ended;
            else CHECK(agent.stop() == 0);
            if (disk.has_struck()) ++tally.struck;
            disk.heal();
            INFO("it was the call ", std::string{to_string(disk.struck())});
            agent.start();
            CHECK(agent.must(a_submit({a_change("c1", "SKU-0002", -1)})).accepted == 1);
            CHECK(!agent.must(ipc::agent::Hello{"test", 1}).restored);
            CHECK(agent.stop() == 0);
        });
        CHECK(tally.struck >= tally.cases * 9 / 10);
        CHECK(tally.ended > 0);
    }

    TEST_CASE("a spool: any one call may fail; what was promised is there, what was not is said") {
        const std::string writer = STOCKTRAY_BIN_DIR "/spool_writer";
        for (const bool is_new : {true, false}) {
            FailingDisk disk{every_call};
            const auto write = [&](const std::filesystem::path& file) {
                return run({{writer, file.string(), "w", "6"}, disk.environment(file.parent_path()), {}});
            };
            Tally tally{.what = is_new ? "a new spool" : "a spool"};
            {
                const TempDir dir;
                if (!is_new) (void)ipc::testing::a_spool(dir.path() / "spool.db");
                CHECK(write(dir.path() / "spool.db").exit_code == 0);
                tally.calls = disk.calls();
            }
            CHECK(tally.calls > 15);
            enumerate(tally, 80, [&](std::int64_t n, int error) {
                const TempDir dir;
                const auto file = dir.path() / "spool.db";
                if (!is_new) (void)ipc::testing::a_spool(file);
                disk.fail_at(n, DiskFault::once, error);
                const auto wrote = write(file);
                if (disk.has_struck()) ++tally.struck;
                disk.heal();
                INFO("it was the call ", std::string{to_string(disk.struck())});
                CAPTURE(wrote.errors);
                if (wrote.exit_code == 0) CHECK(wrote.errors.empty());
                else CHECK(wrote.errors.size() > 20);
                CHECK((wrote.exit_code == 0 || wrote.exit_code == 1 || wrote.exit_code == 2));
                tally.ended += wrote.exit_code != 0 ? 1 : 0;
                auto spool = ipc::testing::a_spool(file);
                CHECK(spool.found().empty());
                CHECK(spool.check()->empty());
                std::istringstream said{wrote.output};
                std::vector<std::string> promised;
                for (std::string line; std::getline(said, line);) promised.push_back(line);
                const auto there = ipc::testing::waiting_ids(spool);
                CHECK(there.size() <= promised.size() + 1);  // the last may have been written and not promised
                CHECK(std::equal(promised.begin(), promised.end(), there.begin(), there.begin() + std::min(std::ssize(there), std::ssize(promised))));
            });
            CHECK(tally.struck >= tally.cases * 9 / 10);
            CHECK(tally.ended > 0);
        }
    }
}
