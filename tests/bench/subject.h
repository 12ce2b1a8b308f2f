// The agent as benches and counts look at it: items and carts made ready, changes submitted one at a time or
// many at once, and what the kernel knows of the process.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/random.h"
#include "tests/agent/agent_process.h"

namespace stocktray::bench {

inline constexpr int subject_items = 10'000;

[[nodiscard]] std::string item_sku(const std::string& prefix, std::uint64_t n, int digits);

// SynchQOH on, and a snapshot of `items` counts of 1,000 pieces, `prefix` and a number of `digits` digits.
void give_items(tests::AgentProcess& agent, const std::string& prefix, int items, int digits = 4);
// A synchronized cart that nobody asks: its posts only queue up.
void give_paused_cart(tests::AgentProcess& agent, const std::string& id);

// Changes with ids of their own, in the order of one seed.
class Changes {
public:
    Changes(std::uint64_t seed, std::string prefix, int items, int digits)
        : random_{seed}, run_{random_.next()}, prefix_{std::move(prefix)}, items_{items}, digits_{digits} {}

    [[nodiscard]] ipc::qoh::Change random();
    [[nodiscard]] ipc::qoh::Change next();  // item after item
    [[nodiscard]] ipc::qoh::Submit request(int changes);

private:
    [[nodiscard]] ipc::qoh::Change change(std::uint64_t item);

    Random random_;
    std::uint64_t run_;
    std::string prefix_;
    int items_;
    int digits_;
    std::uint64_t count_{0};
};

struct Rate {
    double per_second{0};
    double p50_us{0};
    double p99_us{0};
};

// Submits requests of `changes` changes for so long, `outstanding` of them under way. Throws for any that is
// not accepted.
[[nodiscard]] Rate submit_for(ipc::Client& client, Changes& changes, double seconds, int outstanding,
                              int per_request);
// Exactly `requests` of them.
[[nodiscard]] Rate submit_so_many(ipc::Client& client, Changes& changes, int requests, int outstanding,
                                  int per_request);

[[nodiscard]] bool nothing_waits(tests::AgentProcess& agent);

struct Usage {
    long long anonymous_kib{0};
    long long switches{0};  // of all threads, both kinds
    double cpu_seconds{0};
};
[[nodiscard]] Usage usage_of(pid_t process);

}  // namespace stocktray::bench
