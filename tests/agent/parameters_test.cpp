// parameters.*: the system-wide settings.
#include <doctest/doctest.h>

#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

ipc::parameters::Set a_setting(std::map<std::string, ipc::Value> parameters,
                               std::optional<std::string> id = std::nullopt) {
    ipc::parameters::Set set;
    set.parameters = std::move(parameters);
    set.id = std::move(id);
    return set;
}

ipc::Value value_of(AgentProcess& agent, const std::string& name) {
    ipc::parameters::Get get;
    get.names = {name};
    return agent.must(get).parameters.at(name);
}

}  // namespace

TEST_SUITE("Parameters") {
    TEST_CASE("stand at their defaults until set, and stay set after a restart") {
        AgentProcess agent;
        agent.start();
        const auto all = agent.must(ipc::parameters::Get{}).parameters;
        CHECK(all.size() == 14);
        CHECK(all.at("SynchQOH") == ipc::Value{false});
        CHECK(all.at("LatenessSeconds") == ipc::Value{std::int64_t{120}});
        CHECK(all.at("QuietHours") == ipc::Value{std::string{}});
        agent.must(a_setting({{"SynchQOH", true},
                              {"LatenessSeconds", std::int64_t{60}},
                              {"QuietHours", std::string{"22:00-06:30"}}}));
        agent.kill();
        agent.start();
        CHECK(value_of(agent, "SynchQOH") == ipc::Value{true});
        CHECK(value_of(agent, "LatenessSeconds") == ipc::Value{std::int64_t{60}});
        CHECK(value_of(agent, "QuietHours") == ipc::Value{std::string{"22:00-06:30"}});
    }

    TEST_CASE("all of a call are taken or none") {
        AgentProcess agent;
        agent.start();
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{5}}, {"NoSuchThing", true}})) ==
              "not_found");
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{5}}, {"SynchQOH", std::int64_t{1}}})) ==
              "invalid_params");
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{5}},
                                        {"SettleSeconds", std::int64_t{3'601}}})) == "invalid_params");
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{5}},
                                        {"QuietHours", std::string{"25:00-06:00"}}})) == "invalid_params");
        CHECK(value_of(agent, "SlowSeconds") == ipc::Value{std::int64_t{20}});
        ipc::parameters::Get get;
        get.names = {"SlowSeconds", "NoSuchThing"};
        CHECK(outcome(agent, get) == "not_found");
    }

    TEST_CASE("a repeat with the same id is answered and does nothing, with other params it is a conflict") {
        AgentProcess agent;
        agent.start();
        const auto first = a_setting({{"SlowSeconds", std::int64_t{5}}}, "call-1");
        agent.must(first);
        agent.must(a_setting({{"SlowSeconds", std::int64_t{7}}}));
        agent.must(first);
        CHECK(value_of(agent, "SlowSeconds") == ipc::Value{std::int64_t{7}});
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{9}}}, "call-1")) == "conflict");
        ipc::alerts::Dismiss dismiss;
        dismiss.alert = "1";
        dismiss.id = "call-1";
        CHECK(outcome(agent, dismiss) == "conflict");
        CHECK(value_of(agent, "SlowSeconds") == ipc::Value{std::int64_t{7}});
        // A call that was refused is not remembered.
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{0}}}, "call-2")) == "invalid_params");
        CHECK(outcome(agent, a_setting({{"SlowSeconds", std::int64_t{8}}}, "call-2")) == "answered");
    }

    TEST_CASE("a change is told") {
        AgentProcess agent;
        agent.start();
        Listener listener{agent};
        agent.must(a_setting({{"SlowSeconds", std::int64_t{5}}}));
        const auto event = listener.wait_for<ipc::events::ParameterChanged>();
        REQUIRE(event);
        CHECK(event->name == "SlowSeconds");
        CHECK(event->value == ipc::Value{std::int64_t{5}});
    }
}
