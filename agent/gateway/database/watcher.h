// One round of watching: settle what is open, read the database, tell the agent what has changed.
//
// Order matters, each step because of the one before (watch_rule.h): offers without an answer are repeated; books that
// are not known are asked for; then the database is read, whole or not at all; the reading is weighed; only then
// anything is told. A kill between any two steps costs nothing but time.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/gateway/database/guard.h"
#include "agent/gateway/database/source.h"
#include "agent/gateway/database/teller.h"
#include "core/result.h"

namespace stocktray::gateway::database {

// What a round came to.
struct Round {
    bool has_read{false};  // false: the watermark said that nothing has changed
    std::int64_t rows{0};
    Told told{};
    std::optional<std::string> question{};  // nothing is told until a person has answered
    std::vector<std::string> bad_rows{};    // sentences; the first few
    std::int64_t bad_row_count{0};
};

// Why a round ended early. What was begun goes on in the next one.
struct Stopped {
    enum class By { database, agent, state };
    By by{By::database};
    std::string message{};  // a sentence
};

class Watcher {
public:
    struct Options {
        std::string name{};  // of the watch: part of every id
        GuardLimits limits{};
        std::chrono::milliseconds compare_every{std::chrono::hours{24}};  // with the agent's whole book
        // A watermark of whole seconds hides a change of the same second, and one of a time a transaction that ended after a
        // later one: so long after the watermark has moved everything is read once more, and so often in any case.
        std::chrono::milliseconds read_once_more{std::chrono::seconds{30}};
        std::chrono::milliseconds read_every{std::chrono::minutes{10}};
    };

    // All three must outlive it and belong to its thread.
    Watcher(Source& source, Book& book, State& state, Options options)
        : source_{source}, teller_{book, state, options.name}, state_{state}, options_{std::move(options)} {}

    // `now_ms`: milliseconds since the epoch.
    [[nodiscard]] tl::expected<Round, Stopped> round(std::int64_t now_ms);

    // A person's yes to the question that is open; false if there is none.
    [[nodiscard]] static bool allow(State& state);

private:
    [[nodiscard]] tl::expected<Round, Stopped> work(std::int64_t now_ms);
    [[nodiscard]] bool is_reading_due(std::int64_t now_ms) const noexcept;
    [[nodiscard]] ipc::Expected<void> settle(std::int64_t now_ms);
    [[nodiscard]] ipc::Expected<void> tell(std::int64_t now_ms, Told& told);
    [[nodiscard]] Result<Weighed> read(bool is_whole, std::int64_t now_ms, std::vector<bool>& seen, Round& round);
    [[nodiscard]] bool is_believed(const Weighed& weighed, Round& round);
    void mark_gone(const std::vector<bool>& seen, std::int64_t now_ms);

    Source& source_;
    Teller teller_;
    State& state_;
    Options options_;
    std::string watermark_{};  // of the last reading that was told to its end
    bool must_read_{true};     // whatever the watermark says
    std::int64_t read_at_{0};
    bool was_read_once_more_{false};  // since the watermark moved
    std::optional<std::int64_t> compared_at_{};
};

}  // namespace stocktray::gateway::database
