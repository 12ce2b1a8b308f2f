#include "tests/bench/job_subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

AgentProcess::Options quick_job_options() {
    AgentProcess::Options options;
    options.configuration =
        "[log]\nlevel = \"warning\"\n[secrets]\nstore = \"file\"\n[retry]\nbase_ms = 20\ncap_ms = 200\n"
        "[doubts]\nbetween_reads_ms = 1\nafter_import_ms = 50\nretry_base_ms = 50\nretry_cap_ms = 500\n";
    return options;
}

void give_catalogue(AgentProcess& agent, int products) {
    set_parameter(agent, "SynchQOH", true);
    constexpr int most = 10'000;
    agent.must(ipc::qoh::Snapshot{.source = "om", .snapshot = "bench", .part = 0});
    ipc::qoh::Snapshot lone{.source = "om", .snapshot = "bench", .part = 1, .last = products == 0};
    for (std::uint64_t n = 0; n < lone_items; ++n)
        lone.items.push_back({.sku = item_sku("L-", n, 4), .qoh = 1'000});
    agent.must(lone);
    for (int from = 0, part = 2; from < products; from += most, ++part) {
        ipc::qoh::Snapshot snapshot{
            .source = "om", .snapshot = "bench", .part = part, .last = from + most >= products};
        for (int n = from; n < std::min(products, from + most); ++n)
            snapshot.items.push_back({.sku = item_sku("B-", static_cast<std::uint64_t>(n), 7), .qoh = 1'000});
        agent.must(snapshot, 600s);
    }
}

void give_carts(AgentProcess& agent, ipc::carts::Create main) {
    std::vector<std::string> lone;
    for (std::uint64_t n = 0; n < lone_items; ++n) lone.push_back(item_sku("L-", n, 4));
    main.exclude = std::move(lone);
    agent.must(main);
    give_paused_cart(agent, "quiet");
}

bool is_main_ready(AgentProcess& agent) {
    const auto carts = agent.must(ipc::agent::Status{}).carts;
    const auto main = std::ranges::find_if(carts, [](const auto& cart) { return cart.cart == "main"; });
    return main != carts.end() && !main->waiting_for && main->queued + main->sending + main->uncertain == 0;
}

std::int64_t metric(AgentProcess& agent, const std::string& name) {
    const auto text = agent.must(ipc::agent::Metrics{}).text;
    const auto begin = "stocktray_" + name + " ";
    const auto at = text.find(begin);
    if (at == std::string::npos) throw std::runtime_error{"there is no metric " + name};
    return std::stoll(text.substr(at + begin.size()));
}

Rate submit_alone(AgentProcess& agent, std::uint64_t seed, const std::function<bool()>& stop) {
    constexpr auto pace = 10ms;
    Changes changes{seed, "L-", lone_items, 4};
    auto client = agent.client();
    std::vector<double> times;
    while (!stop()) {
        const auto begun = Clock::now();
        (void)submit_so_many(client, changes, 1, 1, 1);
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count());
        std::this_thread::sleep_until(begun + pace);
    }
    if (times.empty()) return {};
    std::ranges::sort(times);
    const auto at = [&](double part) {
        return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
    };
    return {static_cast<double>(times.size()), at(0.5), at(0.99)};
}

JobRun run_job(AgentProcess& agent, const ipc::jobs::Start& start, std::optional<std::uint64_t> submit_seed) {
    JobRun run;
    const auto process = agent.process().id();
    run.idle_kib = run.peak_kib = usage_of(process).anonymous_kib;
    const auto commits = metric(agent, "commits_total");
    const auto turns = metric(agent, "turns_total");
    const auto long_turns = metric(agent, "turns_over_20_milliseconds_total");
    std::atomic<bool> has_ended{false};
    const auto stop = [&] { return has_ended.load(); };
    auto watching = std::async(std::launch::async, [&] {
        while (!stop()) {
            run.peak_kib = std::max<std::int64_t>(run.peak_kib, usage_of(process).anonymous_kib);
            std::this_thread::sleep_for(50ms);
        }
    });
    std::future<Rate> submitting;
    if (submit_seed)
        submitting = std::async(std::launch::async, [&] { return submit_alone(agent, *submit_seed, stop); });
    const struct End {
        std::atomic<bool>& has_ended;
        ~End() { has_ended = true; }
    } end{has_ended};
    ipc::jobs::Get get;
    get.job = agent.must(start).job;
    for (;;) {
        run.job = agent.must(get);
        const auto state = run.job.state;
        if (state != ipc::JobState::queued && state != ipc::JobState::running && state != ipc::JobState::waiting) break;
        std::this_thread::sleep_for(100ms);
    }
    has_ended = true;
    watching.get();
    if (submitting.valid()) run.submits = submitting.get();
    if (run.job.state != ipc::JobState::done)
        throw std::runtime_error{fmt::format("the job has ended otherwise: {}{}", run.job.message.value_or(""),
                                             run.job.blocked ? run.job.blocked->message : "")};
    run.seconds = static_cast<double>(*run.job.finished_at - run.job.started_at) / 1'000;
    run.commits = metric(agent, "commits_total") - commits;
    run.turns = metric(agent, "turns_total") - turns;
    run.long_turns = metric(agent, "turns_over_20_milliseconds_total") - long_turns;
    run.longest_turn_us = metric(agent, "turn_microseconds_max");
    return run;
}

}  // namespace stocktray::bench
