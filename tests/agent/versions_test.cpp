// Clients of other versions before the real agent. What they say is written down here, for their programs are not there.
#include <doctest/doctest.h>

#include <algorithm>

#include "ipc/codec/json.h"
#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

ipc::Expected<ipc::RawAnswer> say(AgentProcess& agent, std::string_view method, std::string_view json) {
    auto client = agent.client();
    return client.call_raw(method, ipc::from_json(json).value(), 10s);
}

template <ipc::Message T>
T answer_to(AgentProcess& agent, std::string_view method, std::string_view json) {
    const auto answer = say(agent, method, json);
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    const auto read = ipc::decode<T>(answer->result, ipc::Reading::lenient);
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
    return *read;
}

// What an earlier program read of agent.status and of a cart in it.
struct EarlierCart {
    static constexpr std::string_view type_name = "CartStatus";
    std::string cart{};
    std::int64_t queued{-1};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(ipc::field("cart", &EarlierCart::cart));
        visit(ipc::field("queued", &EarlierCart::queued));
    }
};
struct EarlierStatus {
    std::int64_t seq{-1};
    std::vector<EarlierCart> carts{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(ipc::field("seq", &EarlierStatus::seq));
        visit(ipc::field("carts", &EarlierStatus::carts));
    }
};

}  // namespace

TEST_SUITE("Versions") {
    TEST_CASE("a client of the next protocol version is told so in words, and served as soon as it speaks this one") {
        AgentProcess agent;
        agent.start();
        const auto refused = say(agent, "agent.hello", R"({"client": "next 9.0", "protocol": 2, "wishes": {"compressed": true}})");
        REQUIRE(!refused);
        CHECK(refused.error().code == ipc::Code::unsupported);
        CHECK(refused.error().message == "This agent speaks protocol 1, not 2: update it.");
        const auto hello = answer_to<ipc::agent::HelloResult>(agent, "agent.hello",
                                                              R"({"wishes": {"compressed": true}, "client": "next 9.0", "protocol": 1})");
        CHECK(hello.protocol == 1);
        CHECK(std::ranges::count(hello.capabilities, "qoh.submit") == 1);
    }

    TEST_CASE("what a newer client adds is passed over: the change is the same with and without it") {
        AgentProcess agent;
        agent.start();
        const auto first = answer_to<ipc::qoh::SubmitResult>(
            agent, "qoh.submit",
            R"({"source": "next", "urgent": true, "changes": [{"id": "1", "sku": "A-1", "delta": -2, "reason": "phone_order",
                "shelf": {"aisle": 7, "place": [1, 2]}, "colour": "red"}]})");
        CHECK(first.accepted == 1);
        const auto again = answer_to<ipc::qoh::SubmitResult>(
            agent, "qoh.submit", R"({"source": "next", "changes": [{"id": "1", "sku": "A-1", "delta": -2, "reason": "phone_order"}]})");
        CHECK(again.duplicates == 1);
        CHECK(again.rejected.empty());
    }

    TEST_CASE("what this agent does not have yet is refused by name, and the client can go on without it") {
        AgentProcess agent;
        agent.start();
        const auto method = say(agent, "qoh.submit_everywhere", R"({"source": "next"})");
        REQUIRE(!method);
        CHECK(method.error().code == ipc::Code::unknown_method);
        const auto word = say(agent, "qoh.submit",
                              R"({"source": "next", "changes": [{"id": "1", "sku": "A-1", "delta": -2, "reason": "teleported"}]})");
        REQUIRE(!word);
        CHECK(word.error().code == ipc::Code::invalid_params);
        CHECK(word.error().message.find("changes[0].reason") != std::string::npos);
        Listener listener{agent, {"weather", "parameter"}};
        set_parameter(agent, "SlowSeconds", std::int64_t{7});
        CHECK(listener.wait_for<ipc::events::ParameterChanged>());
    }

    TEST_CASE("a client of an earlier version says no more than must be said, and reads what it knows") {
        AgentProcess agent;
        agent.start();
        CHECK(say(agent, "agent.hello", R"({"client": "earlier 0.1", "protocol": 1})"));
        agent.must(cart_for("main", "http://127.0.0.1:9/stocktray.php", "nobody", "nothing"));
        const auto taken = answer_to<ipc::qoh::SubmitResult>(
            agent, "qoh.submit", R"({"source": "earlier", "changes": [{"id": "1", "sku": "A-1", "delta": -2, "reason": "other"}]})");
        CHECK(taken.accepted == 1);
        const auto status = answer_to<EarlierStatus>(agent, "agent.status", "{}");
        CHECK(status.seq > 0);
        REQUIRE(status.carts.size() == 1);
        CHECK(status.carts[0].cart == "main");
        CHECK(status.carts[0].queued == 0);
    }
}
