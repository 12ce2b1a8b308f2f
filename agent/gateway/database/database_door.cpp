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

namespace stocktray::gateway::database {
namespace {

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class DatabaseDoor final : public Door {
public:
    DatabaseDoor(Settings settings, const Surroundings& surroundings)
        : settings_{std::move(settings)}, surroundings_{surroundings} {}

    std::string name() const override { return "the database " + settings_.name; }
    std::vector<Finding> test() override { return test_set_up(settings_); }
    Result<void> run(std::stop_token stop) override;

private:
    [[nodiscard]] std::filesystem::path file_of(const char* ending) const {
        return surroundings_.data_folder / fmt::format("database-{}{}", settings_.name, ending);
    }
    // A person has answered the question: by this file, which is taken away with it.
    void take_answer(State& state) const {
        std::error_code none;
        if (!std::filesystem::remove(file_of(".accept"), none)) return;
        spdlog::info("{}: {}", name(), Watcher::allow(state) ? "a person has accepted the reading" : "there is no question to accept");
    }
    void hand_back(Handback* handback, Book& book, State& state, Happening& happening) const;

    Settings settings_;
    Surroundings surroundings_;
};

void DatabaseDoor::hand_back(Handback* handback, Book& book, State& state, Happening& happening) const {
    if (handback == nullptr) return;
    try {
        const auto done = handback->step(book, state);
        happening.handback_trouble = done ? std::string{} : done.error().message;
    } catch (const SQLite::Exception& error) {
        happening.handback_trouble = fmt::format("What the gateway knows cannot be kept: {}.", error.what());
    }
}

Result<void> DatabaseDoor::run(std::stop_token stop) {
    auto state = State::open(file_of(".db"));
    if (!state) return Failure{state.error()};
    auto client = ipc::Client::open({.endpoint = surroundings_.endpoint});
    if (!client) return fail(ErrorCode::invalid, client.error().message);
    AgentBook book{std::move(*client), surroundings_.outbox.source(), "gateway, database " + settings_.name};
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
        const auto began = now_ms();
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
        const auto rest = round ? (round->told.is_unfinished ? settings_.pace.rest_after_unfinished(busy)
                                                             : settings_.pace.rest_after(busy))
                                : settings_.pace.rest_after_failure(failures, busy);
        std::unique_lock lock{mutex};
        wake.wait_for(lock, stop, rest, [] { return false; });
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
