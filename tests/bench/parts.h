// The parts of stocktray-bench, and what they share: floors beside a subject, and a store to reach.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/subject.h"

namespace stocktray::bench {

using Clock = std::chrono::steady_clock;

struct Options {
    int rounds{5};
    double seconds{0.5};
    std::uint64_t seed{1};
    int idle_seconds{60};
    int queued{100'000};
    int products{100'000};
    int lines{1'000'000};
    std::string job_store;
    std::string json;
    std::vector<std::string> only;
};

[[nodiscard]] double milliseconds_since(Clock::time_point begun);

// One run of a floor program.
[[nodiscard]] Rate floor(const std::string& name, const std::vector<std::string>& arguments);

struct FloorRun {
    std::string label;
    std::string program;
    std::vector<std::string> arguments;
};

// Floors, subject, floors again.
[[nodiscard]] std::pair<Rate, std::vector<Rate>> sandwich(const std::vector<FloorRun>& floors,
                                                          const std::function<Rate()>& subject);

void add_rates(Report& report, const std::string& row, const Rate& own, const std::vector<FloorRun>& floors,
               const std::vector<Rate>& rates, double Rate::*what, const std::string& unit);

// `what` again and again for so long, and at least once.
[[nodiscard]] Rate repeat_for(double seconds, const std::function<void()>& what);
[[nodiscard]] Rate repeat_while(const std::function<bool()>& goes_on, const std::function<void()>& what);

struct StoreToReach {
    std::string name, url, user, password, prefix;
    int items{0};
    std::function<std::string(const std::string& agent)> id;  // as its connector announces it
};

// As a connector announces it.
[[nodiscard]] std::string store_id_in(const std::string& announcement);

// Every cart is reached, and nothing waits.
[[nodiscard]] bool is_ready(tests::AgentProcess& agent);
void pause(tests::AgentProcess& agent, const std::string& cart);
void resume(tests::AgentProcess& agent, const std::string& cart);

void measure_submits(const Options& options, Report& report);
void measure_library(const Options& options, Report& report);
void measure_delivery(const Options& options, Report& report, const StoreToReach& store);
void measure_hanging_cart(const Options& options, Report& report, const StoreToReach& store);
void measure_queue(const Options& options, Report& report, const StoreToReach& store);
void measure_idle(const Options& options, Report& report, const StoreToReach& store);
void measure_jobs(const Options& options, Report& report);
void measure_events(const Options& options, Report& report);
void measure_gateway(const Options& options, Report& report);
void measure_files(const Options& options, Report& report);
void measure_database(const Options& options, Report& report);

}  // namespace stocktray::bench
