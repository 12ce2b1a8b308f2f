// Memory, start, idle.
#include <fmt/format.h>

#include <thread>

#include "tests/bench/gate.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

namespace {

double time_to_hello(AgentProcess& agent) {
    const auto begun = Clock::now();
    agent.start_without_waiting();
    auto client = ipc::Client::open({.endpoint = agent.endpoint(), .reach_within = 20s}).value();
    if (!client.call(ipc::agent::Hello{"bench", 1}, 20s))
        throw std::runtime_error{"the agent does not answer"};
    return milliseconds_since(begun);
}

}  // namespace

void measure_queue(const Options& options, Report& report, const StoreToReach& store) {
    const auto floor_folder = TempDir{};
    Process idle_floor{{{STOCKTRAY_BIN_DIR "/floor-idle", floor_folder.path().string()}, {}, {}}};
    AgentProcess empty;
    empty.start();
    give_items(empty, store.prefix, store.items);
    AgentProcess full;
    full.start();
    give_items(full, store.prefix, options.queued / 4, 6);
    Gate gate{store.url, Gate::Passage::open};
    full.must(cart_for("reached", gate.url(), store.user, store.password));
    if (!eventually([&] { return is_ready(full); })) throw std::runtime_error{"the cart is not reached"};
    for (int n = 0; n < 3; ++n) give_paused_cart(full, fmt::format("cart-{}", n));
    pause(full, "reached");
    Changes changes{options.seed, store.prefix, options.queued / 4, 6};
    for (int left = options.queued / 4; left > 0; left -= 1'000) {
        ipc::qoh::Submit submit{.source = "om"};
        for (int n = 0; n < std::min(left, 1'000); ++n) submit.changes.push_back(changes.next());
        full.must(submit);
    }
    const auto right_after = usage_of(full.process().id()).anonymous_kib;
    for (int round = 0; round < options.rounds; ++round) {
        empty.kill();
        const double to_empty = time_to_hello(empty);
        full.kill();
        report.add(fmt::format("start to the first answer, {} posts queued", options.queued), "ms",
                   time_to_hello(full), {{"with nothing queued", to_empty}});
        const auto idle = static_cast<double>(usage_of(empty.process().id()).anonymous_kib);
        const auto bare = static_cast<double>(usage_of(idle_floor.id()).anonymous_kib);
        report.add("anonymous memory, idle", "KiB", idle, {{"floor: sockets, database, multi", bare}});
        report.add(fmt::format("anonymous memory, {} posts queued, started", options.queued), "KiB",
                   static_cast<double>(usage_of(full.process().id()).anonymous_kib), {{"idle", idle}});
        if (round == 0)
            report.add(fmt::format("anonymous memory, {} posts queued, at once", options.queued), "KiB",
                       static_cast<double>(right_after), {{"idle", idle}});
    }
    resume(full, "reached");
    for (int round = 0; round < options.rounds; ++round) {
        full.kill();
        gate.forget();
        const auto begun = Clock::now();
        full.start_without_waiting();
        if (!eventually([&] { return gate.first_post().has_value(); }))
            throw std::runtime_error{"no post came"};
        report.add("start after SIGKILL to the first post on the wire", "ms",
                   std::chrono::duration<double, std::milli>(*gate.first_post() - begun).count());
    }
}

void measure_idle(const Options& options, Report& report, const StoreToReach& store) {
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    for (int n = 0; n < 4; ++n)
        agent.must(cart_for(fmt::format("cart-{}", n), store.url, store.user, store.password));
    if (!eventually([&] { return is_ready(agent); })) throw std::runtime_error{"the carts are not reached"};
    std::this_thread::sleep_for(3s);
    const auto before = usage_of(agent.process().id());
    std::this_thread::sleep_for(std::chrono::seconds{options.idle_seconds});
    const auto after = usage_of(agent.process().id());
    report.add(fmt::format("context switches, idle for {} s with 4 carts", options.idle_seconds), "switches",
               static_cast<double>(after.switches - before.switches));
    report.add(fmt::format("processor time, idle for {} s with 4 carts", options.idle_seconds), "ms",
               (after.cpu_seconds - before.cpu_seconds) * 1'000);
}

}  // namespace stocktray::bench
