#include "ipc/client/client.h"

#include <doctest/doctest.h>
#include <set>

#include "ipc/codec/json.h"
#include "ipc/messages/registry.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/wait_until.h"

namespace stocktray::ipc {
namespace {

using namespace std::chrono_literals;
using testing::FakeAgent;
using testing::Scratch;

Client client_of(const Endpoints& endpoints, Client::Duration reach_within = 60s) {
    return *Client::open({.endpoint = endpoints.requests, .reach_within = reach_within});
}

Expected<qoh::SubmitResult> accept_all(const qoh::Submit& submit) {
    return qoh::SubmitResult{.accepted = static_cast<std::int64_t>(submit.changes.size())};
}

}  // namespace

TEST_SUITE("Client") {
    TEST_CASE("calls_a_method_and_gets_its_result") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        agent.on<qoh::Submit>(accept_all);
        auto client = client_of(scratch.endpoints());
        const auto result = client.call(qoh::Submit{"om", {{.id = "1", .sku = "A", .delta = -2}}}, 10s);
        REQUIRE(result);
        CHECK(result->accepted == 1);
    }

    TEST_CASE("an_error_of_the_agent_comes_with_its_code_sentence_and_data") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        agent.on<stack::Retry>([](const stack::Retry&) -> Expected<stack::Touched> {
            return fail_busy("The stack is being counted.", 250);
        });
        auto client = client_of(scratch.endpoints());
        const auto result = client.call(stack::Retry{}, 10s);
        REQUIRE(!result);
        CHECK(result.error().code == Code::busy);
        CHECK(result.error().message == "The stack is being counted.");
        CHECK(*result.error().data->find("retry_after_ms")->as<std::int64_t>() == 250);
        CHECK(client.call(agent::Metrics{}, 10s).error().code == Code::unknown_method);
    }

    TEST_CASE("without_an_agent_the_request_has_certainly_not_been_seen") {
        const Scratch scratch;
        auto client = client_of(scratch.endpoints(), 50ms);
        const auto result = client.call(agent::Status{}, 10s);
        REQUIRE(!result);
        CHECK(result.error().code == Code::no_agent);

        // Nothing of it is delivered to an agent that starts later.
        int asked = 0;
        FakeAgent agent{scratch.endpoints()};
        agent.on<agent::Status>([&](const agent::Status&) -> Expected<agent::StatusResult> {
            ++asked;
            return agent::StatusResult{};
        });
        auto later = client_of(scratch.endpoints());
        CHECK(later.call(agent::Status{}, 10s));
        agent.run([&](RpcServer&) { CHECK(asked == 1); });
    }

    TEST_CASE("an_agent_that_does_not_answer_in_time_leaves_it_unknown") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        std::vector<ReplyTo> unanswered;
        agent.on_raw("agent.status",
                     [&](RpcServer&, IncomingRequest& request) { unanswered.push_back(request.from); });
        auto client = client_of(scratch.endpoints());
        CHECK(client.call(agent::Status{}, 50ms).error().code == Code::no_answer);
        CHECK(tests::wait_until([&] {
            bool is_asked = false;
            agent.run([&](RpcServer&) { is_asked = !unanswered.empty(); });
            return is_asked;
        }));

        // The late answer is not taken for that of the next request.
        agent.run([&](RpcServer& server) {
            for (const auto& to : unanswered) server.reply_ok(to, agent::StatusResult{.run = "late"});
        });
        agent.on<agent::Status>([](const agent::Status&) -> Expected<agent::StatusResult> {
            return agent::StatusResult{.run = "new"};
        });
        CHECK(client.call(agent::Status{}, 10s)->run == "new");
    }

    TEST_CASE("an_agent_that_ends_meanwhile_leaves_it_unknown_without_waiting_for_the_timeout") {
        const Scratch scratch;
        auto agent = std::make_unique<FakeAgent>(scratch.endpoints());
        std::mutex mutex;
        std::condition_variable seen;
        bool is_seen = false;
        agent->on_raw("agent.status", [&](RpcServer&, IncomingRequest&) {
            const std::scoped_lock lock{mutex};
            is_seen = true;
            seen.notify_all();
        });
        auto client = client_of(scratch.endpoints());
        const auto pending = client.send(agent::Status{});
        REQUIRE(pending);
        {
            std::unique_lock lock{mutex};
            seen.wait(lock, [&] { return is_seen; });
        }
        agent.reset();
        CHECK(client.poll(10s) == 1);
        const auto answer = client.take(*pending);
        REQUIRE(answer);
        CHECK(answer->error().code == Code::no_answer);
    }

    TEST_CASE("finds_the_agent_again_after_its_restart") {
        const Scratch scratch;
        auto agent = std::make_unique<FakeAgent>(scratch.endpoints());
        agent->on<qoh::Submit>(accept_all);
        auto client = client_of(scratch.endpoints());
        CHECK(client.call(qoh::Submit{"om", {}}, 10s));
        agent.reset();
        agent = std::make_unique<FakeAgent>(scratch.endpoints(), "run-2");
        agent->on<qoh::Submit>(accept_all);
        // What was sent before the end of the old connection had been noticed went with it: nobody knows what became
        // of it, and it is asked again.
        auto result = client.call(qoh::Submit{"om", {}}, 10s);
        if (!result && result.error().code == Code::no_answer) result = client.call(qoh::Submit{"om", {}}, 10s);
        CHECK(result);
    }

    TEST_CASE("many_requests_may_be_under_way_and_be_answered_in_another_order") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        std::vector<std::pair<ReplyTo, std::int64_t>> kept;
        agent.on_raw("stack.list", [&](RpcServer& server, IncomingRequest& request) {
            kept.emplace_back(request.from, decode<stack::List>(request.params)->limit);
            if (kept.size() < Client::most_under_way) return;
            for (auto at = kept.rbegin(); at != kept.rend(); ++at)
                server.reply_ok(at->first, stack::ListResult{.total = at->second});
        });
        auto client = client_of(scratch.endpoints());
        std::vector<Pending<stack::List>> pending;
        for (std::size_t i = 0; i < Client::most_under_way; ++i)
            pending.push_back(*client.send(stack::List{.limit = static_cast<std::int64_t>(i) + 1}));
        CHECK(client.send(stack::List{}).error().code == Code::busy);
        std::size_t answered = 0;
        while (answered < pending.size()) {
            REQUIRE(client.poll(10s) > 0);
            for (std::size_t i = 0; i < pending.size(); ++i) {
                const auto result = client.take(pending[i]);
                if (!result || !*result) continue;  // not yet, or taken before
                CHECK((*result)->total == static_cast<std::int64_t>(i) + 1);
                ++answered;
            }
        }
    }

    TEST_CASE("an_answer_that_is_not_of_this_protocol_is_told_apart") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        agent.on_raw("agent.status", [](RpcServer& server, IncomingRequest& request) {
            server.reply_ok(request.from, agent::MetricsResult{"no status"});
        });
        auto client = client_of(scratch.endpoints());
        const auto result = client.call(agent::Status{}, 10s);
        REQUIRE(!result);
        CHECK(result.error().code == Code::bad_answer);
        CHECK(result.error().message == "run is missing.");
    }

    TEST_CASE("calls_any_method_with_json") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        agent.on<qoh::Submit>(accept_all);
        auto client = client_of(scratch.endpoints());
        const auto params = from_json(R"({"source": "om", "changes": [{"id": "1", "sku": "A", "delta": 3,
                                          "reason": "return"}]})");
        const auto answer = client.call_raw("qoh.submit", *params, 10s);
        REQUIRE(answer);
        CHECK(to_json(answer->result, Layout::one_line) ==
              R"({"accepted":1,"duplicates":0,"superseded":0,"rejected":[]})");
        CHECK(client.call_raw("no.such", *from_json("{}"), 10s).error().code == Code::unknown_method);
    }

    TEST_CASE("an_endpoint_that_cannot_be_right_is_refused_at_once") {
        CHECK(Client::open({.endpoint = "rpc.sock"}).error().code == Code::invalid_params);
    }
}

}  // namespace stocktray::ipc
