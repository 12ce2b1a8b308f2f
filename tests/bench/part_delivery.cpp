#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "ipc/client/event_stream.h"
#include "tests/bench/gate.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

namespace {

// From the resuming of the cart until its queue is empty.
Rate deliver_queue(AgentProcess& agent, const std::string& cart, Changes& changes, int posts) {
    pause(agent, cart);
    ipc::qoh::Submit submit{.source = "om"};
    for (int n = 0; n < posts; ++n) submit.changes.push_back(changes.next());
    agent.must(submit);
    auto client = agent.client();
    const auto queued = agent.must(ipc::agent::Status{}).stack.queued;
    const auto begun = Clock::now();
    resume(agent, cart);
    for (;;) {
        const auto status = client.call(ipc::agent::Status{}, 20s);
        if (!status) throw std::runtime_error{status.error().message};
        if (status->stack.queued + status->stack.sending + status->stack.uncertain == 0) break;
        if (milliseconds_since(begun) > 120'000) throw std::runtime_error{"the queue does not empty"};
        std::this_thread::sleep_for(2ms);
    }
    return {static_cast<double>(queued) / (milliseconds_since(begun) / 1'000), 0, 0};
}

// A change alone, until the news of its confirmation is here.
Rate deliver_alone(AgentProcess& agent, Changes& changes, int times) {
    auto stream = ipc::EventStream::open(agent.endpoint(), {"post"}).value();
    const auto wait_for = [&](auto wanted) {
        const auto begun = Clock::now();
        while (milliseconds_since(begun) < 10'000) {
            while (const auto item = stream.take())
                if (wanted(*item)) return;
            std::this_thread::sleep_for(20us);
        }
        throw std::runtime_error{"no news came"};
    };
    wait_for([](const auto& item) { return std::holds_alternative<ipc::events::Welcome>(item); });
    auto client = agent.client();
    std::vector<double> all;
    for (int n = 0; n < times; ++n) {
        const auto begun = Clock::now();
        (void)submit_so_many(client, changes, 1, 1, 1);
        wait_for([](const auto& item) {
            const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
            return event != nullptr && event->numbers.topic == "post.confirmed";
        });
        all.push_back(milliseconds_since(begun) * 1'000);
    }
    std::ranges::sort(all);
    return {0, all[all.size() / 2], all.back()};
}

}  // namespace

void measure_delivery(const Options& options, Report& report, const StoreToReach& store) {
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    auto cart = cart_for("main", store.url, store.user, store.password);
    agent.must(cart);
    Changes changes{options.seed, store.prefix, store.items, 4};
    auto client = agent.client();
    (void)submit_so_many(client, changes, 1, 1, 1);
    if (!eventually([&] { return is_ready(agent); }))
        throw std::runtime_error{store.name + " is not reached"};
    const auto identity = agent.must(ipc::agent::Hello{"bench", 1}).agent;
    const auto floor_run = [&](const std::string& label, int connections, int pieces) {
        return FloorRun{
            label,
            "curl",
            {store.url, "0.5", std::to_string(connections), std::to_string(pieces), store.user,
             store.password, identity, store.id(identity), store.prefix, std::to_string(store.items)}};
    };
    const std::vector<FloorRun> alone{floor_run("libcurl alone, a POST", 1, 1)};
    const std::vector<FloorRun> many{floor_run("libcurl multi, 4 connections, a change each", 4, 1),
                                     floor_run("libcurl multi, 4 connections, 250 changes each", 4, 250)};
    for (int round = 0; round < options.rounds; ++round) {
        const auto [one, one_floor] = sandwich(alone, [&] { return deliver_alone(agent, changes, 20); });
        add_rates(report, store.name + ": submit to confirmation, p50", one, alone, one_floor, &Rate::p50_us,
                  "us");
        const auto [queue, queue_floor] =
            sandwich(many, [&] { return deliver_queue(agent, "main", changes, store.items); });
        add_rates(report, store.name + ": delivery, 4 connections", queue, many, queue_floor,
                  &Rate::per_second, "posts/s");
    }
}

void measure_hanging_cart(const Options& options, Report& report, const StoreToReach& store) {
    constexpr int healthy = 4;
    Gate gate{store.url, Gate::Passage::shut};
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    for (int n = 0; n < healthy; ++n)
        agent.must(cart_for(fmt::format("cart-{}", n), store.url, store.user, store.password));
    auto hanging = cart_for("hanging", gate.url(), store.user, store.password);
    hanging.timeout_ms = 5'000;
    agent.must(hanging);
    if (!eventually([&] { return is_ready(agent); })) throw std::runtime_error{"the carts are not reached"};
    Changes changes{options.seed, store.prefix, store.items, 4};
    auto client = agent.client();
    const auto others = [&] {
        std::int64_t left = 0;
        for (const auto& cart : agent.must(ipc::agent::Status{}).carts)
            if (cart.cart != "hanging") left += cart.queued + cart.sending + cart.uncertain;
        return left;
    };
    const auto measure = [&] {
        const auto begun = Clock::now();
        (void)submit_so_many(client, changes, 20, 1, 25);
        const bool done = eventually([&] { return others() == 0; }, 60s);
        if (!done) throw std::runtime_error{"the other carts do not come to an end"};
        return 500.0 * healthy / (milliseconds_since(begun) / 1'000);
    };
    for (int round = 0; round < options.rounds; ++round) {
        pause(agent, "hanging");
        const double before = measure();
        resume(agent, "hanging");
        const double with = measure();
        pause(agent, "hanging");
        const double after = measure();
        report.add("four carts while a fifth hangs", "changes/s", with,
                   {{"without it", (before + after) / 2}});
    }
}

}  // namespace stocktray::bench
