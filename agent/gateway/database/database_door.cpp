#include "agent/clock.h"
#include "agent/gateway/database/database_door.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>

#include "agent/gateway/database/agent_book.h"
#include "agent/gateway/database/handback.h"
#include "agent/gateway/database/odbc_source.h"
#include "agent/gateway/database/settings_table.h"
#include "agent/gateway/database/setup_test.h"
#include "agent/gateway/database/watch_report.h"
#include "agent/gateway/database/watcher.h"
#include "ipc/random_id.h"

namespace stocktray::gateway::database {
namespace {

// Whose changes these are. Not the gateway's: each source has one snapshot open at a time.
std::string source_of(const std::string& name, State& state) {
    if (auto known = state.note("source")) return *known;
    const auto drawn = fmt::format("database-{}-{}", name, ipc::random_id().substr(0, 12));
    state.set_note("source", drawn);
    return drawn;
}

class DatabaseDoor final : public Door {
public:
    DatabaseDoor(Settings settings, const Surroundings& surroundings)
        : settings_{std::move(settings)}, surroundings_{surroundings} {}

    std::string name() const override { return "the database " + settings_.name; }
    std::vector<Finding> test() override { return test_set_up(settings_); }
    Result<void> run(std::stop_token stop) override;

private:
    [[nodiscard]] Result<void> watch(const std::stop_token& stop);
    [[nodiscard]] std::filesystem::path file_of(const char* ending) const {
        return surroundings_.data_folder / fmt::format("database-{}{}", settings_.name, ending);
    }
    // A person has answered the question: by this file, which is taken away with it.
    void take_answer(State& state) const {
        std::error_code none;
        if (!std::filesystem::remove(file_of(".accept"), none)) return;
        spdlog::info("{}: {}", name(), Watcher::allow(state) ? "a person has accepted the reading" : "there is no question to accept");
    }
    [[nodiscard]] Pace::Duration rest_after(const tl::expected<Round, Stopped>& round, int failures, Pace::Duration busy) const;
    void hand_back(Handback* handback, Book& book, State& state, Happening& happening) const;

    Settings settings_;
    Surroundings surroundings_;
};

Pace::Duration DatabaseDoor::rest_after(const tl::expected<Round, Stopped>& round, int failures, Pace::Duration busy) const {
    const auto& pace = settings_.pace;
    if (round) return round->told.is_unfinished ? pace.rest_after_unfinished(busy) : pace.rest_after(busy);
    const auto rest = pace.rest_after_failure(failures, busy);
    // An agent that comes back is to hear at once what has changed; asking for it costs the database nothing.
    return round.error().by == Stopped::By::agent ? std::min(rest, std::max(pace.every, pace.rest_after(busy))) : rest;
}

void DatabaseDoor::hand_back(Handback* handback, Book& book, State& state, Happening& happening) const {
    if (handback == nullptr) return;
    const auto step = [&]() -> Result<void> {
        try {
            return handback->step(book, state);
        } catch (const SQLite::Exception& error) {
            return fail(ErrorCode::storage, fmt::format("What the gateway knows cannot be kept: {}.", error.what()));
        }
    };
    happening.take_handback(step(), to_ms(agent::Clock::wall_now()));
}

Result<void> DatabaseDoor::run(std::stop_token stop) {
    try {
        return watch(stop);
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::storage, fmt::format("{} cannot be used: {}.", file_of(".db").string(), error.what()));
    }
}

Result<void> DatabaseDoor::watch(const std::stop_token& stop) {
    auto state = State::open(file_of(".db"));
    if (!state) return Failure{state.error()};
    auto client = ipc::Client::open({.endpoint = surroundings_.endpoint});
    if (!client) return fail(ErrorCode::invalid, client.error().message);
    AgentBook book{std::move(*client), source_of(settings_.name, **state), "gateway, database " + settings_.name};
    OdbcSource source{settings_};
    const auto handback = make_handback(settings_);
    Watcher watcher{source, book, **state, {.name = settings_.name, .limits = settings_.limits}};
    const std::stop_callback ends{stop, [&source] { source.cancel(); }};

    Happening happening;
    int failures = 0;
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        take_answer(**state);
        hand_back(handback.get(), book, **state, happening);
        const auto began = to_ms(agent::Clock::wall_now());
        const auto round = watcher.round(began);
        const auto busy = source.take_busy();
        if (stop.stop_requested()) break;
        failures = round ? 0 : failures + 1;
        happening.take(round, began);
        if (round && (round->told.changes > 0 || round->told.in_snapshot > 0))
            spdlog::info("{}: {} rows, {} changes told, {} items in a snapshot, {} ms", name(), round->rows, round->told.changes,
                         round->told.in_snapshot, busy.count());
        try {
            surroundings_.tell(name(), problems_of(happening, **state, began, file_of(".accept").string()));
        } catch (const SQLite::Exception& error) {
            spdlog::warn("{}: what the gateway knows cannot be read: {}", name(), error.what());
        }
        std::unique_lock lock{mutex};
        wake.wait_for(lock, stop, rest_after(round, failures, busy), [] { return false; });
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Door>> make_database_door(const settings::File& file, const toml::table& table,
                                                 const Surroundings& surroundings) {
    auto read = read_settings(file, table);
    if (!read) return Failure{read.error()};
    return std::make_unique<DatabaseDoor>(std::move(*read), surroundings);
}

}  // namespace stocktray::gateway::database
