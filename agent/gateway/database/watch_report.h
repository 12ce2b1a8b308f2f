// What a person is told of a watched database, and since when something has been wrong with it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/gateway/database/watcher.h"
#include "agent/gateway/door.h"

namespace stocktray::gateway::database {

// What the last rounds came to. Pure.
struct Happening {
    // Something that fails, and since when; a sentence.
    struct Failing {
        std::int64_t since{0};  // milliseconds since the epoch
        std::string message{};
    };
    std::optional<Failing> reading{};
    std::optional<Failing> handback{};
    std::optional<std::string> question{};
    std::vector<std::string> bad_rows{};
    std::int64_t bad_row_count{0};

    void take(const tl::expected<Round, Stopped>& round, std::int64_t now_ms);
    void take_handback(const Result<void>& done, std::int64_t now_ms);
};

// A database that is away for a moment is no news.
inline constexpr std::int64_t told_after_ms = 120'000;
// SKUs that are gone are told for a week: who deleted them on purpose has seen it then.
inline constexpr std::int64_t gone_told_for_ms = std::int64_t{7} * 24 * 3'600 * 1'000;

// `accept_file`: what a person makes to say yes to a question. May throw SQLite::Exception.
[[nodiscard]] std::vector<Problem> problems_of(const Happening& happening, State& state, std::int64_t now_ms,
                                               const std::string& accept_file);

}  // namespace stocktray::gateway::database
