// Events: what the agent tells by itself, without a gap, and not more often than anybody can read.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "tests/agent/bench.h"
#include "tests/agent/raw_client.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

TEST_SUITE("AgentEvents") {
    TEST_CASE("the welcome comes first and its numbers go on without a gap") {
        Bench bench;
        Listener listener{bench.agent};
        CHECK(listener.welcome().run == bench.agent.must(ipc::agent::Hello{"test", 1}).run);
        for (int n = 0; n < 20; ++n) bench.submit(fmt::format("c{}", n), "SKU-0002", -1);
        REQUIRE(bench.rests());
        set_parameter(bench.agent, "SlowSeconds", std::int64_t{9});
        REQUIRE(listener.wait_for<ipc::events::ParameterChanged>());
        auto seq = listener.welcome().seq;
        auto topic_seqs = listener.welcome().topic_seqs;
        for (const auto& event : listener.heard()) {
            const std::string topic{event.numbers.topic};
            CAPTURE(topic);
            CHECK(event.numbers.run == listener.welcome().run);
            CHECK(event.numbers.seq == ++seq);
            CHECK(event.numbers.topic_seq == ++topic_seqs[topic.substr(0, topic.find('.'))]);
        }
        CHECK(bench.agent.must(ipc::agent::Status{}).seq >= seq);
    }

    TEST_CASE("a subscriber to one family hears it whole and nothing else") {
        Bench bench;
        Listener posts{bench.agent, {"post"}};
        for (int n = 0; n < 5; ++n) {
            bench.submit(fmt::format("c{}", n), "SKU-0002", -1);
            REQUIRE(bench.rests());
        }
        REQUIRE(eventually([&] {
            posts.listen();
            return posts.heard().size() >= 5;
        }));
        const auto known = posts.welcome().topic_seqs.find("post");
        auto topic_seq = known == posts.welcome().topic_seqs.end() ? 0 : known->second;
        for (const auto& event : posts.heard()) {
            CHECK(event.numbers.topic.starts_with("post."));
            CHECK(event.numbers.topic_seq == ++topic_seq);
        }
    }

    TEST_CASE("a confirmed post says how long it took") {
        Bench bench;
        Listener listener{bench.agent, {"post"}};
        ipc::stack::Pause pause;
        pause.cart = "main";
        pause.until = bench.agent.must(ipc::agent::Hello{"test", 1}).server_time + 400;
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -2);
        const auto event = listener.wait_for<ipc::events::PostConfirmed>();
        REQUIRE(event);
        CHECK(event->sku == "SKU-0002");
        CHECK(event->delta == -2);
        CHECK(event->state == ipc::PostState::confirmed);
        CHECK(event->took_ms > 0);
        CHECK(event->reply_qoh == bench.store.count("SKU-0002"));
    }

    TEST_CASE("a cart's state is told at most five times a second, and the last state always comes") {
        Bench bench;
        Listener listener{bench.agent};
        const auto begin = std::chrono::steady_clock::now();
        for (int n = 0; n < 150; ++n)
            bench.submit(fmt::format("c{}", n), fmt::format("SKU-{:04}", n % 3 + 1), 1);
        REQUIRE(bench.rests());
        const auto before_status = bench.agent.must(ipc::agent::Status{});
        const auto rests = [&] {
            const auto told = listener.all<ipc::events::StackChanged>();
            return !told.empty() && told.back().queued + told.back().sending == 0 &&
                   told.back().last_confirmed_at == before_status.carts.at(0).last_confirmed_at;
        };
        CHECK(eventually(rests));
        const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        const auto told = listener.all<ipc::events::StackChanged>();
        CHECK(static_cast<double>(told.size()) <= 5.0 * seconds + 2.0);
        CHECK(told.size() < 150);
    }

    TEST_CASE("the start and the stop of an agent are told") {
        Bench bench;
        Listener listener{bench.agent};
        CHECK(bench.agent.stop() == 0);
        CHECK(listener.wait_for<ipc::events::AgentStopping>());
    }

    TEST_CASE("health is told when it changes") {
        Bench bench;
        Listener listener{bench.agent};
        bench.store.stop();
        bench.submit("c1", "SKU-0002", -1);
        const auto bad = listener.wait_for<ipc::events::CartHealth>(
            [](const auto& event) { return event.health != ipc::Health::ok; });
        REQUIRE(bad);
        CHECK(bad->cart == "main");
        CHECK(bad->last_error);
        bench.store.start();
        CHECK(listener.wait_for<ipc::events::CartHealth>(
            [](const auto& event) { return event.health == ipc::Health::ok; }));
    }

    TEST_CASE("a doubt and its end are told") {
        Bench bench;
        Listener listener{bench.agent, {"post"}};
        bench.valve.set(Flow::lose_answer, "invupdate");
        bench.submit("c1", "SKU-0002", -2);
        const auto doubt = listener.wait_for<ipc::events::PostUncertain>();
        REQUIRE(doubt);
        CHECK(doubt->last_error);
        bench.valve.set(Flow::open);
        const auto done = listener.wait_for<ipc::events::PostConfirmed>();
        REQUIRE(done);
        CHECK(done->post == doubt->post);
    }

    TEST_CASE(
        "a subscriber that does not listen costs nobody else anything and sees the gap by the numbers") {
        Bench bench;
        RawClient deaf{"ipc://" + (bench.agent.folder() / "run" / "events.sock").string(),
                       zmq::socket_type::sub};
        deaf.keep_answers(1);
        deaf.subscribe("");
        REQUIRE(deaf.receive());
        Listener listener{bench.agent};
        for (int round = 0; round < 40; ++round) {
            std::vector<ipc::qoh::Change> changes;
            for (int n = 0; n < 250; ++n)
                changes.push_back(a_change(fmt::format("c{}-{}", round, n), "SKU-0002", 0));
            REQUIRE(bench.submit(changes).accepted == 250);
            // No more than the agent keeps for one who is only slow.
            REQUIRE(eventually([&] {
                listener.listen();
                return listener.heard().size() >= 250u * (static_cast<unsigned>(round) + 1);
            }));
        }
        CHECK(outcome(bench.agent, ipc::agent::Status{}) == "answered");
    }
}
