// How much a test does, and what its chance begins with. A build is judged by the same draws each time; new ones are for
// whoever asks for them.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace stocktray::tests {

[[nodiscard]] inline bool is_long() { return std::getenv("STOCKTRAY_LONG") != nullptr; }

// Of a campaign, or of a person who wants more than the default run does.
[[nodiscard]] inline bool is_more_asked_for() {
    constexpr std::array switches{"STOCKTRAY_SEEDS", "STOCKTRAY_REQUESTS", "STOCKTRAY_MINUTES", "STOCKTRAY_CAMPAIGN"};
    return is_long() || std::ranges::any_of(switches, [](const char* name) { return std::getenv(name) != nullptr; });
}

// STOCKTRAY_SEED, where it is set: the draws that failed, once more.
[[nodiscard]] inline std::uint64_t first_seed() {
    if (const char* told = std::getenv("STOCKTRAY_SEED")) return std::stoull(told);
    if (!is_more_asked_for()) return 1;
    return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1'000;
}

}  // namespace stocktray::tests
