// Whether a reading is believed: a query that was changed, a table that is being filled, a database that was restored
// show as very many counts that change at once, or SKUs that are gone. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace stocktray::gateway::database {

// Numbers of SKUs.
struct Weighed {
    std::int64_t known{0};    // before this reading
    std::int64_t rows{0};     // in it
    std::int64_t changed{0};  // of the known, with another count
    std::int64_t missing{0};  // of the known, without a row
    bool operator==(const Weighed&) const = default;
};

struct GuardLimits {
    int percent{20};             // of the known; 100: only an empty reading is asked about
    std::int64_t at_least{20};   // so few are never asked about
};

// None: nothing stands against it. Else a question to a person, a sentence with the numbers. `allowed`: what a
// person has said yes to; it covers a reading that is no worse than the one that was asked about, give or take the limits.
[[nodiscard]] std::optional<std::string> question_about(const Weighed& weighed, const GuardLimits& limits,
                                                        const std::optional<Weighed>& allowed);

}  // namespace stocktray::gateway::database
