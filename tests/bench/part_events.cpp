// Events: how soon a listener has them, and what one costs that has stopped listening.
#include <fmt/format.h>

#include <algorithm>
#include <zmq.hpp>

#include "ipc/client/event_stream.h"
#include "ipc/endpoint.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

namespace {

// How long behind the answer to a change of a parameter its event comes.
double behind_the_answer_us(ipc::Client& client, ipc::EventStream& events, double seconds) {
    std::vector<double> times;
    const auto end = Clock::now() + std::chrono::duration<double>{seconds};
    for (std::int64_t value = 0; Clock::now() < end; ++value) {
        const auto done =
            client.call(ipc::parameters::Set{.parameters = {{"LastPieces", value % 1'000}}}, 20s);
        if (!done) throw std::runtime_error{done.error().message};
        const auto answered = Clock::now();
        for (bool has_come = false; !has_come && Clock::now() < answered + 20s;)
            while (auto item = events.take())
                if (const auto* event = std::get_if<ipc::ReceivedEvent>(&*item))
                    has_come = has_come || event->as<ipc::events::ParameterChanged>();
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - answered).count());
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace

void measure_events(const Options& options, Report& report) {
    AgentProcess agent;
    agent.start();
    give_items(agent, "E-", subject_items);
    give_paused_cart(agent, "cart");
    auto client = agent.client();
    auto events = ipc::EventStream::open(agent.endpoint(), {"parameter"}).value();
    if (!eventually([&] { return events.take().has_value(); }))
        throw std::runtime_error{"the agent does not welcome a listener"};
    const auto folder = TempDir{};
    const std::vector<FloorRun> floors{
        {"bare PUB/SUB", "pubsub", {folder.path().string(), fmt::format("{}", options.seconds / 2)}}};
    for (int round = 0; round < options.rounds; ++round) {
        double behind = 0;
        const auto [own, rates] = sandwich(floors, [&] {
            behind = behind_the_answer_us(client, events, options.seconds);
            return Rate{};
        });
        // The answer itself was on its way as long as a bare message.
        report.add("6a event: durable until a listener has it, p50", "us", behind + rates[0].p50_us,
                   {{"bare PUB/SUB", rates[0].p50_us}});
    }

    Changes changes{options.seed, "E-", subject_items, 4};
    const auto endpoints = ipc::endpoints_of(agent.endpoint()).value();
    const auto before = usage_of(agent.process().id()).anonymous_kib;
    for (int round = 0; round < options.rounds; ++round) {
        const auto alone = submit_for(client, changes, options.seconds, 64, 1);
        zmq::context_t context{1};
        zmq::socket_t deaf{context, zmq::socket_type::sub};
        deaf.set(zmq::sockopt::linger, 0);
        deaf.set(zmq::sockopt::rcvhwm, 1);
        deaf.set(zmq::sockopt::subscribe, "");
        deaf.connect(endpoints.events);
        const auto beside = submit_for(client, changes, options.seconds, 64, 1);
        report.add("6b submits beside a listener that stopped reading", "per s", beside.per_second,
                   {{"without it", alone.per_second}});
    }
    report.add("6b anonymous memory that it cost", "KiB",
               static_cast<double>(usage_of(agent.process().id()).anonymous_kib - before));
}

}  // namespace stocktray::bench
