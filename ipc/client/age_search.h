// How many posts of which age, by cart: where is it stuck? A long stack is not read as a whole for it: as the
// posts come oldest first, a few looks into it tell where one age ends and the next begins.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace stocktray::ipc {

// The ages that the columns end at, in milliseconds; the last column has no end.
inline constexpr std::array<std::int64_t, 6> age_bounds{20'000,    120'000,    600'000,
                                                        3'600'000, 21'600'000, 86'400'000};
using AgeCounts = std::array<std::int64_t, age_bounds.size() + 1>;

[[nodiscard]] std::size_t age_column(std::int64_t age_ms) noexcept;

// The counts of one cart, found by asking `stack.list`, which tells the oldest first.
class AgeSearch {
public:
    struct Question {
        std::int64_t offset;
        std::int64_t limit;
        bool operator==(const Question&) const = default;
    };

    explicit AgeSearch(std::int64_t now) : now_{now} {}

    // What to ask next; none: all is known.
    [[nodiscard]] std::optional<Question> next() const;
    // `created`: when the posts from the question's offset on were made; `total`: how many there are.
    void take(const Question& question, const std::vector<std::int64_t>& created, std::int64_t total);

    [[nodiscard]] AgeCounts counts() const;

private:
    std::int64_t now_;
    std::optional<std::int64_t> total_;            // as the first answer told it
    std::map<std::int64_t, std::size_t> columns_;  // by offset; between two that are alike all are alike
};

}  // namespace stocktray::ipc
