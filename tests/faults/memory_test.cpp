// Less memory than is needed, at the start and while it works: the agent refuses in words, or ends with them; it does not
// die at every start, and nothing that was acknowledged is lost.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <map>

#include "tests/agent/bench.h"
#include "tests/faults/order_manager.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mebibyte = 1'024 * 1'024;

// The address space that the process has now, in bytes.
std::int64_t size_of(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/statm", process)};
    std::int64_t pages = 0;
    file >> pages;
    return pages * 4'096;
}

void limit(pid_t process, std::int64_t bytes) {
    const rlimit limit{static_cast<rlim_t>(bytes), RLIM_INFINITY};
    REQUIRE(::prlimit(process, RLIMIT_AS, &limit, nullptr) == 0);
}

// A submission that takes some mebibytes to read.
ipc::qoh::Submit a_large_one(int round) {
    std::vector<ipc::qoh::Change> changes;
    for (int n = 0; n < 1'000; ++n) {
        auto change = a_change(fmt::format("{}-{}", round, n), "SKU-0002", n % 2 == 0 ? -1 : 1);
        change.note = std::string(200, 'n');
        changes.push_back(std::move(change));
    }
    return a_submit(std::move(changes));
}

}  // namespace

TEST_SUITE("Memory") {
    TEST_CASE("a start with less and less memory: it runs, or ends with a sentence and a code; with enough it has everything") {
        Bench bench;
        bench.submit("c0", "SKU-0002", -1);
        REQUIRE(bench.rests());
        const auto expected = bench.store.count("SKU-0002");
        const auto needs = size_of(bench.agent.process().id());
        CHECK(bench.agent.stop() == 0);
        std::map<int, int> ends;  // by exit code
        int runs = 0;
        constexpr int steps = 24;
        for (int step = 0; step < steps; ++step) {
            const auto bytes = needs * (steps - step) / steps;
            CAPTURE(bytes / 1'024);
            AgentProcess::Options options;
            options.wrapper = {"prlimit", fmt::format("--as={}", bytes)};
            AgentProcess agent{options};
            std::filesystem::remove_all(agent.data_dir());
            std::filesystem::copy(bench.agent.data_dir(), agent.data_dir(), std::filesystem::copy_options::recursive);
            agent.start_without_waiting();
            REQUIRE(agent.answers_or_ends());
            if (agent.is_running()) {
                ++runs;
                continue;
            }
            const auto code = agent.process().wait(0ms).value_or(-1);
            ++ends[code];
            const auto said = agent.process().errors();
            CAPTURE(code);
            CHECK_MESSAGE(said.size() > 20, "it ended without a word");
            // 127: the system could not even load it.
            CHECK((code == 71 || code == 74 || code == 127));
            if (code != 127) CHECK(said.find("stocktray-agent: ") != std::string::npos);
        }
        std::string text;
        for (const auto& [code, count] : ends) text += fmt::format(" {} with {}", count, code);
        std::cout << fmt::format("  {} starts below {} MiB: {} ran, ended:{}\n", steps, needs / mebibyte, runs, text);
        CHECK(ends.size() > 0);
        bench.agent.start();
        CHECK(bench.book("SKU-0002") == expected);
    }

    TEST_CASE("memory that runs out while it works: what is acknowledged is kept, the rest is refused or unanswered") {
        Bench bench;
        const auto expected = *bench.book("SKU-0002");
        int refused = 0;
        int silent = 0;
        int ended = 0;
        constexpr int rounds = 12;
        for (int round = 0; round < rounds; ++round) {
            CAPTURE(round);
            limit(bench.agent.process().id(), size_of(bench.agent.process().id()) + round * mebibyte / 2);
            const auto result = bench.agent.call(a_large_one(round), 5s);
            if (result) CHECK(result->accepted == 1'000);
            else if (result.error().code == ipc::Code::no_answer || result.error().code == ipc::Code::no_agent) ++silent;
            else {
                ++refused;
                CHECK(result.error().message.size() > 20);
            }
            // Room again: it goes on, or has ended with words and is started again.
            if (bench.agent.is_running()) limit(bench.agent.process().id(), static_cast<std::int64_t>(RLIM_INFINITY / 4));
            REQUIRE(bench.agent.answers_or_ends());
            if (!bench.agent.is_running()) {
                ++ended;
                CHECK(bench.agent.process().errors().size() > 20);
                bench.agent.start();
            }
            const auto again = bench.agent.must(a_large_one(round));
            CHECK(again.accepted + again.duplicates == 1'000);
            if (result) CHECK(again.duplicates == 1'000);
        }
        std::cout << fmt::format("  {} large submissions with too little memory: {} refused in words, {} unanswered, the agent ended {} times\n",
                                 rounds, refused, silent, ended);
        REQUIRE(bench.rests());
        CHECK(bench.book("SKU-0002") == expected);
        CHECK(bench.store.count("SKU-0002") == expected);
    }
}
