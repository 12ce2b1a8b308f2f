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
#include "agent/gateway/spool_report.h"
#include "ipc/messages/agent.h"

namespace stocktray::gateway {
namespace {

// A trouble that ends by itself mostly does within moments: the agent is busy, its disk was full.
constexpr std::chrono::seconds patience{60};

std::filesystem::path spool_of(const Place& place) { return place.data_folder / "spool.db"; }

Result<std::unique_ptr<ipc::Outbox>> open_outbox(const Place& place, ipc::Spool::OnDamage on_damage) {
    auto outbox = ipc::Outbox::open({.client = "gateway " + place.version,
                                     .endpoint = place.endpoint,
                                     .spool = spool_of(place),
                                     .on_damage = on_damage});
    if (!outbox) return fail(ErrorCode::storage, outbox.error().message);
    return std::move(*outbox);
}

std::vector<Problem> problems_of_spool(SpoolReport& report) {
    for (const auto& notice : report.news()) spdlog::log(is_bad(notice) ? spdlog::level::warn : spdlog::level::info, "{}", notice.message);
    return report.problems(SpoolReport::Clock::now());
}

Finding ask_agent(ipc::Outbox& outbox, const std::string& version) {
    const auto hello = ask(outbox, ipc::agent::Hello{"gateway " + version, 1}, std::chrono::seconds{5});
    if (!hello) return {false, hello.error().message, "Start the agent: systemctl --user start stocktray-agent"};
    if (hello->role < ipc::Role::order_manager)
        return {false, fmt::format("The agent gives this computer the role {}.", ipc::to_string(hello->role)),
                "Give it the role order_manager: stocktrayctl keys set-role"};
    return {true, fmt::format("The agent {} answers.", hello->version)};
}

std::vector<Finding> look_at_spool(ipc::Outbox& outbox, const Place& place) {
    // What waits is tried now, so that what is wrong with it shows.
    const auto is_delivered = outbox.flush(std::chrono::seconds{5});
    SpoolReport report{outbox, spool_of(place), std::chrono::seconds{0}};
    std::vector<Finding> findings;
    // Refusals are problems, too, and their notices may come a moment later than they show.
    for (const auto& notice : report.news())
        if (notice.topic != "agent.refuses" && notice.topic != "spool.refused" && notice.topic != "spool.doubtful")
            findings.push_back({!is_bad(notice), notice.message});
    for (auto& problem : report.problems(SpoolReport::Clock::now()))
        findings.push_back({false, std::move(problem.message), std::move(problem.hint)});
    if (!findings.empty()) return findings;
    if (is_delivered.value_or(false))
        findings.push_back({true, "Nothing of what the Order Manager changed is held up."});
    else
        findings.push_back({false, "What the Order Manager changed waits for the agent."});
    return findings;
}

}  // namespace

std::vector<DoorKind> door_kinds() {
    return {{"script", make_script_door}, {"folder", make_folder_door}, {"database", database::make_database_door}};
}

Result<void> keep_open(const Configuration& configuration, const Place& place, const std::function<void()>& is_open,
                       const std::function<bool()>& wait_for_stop) {
    auto outbox = open_outbox(place, ipc::Spool::OnDamage::mend);
    if (!outbox) return Failure{std::move(outbox.error())};
    SpoolReport report{**outbox, spool_of(place), patience};
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
    while (!has_failed && !wait_for_stop()) board.tell("changes", problems_of_spool(report));
    for (auto& thread : threads) thread.request_stop();
    threads.clear();
    return ended;
}

Result<std::vector<Examined>> examine(const Configuration& configuration, const Place& place) {
    // A damaged spool is left to the gateway itself: who mends it has to tell of it.
    auto outbox = open_outbox(place, ipc::Spool::OnDamage::tell);
    if (!outbox) return Failure{std::move(outbox.error())};
    const Surroundings surroundings{**outbox, place.endpoint, place.data_folder, [](std::string_view, std::vector<Problem>) {}};
    auto doors = make_doors(configuration, door_kinds(), surroundings);
    if (!doors) return Failure{std::move(doors.error())};
    std::vector<Examined> examined{{"the agent", {ask_agent(**outbox, place.version)}}};
    examined.push_back({"changes under way", look_at_spool(**outbox, place)});
    for (const auto& door : *doors) examined.push_back({door->name(), door->test()});
    return examined;
}

}  // namespace stocktray::gateway
