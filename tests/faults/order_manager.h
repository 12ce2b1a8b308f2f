// The Order Manager's side of every fault: no acknowledgement means the same id again.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/agent/bench.h"
#include "tests/support/seed.h"

namespace stocktray::tests {

// What the agent said before it took a change: a sentence for each refusal.
using Refusals = std::vector<std::string>;

// Starts the agent where it is dead. A refusal must be the disk's; silence is allowed.
inline Refusals submit_until_acknowledged(AgentProcess& agent, const ipc::qoh::Change& change) {
    Refusals refusals;
    const bool is_taken = eventually([&] {
        if (!agent.is_running()) agent.start();
        const auto result = agent.call(a_submit({change}), std::chrono::seconds{5});
        if (result) {
            CHECK(result->rejected.empty());
            CHECK(result->accepted + result->duplicates == 1);
            return true;
        }
        if (result.error().code == ipc::Code::storage) {
            refusals.push_back(result.error().message);
        } else {
            const bool is_silence = result.error().code == ipc::Code::no_agent || result.error().code == ipc::Code::no_answer;
            CHECK_MESSAGE(is_silence, result.error().message);
        }
        return false;
    });
    REQUIRE(is_taken);
    return refusals;
}

// How much of a list of cases is taken: all in the long run, else every n-th, so that about `few` are.
struct Share {
    std::int64_t every{1};
    // Which of `kinds` of faults the n-th case has: of a part, too, each kind gets its turn.
    [[nodiscard]] std::int64_t kind(std::int64_t n, std::int64_t kinds) const { return n / every % kinds; }
    [[nodiscard]] static Share of(std::int64_t all, std::int64_t few) {
        return {is_long() || all <= few ? 1 : (all + few - 1) / few};
    }
};

}  // namespace stocktray::tests
