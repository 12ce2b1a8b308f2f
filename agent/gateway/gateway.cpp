#include "agent/gateway/gateway.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <atomic>
#include <thread>

#include "agent/gateway/ask.h"
#include "agent/gateway/database/database_door.h"
#include "agent/gateway/folder/folder_door.h"
#include "agent/gateway/problem_board.h"
#include "agent/gateway/script/script_door.h"
#include "ipc/messages/agent.h"

namespace stocktray::gateway {
namespace {

Result<std::unique_ptr<ipc::Outbox>> open_outbox(const Place& place) {
    auto outbox = ipc::Outbox::open({.client = "gateway " + place.version,
                                     .endpoint = place.endpoint,
                                     .spool = place.data_folder / "spool.db"});
    if (!outbox) return fail(ErrorCode::storage, outbox.error().message);
    return std::move(*outbox);
}

// Changes that no store will ever see unless a person decides: as long as they lie there, over restarts too.
std::vector<Problem> problems_of_spool(ipc::Outbox& outbox, const Place& place) {
    while (const auto notice = outbox.next_notice()) spdlog::info("{}", notice->message);
    const auto standing = outbox.standing();
    if (!standing)
        return {{.message = standing.error().message, .hint = "Look at the disk of " + place.data_folder.string()}};
    const auto& [waiting, refused, doubtful, delivered, oldest] = standing->spooled;
    if (refused + doubtful == 0) return {};
    return {{.message = fmt::format("Changes of the Order Manager do not reach any store: the agent has refused {}, and of {} it is not known "
                                    "whether it has them.",
                                    refused, doubtful),
             .hint = fmt::format("See which and why: stocktrayctl spool list --file {}", (place.data_folder / "spool.db").string())}};
}

Finding ask_agent(ipc::Outbox& outbox, const std::string& version) {
    const auto hello = ask(outbox, ipc::agent::Hello{"gateway " + version, 1}, std::chrono::seconds{5});
    if (!hello) return {false, hello.error().message, "Start the agent: systemctl --user start stocktray-agent"};
    if (hello->role < ipc::Role::order_manager)
        return {false, fmt::format("The agent gives this computer the role {}.", ipc::to_string(hello->role)),
                "Give it the role order_manager: stocktrayctl keys set-role"};
    return {true, fmt::format("The agent {} answers.", hello->version)};
}

}  // namespace

std::vector<DoorKind> door_kinds() {
    return {{"script", make_script_door}, {"folder", make_folder_door}, {"database", database::make_database_door}};
}

Result<void> keep_open(const Configuration& configuration, const Place& place, const std::function<void()>& is_open,
                       const std::function<bool()>& wait_for_stop) {
    auto outbox = open_outbox(place);
    if (!outbox) return Failure{std::move(outbox.error())};
    ProblemBoard board;
    const Surroundings surroundings{**outbox, place.endpoint, place.data_folder,
                                    [&board](std::string_view door, std::vector<Problem> problems) {
                                        board.tell(door, std::move(problems));
                                    }};
    auto doors = make_doors(configuration, door_kinds(), surroundings);
    if (!doors) return Failure{std::move(doors.error())};

    std::mutex mutex;
    Result<void> ended;
    std::atomic<bool> has_failed{false};
    std::vector<std::jthread> threads;
    threads.emplace_back([&](std::stop_token stop) { board.run(**outbox, stop); });
    for (const auto& door : *doors)
        threads.emplace_back([&, raw = door.get()](std::stop_token stop) {
            auto done = raw->run(stop);
            if (done) return;
            const std::lock_guard lock{mutex};
            if (ended) ended = Failure{{done.error().code, fmt::format("{}: {}", raw->name(), done.error().message), {}}};
            has_failed = true;
        });
    for (const auto& door : *doors) spdlog::info("open: {}", door->name());
    is_open();
    while (!has_failed && !wait_for_stop()) board.tell("changes", problems_of_spool(**outbox, place));
    for (auto& thread : threads) thread.request_stop();
    threads.clear();
    return ended;
}

Result<std::vector<Examined>> examine(const Configuration& configuration, const Place& place) {
    auto outbox = open_outbox(place);
    if (!outbox) return Failure{std::move(outbox.error())};
    const Surroundings surroundings{**outbox, place.endpoint, place.data_folder, [](std::string_view, std::vector<Problem>) {}};
    auto doors = make_doors(configuration, door_kinds(), surroundings);
    if (!doors) return Failure{std::move(doors.error())};
    std::vector<Examined> examined{{"the agent", {ask_agent(**outbox, place.version)}}};
    for (const auto& door : *doors) examined.push_back({door->name(), door->test()});
    return examined;
}

}  // namespace stocktray::gateway
