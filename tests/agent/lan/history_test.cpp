// Who changed what, from where.
#include "ipc/messages/history.h"

#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Role;

namespace {

std::optional<ipc::history::Entry> entry_with(AgentProcess& agent, std::string_view words) {
    for (auto& entry : agent.must(ipc::history::List{}).entries)
        if (entry.text.find(words) != std::string::npos) return std::move(entry);
    return std::nullopt;
}

}  // namespace

TEST_SUITE("History of a shared agent") {
    TEST_CASE("a setting says which user at which workstation changed it") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::admin), "ann@till-2").has_value());
        ipc::parameters::Set set;
        set.parameters["LatenessSeconds"] = std::int64_t{99};
        REQUIRE(station.call(set).has_value());
        const auto entry = entry_with(agent, "LatenessSeconds was set to 99");
        REQUIRE(entry);
        CHECK(entry->by == "ann");
        CHECK(entry->workstation == "till-2");
    }

    TEST_CASE("a pairing and a wish to be let in say who, too") {
        SharedAgent agent;
        Workstation paired, asks;
        REQUIRE(paired.pair(agent.invite(Role::viewer), "ann@till-2").has_value());
        REQUIRE(asks.pair(agent.invite(Role::viewer), "bob@till-3", ipc::Admittance::by_approval).has_value());
        const auto entry = entry_with(agent, "may use this agent");
        REQUIRE(entry);
        CHECK(entry->by == "ann");
        CHECK(entry->workstation == "till-2");
        const auto wish = entry_with(agent, "asks to use this agent");
        REQUIRE(wish);
        CHECK(wish->by == "bob");
        CHECK(wish->workstation == "till-3");
    }

    TEST_CASE("a change keeps what the Order Manager says, and gets what it leaves out") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::order_manager), "ann@till-2").has_value());
        auto said = a_change("1", "SKU-1", 5), silent = a_change("2", "SKU-2", 5);
        said.by = "carol";
        said.workstation = "warehouse";
        silent.by.reset();
        silent.workstation.reset();
        REQUIRE(station.call(a_submit({said, silent})).has_value());
        const auto entries = agent.must(ipc::history::List{.kinds = std::vector{ipc::HistoryKind::change}}).entries;
        REQUIRE(entries.size() == 2);
        CHECK(entries[0].by == "carol");
        CHECK(entries[0].workstation == "warehouse");
        CHECK(entries[1].by == "ann");
        CHECK(entries[1].workstation == "till-2");
    }

    TEST_CASE("who was let in, changed and shut out stands there, by name and key") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer), "till-2").has_value());
        const auto fingerprint = station.key().substr(0, 8);
        agent.must(ipc::keys::SetRole{station.key(), Role::operator_, {ipc::Bar::cancel}});
        agent.must(ipc::keys::Revoke{station.key()});
        CHECK(entry_with(agent, "A pairing string was made for one more computer: viewer."));
        CHECK(entry_with(agent, fmt::format("till-2 ({}) may use this agent: viewer.", fingerprint)));
        CHECK(entry_with(agent, fmt::format("till-2 ({}) may use this agent: operator, without cancel.", fingerprint)));
        CHECK(entry_with(agent, fmt::format("till-2 ({}) may not use this agent any more.", fingerprint)));
    }

    TEST_CASE("on the agent's own computer it is the user of the program") {
        AgentProcess agent;
        agent.start();
        set_parameter(agent, "LatenessSeconds", std::int64_t{98});
        const auto entry = entry_with(agent, "LatenessSeconds was set to 98");
        REQUIRE(entry);
        CHECK(entry->by == run({{"id", "-un"}, {}, {}}).output.substr(0, entry->by.value_or("").size()));
        CHECK(!entry->by.value_or("").empty());
        CHECK(!entry->workstation);
    }
}
