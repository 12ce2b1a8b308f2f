// Virtual days of several carts and an Order Manager, under every fault that the world knows.
//
// STOCKTRAY_SEED=n runs one seed and prints what happened; STOCKTRAY_SEEDS=n so many; STOCKTRAY_LONG=1 goes on for an hour.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/simulation/world.h"

using namespace stocktray::simulation;

namespace {

// Every seed that ever failed.
std::vector<std::uint64_t> kept_seeds() {
    std::vector<std::uint64_t> seeds;
    std::ifstream kept{STOCKTRAY_SOURCE_DIR "/tests/simulation/seeds.txt"};
    for (std::string line; std::getline(kept, line);)
        if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
    return seeds;
}

void run(std::uint64_t seed, Sums& sums) {
    try {
        World world{seed};
        world.run(1, {});
        sums.add(world.sums());
    } catch (const Broken& broken) {
        // The same again, told line by line.
        World again{seed, true};
        try {
            again.run(1, {});
        } catch (const Broken&) {
        }
        const auto& trace = again.trace();
        const auto from = trace.size() > 120 && std::getenv("STOCKTRAY_SEED") == nullptr ? trace.size() - 120 : 0;
        for (auto i = from; i < trace.size(); ++i) std::cout << trace[i] << '\n';
        FAIL_CHECK(std::string{broken.what()});
    }
}

}  // namespace

TEST_SUITE("Simulation") {
    TEST_CASE("seeds that failed once hold every law") {
        Sums sums;
        for (const auto seed : kept_seeds()) run(seed, sums);
    }

    TEST_CASE("virtual days under faults hold every law and come to rest") {
        Sums sums;
        const auto begin = std::chrono::steady_clock::now();
        std::int64_t days = 0;
        if (const char* one = std::getenv("STOCKTRAY_SEED")) {
            run(std::stoull(one), sums);
            days = 1;
        } else {
            const bool is_long = std::getenv("STOCKTRAY_LONG") != nullptr;
            const auto first = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1'000;
            const char* count = std::getenv("STOCKTRAY_SEEDS");
            const std::int64_t most = count != nullptr ? std::stoll(count) : 100;
            const auto is_over = [&] {
                if (is_long && count == nullptr) return std::chrono::steady_clock::now() - begin > std::chrono::hours{1};
                return days >= most;
            };
            for (; !is_over(); ++days) run(first + static_cast<std::uint64_t>(days), sums);
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        std::cout << fmt::format("  {} virtual days in {:.1f} s ({:.0f} a minute): {} changes, {} orders, {} faults, {} deaths of the agent, "
                                 "{} requests, {} unclear outcomes, {} decisions of a person\n",
                                 days, took.count(), static_cast<double>(days) * 60 / took.count(), sums.changes, sums.orders, sums.faults,
                                 sums.crashes, sums.requests, sums.unclear, sums.persons);
    }
}
