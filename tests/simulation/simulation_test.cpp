// Virtual days of several carts and an Order Manager, under every fault that the world knows.
//
// Days 1 to 200 by default. STOCKTRAY_SEED=n runs one seed and prints what happened; STOCKTRAY_SEEDS=n so many; STOCKTRAY_MINUTES=n goes on for so long.
// With STOCKTRAY_CAMPAIGN=FILE it goes on behind the last seed that the file names, and a seed that breaks a law is added to
// seeds.txt.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>

#include "tests/simulation/world.h"
#include "tests/support/process.h"
#include "tests/support/seed.h"

using namespace stocktray::simulation;

namespace {

constexpr const char* seeds_file = STOCKTRAY_SOURCE_DIR "/tests/simulation/seeds.txt";

// Every seed that ever failed.
std::vector<std::uint64_t> kept_seeds() {
    std::vector<std::uint64_t> seeds;
    std::ifstream kept{seeds_file};
    for (std::string line; std::getline(kept, line);)
        if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
    return seeds;
}

// Where a campaign is: the next seed, and how many days were lived before it.
class Campaign {
public:
    Campaign() {
        if (file_ == nullptr) return;
        std::ifstream in{file_};
        in >> next_ >> days_;
    }
    [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
    [[nodiscard]] std::int64_t days() const noexcept { return days_; }
    void lived() {
        ++next_;
        ++days_;
        if (file_ != nullptr && days_ % 50 == 0) keep();
    }
    void broken(std::uint64_t seed, const std::string& what) {
        if (file_ == nullptr) return;
        keep();
        std::ofstream{seeds_file, std::ios::app} << "# " << what << '\n' << seed << '\n';
    }
    void keep() const {
        if (file_ != nullptr) std::ofstream{file_} << next_ << ' ' << days_ << '\n';
    }

private:
    const char* file_{std::getenv("STOCKTRAY_CAMPAIGN")};
    std::uint64_t next_{stocktray::tests::first_seed()};
    std::int64_t days_{0};
};

// Of the source, so that a seed can be lived through again as it was.
std::string commit() {
    try {
        auto told = stocktray::tests::run({{"git", "-C", STOCKTRAY_SOURCE_DIR, "describe", "--always", "--dirty"}, {}, {}}).output;
        while (!told.empty() && told.back() == '\n') told.pop_back();
        if (!told.empty()) return told;
    } catch (const std::exception&) {
    }
    return "unknown";
}

// What broke; nothing: every law held.
std::string run(std::uint64_t seed, Sums& sums) {
    try {
        World world{seed};
        world.run(1, {});
        sums.add(world.sums());
        return {};
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
        const auto what = fmt::format("{} (commit {})", broken.what(), commit());
        FAIL_CHECK(what);
        return what;
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
        Campaign campaign;
        const auto begin = std::chrono::steady_clock::now();
        const auto cpu_begin = std::clock();
        std::int64_t days = 0;
        if (const char* one = std::getenv("STOCKTRAY_SEED")) {
            run(std::stoull(one), sums);
            days = 1;
        } else {
            const char* minutes = std::getenv("STOCKTRAY_MINUTES");
            const char* count = std::getenv("STOCKTRAY_SEEDS");
            const std::int64_t most = count != nullptr ? std::stoll(count) : 200;
            const auto is_over = [&] {
                if (minutes != nullptr) return std::chrono::steady_clock::now() - begin > std::chrono::minutes{std::stoll(minutes)};
                return days >= most;
            };
            for (; !is_over(); ++days) {
                const auto seed = campaign.next();
                const auto what = run(seed, sums);
                campaign.lived();
                if (!what.empty()) campaign.broken(seed, what);
            }
            campaign.keep();
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        // Of the processor's time: how many others share it says nothing of the world.
        const auto cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
        std::cout << fmt::format("  {} virtual days in {:.1f} s ({:.0f} a minute of one core): {} changes, {} orders, {} faults, {} deaths of the "
                                 "agent, {} times put back from a backup, a store {} times and {} times noticed, {} jobs, {} interventions, {} posts refused, {} requests, {} unclear outcomes, {} decisions of a person\n",
                                 days, took.count(), static_cast<double>(days) * 60 / cpu, sums.changes, sums.orders, sums.faults,
                                 sums.crashes, sums.restored, sums.stores_restored, sums.stores_named, sums.jobs, sums.interventions, sums.rejected, sums.requests, sums.unclear, sums.persons);
        // One that has lost nothing of ours cannot be noticed; of so many some have.
        if (sums.stores_restored >= 10) CHECK(sums.stores_named > 0);
        if (campaign.days() > days) std::cout << fmt::format("  {} days in all of this campaign\n", campaign.days());
    }
}
