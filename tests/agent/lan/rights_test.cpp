// One table says which method needs which right: it is walked as a whole, without and with the agent.
#include "agent/lan/rights.h"

#include <doctest/doctest.h>

#include <set>

#include "ipc/codec/framing.h"
#include "ipc/messages/registry.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Bar;
using ipc::Role;

namespace {

constexpr Role roles[] = {Role::none, Role::viewer, Role::operator_, Role::order_manager, Role::admin};

// Written down once more, by hand: who may do what is a promise, and a slip of the pen in one place must not pass.
const std::map<std::string_view, std::set<std::string_view>> only_for{
    {"none", {"keys.pair"}},
    {"viewer",
     {"agent.hello", "agent.status", "agent.metrics", "qoh.list", "qoh.at_store", "qoh.explain", "parameters.get", "carts.list", "stack.list",
      "jobs.get", "jobs.list", "jobs.results", "alerts.list", "history.list", "report.get"}},
    {"operator",
     {"agent.diagnostics", "carts.test", "stack.retry", "stack.pause", "stack.resume", "drift.ignore", "alerts.dismiss"}},
    {"order_manager",
     {"qoh.submit", "qoh.snapshot", "qoh.pull", "orders.imported", "stack.cancel", "stack.resolve", "jobs.start", "jobs.cancel",
      "alerts.tell"}},
    {"admin",
     {"agent.shutdown", "parameters.set", "carts.create", "carts.update", "carts.delete", "carts.takeover", "carts.accept_store",
      "keys.list", "keys.invite", "keys.approve", "keys.set_role", "keys.revoke", "keys.rotate"}}};

const std::string nothing = "\x80";

ipc::Document job_of(std::string_view kind) {
    ipc::jobs::Start start;
    start.kind = *ipc::from_string<ipc::JobKind>(kind);
    start.cart = "main";
    static std::string bytes;
    bytes = ipc::encode(start);
    return ipc::Document::parse(bytes);
}

}  // namespace

TEST_SUITE("Rights") {
    TEST_CASE("every method has the role that it is promised to have") {
        std::size_t promised = 0;
        for (const auto& [role, methods] : only_for) promised += methods.size();
        CHECK(promised == ipc::methods().size());
        for (const auto& method : ipc::methods()) {
            CAPTURE(method.name);
            CHECK(only_for.at(ipc::to_string(method.role)).contains(method.name));
        }
    }

    TEST_CASE("who is refused something is told in words what it is") {
        const auto empty = ipc::Document::parse(nothing);
        for (const auto& method : ipc::methods()) {
            const auto refused = agent::refusal({Role::viewer, {}}, method, empty.root());
            if (!refused) continue;
            CAPTURE(refused->message);
            CHECK(refused->message.find(method.name) == std::string::npos);
            CHECK(refused->message.find("This: ") == std::string::npos);
            CHECK(refused->message.find("administrator and above") == std::string::npos);
        }
        CHECK(agent::refusal({Role::operator_, {}}, ipc::qoh::Submit::method, empty.root())->message ==
              "This computer is an operator for the agent. Telling of changed counts: only for an Order Manager and above. "
              "Whoever looks after the agent's computer can change that.");
    }

    TEST_CASE("the agent lets each role do what it may and nothing else, method by method") {
        SharedAgent agent;
        for (const auto role : roles) {
            CAPTURE(ipc::to_string(role));
            Workstation station;
            if (role == Role::none)
                REQUIRE(station.pair(agent.invite(Role::viewer), "x", ipc::Admittance::by_approval).has_value());
            else
                REQUIRE(station.pair(agent.invite(role)).has_value());
            auto client = station.client();
            for (const auto& method : ipc::methods()) {
                if (method.name == ipc::agent::Shutdown::method.name && role == Role::admin) continue;
                CAPTURE(method.name);
                const auto answer = client.call_raw(method.name, nothing, 10s);
                const bool is_refused = !answer && answer.error().code == ipc::Code::unauthorized;
                CHECK(is_refused == (role < method.role));
                if (is_refused) CHECK(answer.error().message.find("agent's computer") != std::string::npos);
            }
        }
    }

    TEST_CASE("Send QOH and Cancel can be barred alone, whatever the role") {
        const agent::Rights seller{Role::admin, {Bar::send_qoh}};
        const auto start = ipc::jobs::Start::method;
        const auto send = job_of("send_qoh"), get = job_of("get_qoh");
        const auto empty = ipc::Document::parse(nothing);
        CHECK(agent::refusal(seller, start, send.root()));
        CHECK(!agent::refusal(seller, start, get.root()));
        CHECK(!agent::refusal(seller, ipc::stack::Cancel::method, empty.root()));
        const agent::Rights keeper{Role::admin, {Bar::cancel}};
        CHECK(agent::refusal(keeper, ipc::stack::Cancel::method, empty.root()));
        CHECK(!agent::refusal(keeper, start, send.root()));
        CHECK(!agent::refusal({Role::admin, {}}, start, send.root()));
        // {"kind": "audit", "id": "x", "kind": "send_qoh"}
        const auto twice = ipc::Document::parse("\x83\xA4kind\xA5" "audit\xA2id\xA1x\xA4kind\xA8send_qoh");
        REQUIRE(twice.problem() == ipc::Document::Problem::none);
        CHECK(agent::refusal(seller, start, twice.root()));
    }

    TEST_CASE("a saved password goes to no address that an operator names") {
        SharedAgent agent;
        agent.must(cart_for("main", "http://127.0.0.1:1/import.php", "om", "Top-Secret"));
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::operator_)).has_value());
        ipc::carts::Test test;
        test.cart = "main";
        CHECK(station.outcome(test) == "answered");
        auto elsewhere = test;
        elsewhere.url = "http://127.0.0.1:2/import.php";
        CHECK(station.outcome(elsewhere) == "unauthorized");
        elsewhere.password = ipc::Secret{"of one's own"};
        CHECK(station.outcome(elsewhere) == "unauthorized");
        auto unsaved = elsewhere;
        unsaved.cart = "another";
        CHECK(station.outcome(unsaved) == "unauthorized");
        agent.must(elsewhere);  // an administrator
    }

    TEST_CASE("a bar holds at the agent, too, and ends when it is lifted") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::order_manager, {Bar::cancel})).has_value());
        const ipc::stack::Cancel cancel{{.posts = std::vector<std::int64_t>{1}}, "wrong", {}};
        CHECK(station.outcome(cancel) == "unauthorized");
        agent.must(ipc::keys::SetRole{station.key(), Role::order_manager, {}});
        CHECK(station.outcome(cancel) == "not_found");
    }

    TEST_CASE("bars are kept as words, and words of another version are passed over") {
        CHECK(agent::text_of({Bar::cancel, Bar::send_qoh}) == agent::text_of({Bar::send_qoh, Bar::cancel}));
        CHECK(agent::bars_in(agent::text_of({Bar::cancel, Bar::send_qoh})).size() == 2);
        CHECK(agent::bars_in("cancel,fly_to_the_moon") == std::vector{Bar::cancel});
        CHECK(agent::bars_in("").empty());
    }
}
