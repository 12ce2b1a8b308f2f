// A job as benches and counts look at it: an agent with a catalogue, the job run to its end, and what happened
// meanwhile.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tests/bench/subject.h"

namespace stocktray::bench {

inline constexpr int lone_items = 100;

// Quick pauses, so that what is measured is work: between two looks at a count a job waits only a millisecond.
[[nodiscard]] tests::AgentProcess::Options quick_job_options();

// SynchQOH on, and a snapshot: `products` of `B-0000001` and so on, of 1,000 pieces each, and `lone_items` of `L-0001`
// and so on.
void give_catalogue(tests::AgentProcess& agent, int products);
// Cart `main`, which has none of the lone items, and cart `quiet`, whose posts only queue up.
void give_carts(tests::AgentProcess& agent, ipc::carts::Create main);
// Cart `main` is reached and counted, and nothing of it is under way.
[[nodiscard]] bool is_main_ready(tests::AgentProcess& agent);

[[nodiscard]] std::int64_t metric(tests::AgentProcess& agent, const std::string& name);

// Submits of single changes of lone items, one every few milliseconds, until `stop` says so. Each
// seed gives ids of its own.
[[nodiscard]] Rate submit_alone(tests::AgentProcess& agent, std::uint64_t seed, const std::function<bool()>& stop);

struct JobRun {
    ipc::jobs::Job job;
    double seconds{0};
    std::int64_t idle_kib{0};  // anonymous memory before it began
    std::int64_t peak_kib{0};
    std::int64_t commits{0};
    std::int64_t turns{0};
    std::int64_t long_turns{0};
    std::int64_t longest_turn_us{0};
    Rate submits;  // meanwhile
};
// Runs it to its end; throws if that is not `done`. With `submit_seed`, single changes are submitted meanwhile.
[[nodiscard]] JobRun run_job(tests::AgentProcess& agent, const ipc::jobs::Start& start,
                             std::optional<std::uint64_t> submit_seed = {});

}  // namespace stocktray::bench
