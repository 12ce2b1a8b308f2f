#include <doctest/doctest.h>

#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using testing::Ctl;
using testing::holds;

ipc::keys::ListResult a_till() {
    ipc::keys::ListResult list;
    list.lan_address = "*:5770";
    ipc::keys::ClientKey key;
    key.key = std::string(64, 'a');
    key.name = "ann@till-2";
    key.role = ipc::Role::operator_;
    key.last_seen = 1'800'000'000'000;
    key.address = "192.168.1.7";
    list.keys.push_back(key);
    return list;
}

}  // namespace

TEST_SUITE("ctl keys") {
    TEST_CASE("list_shows_who_may_do_what_and_where_the_agent_is_reached") {
        Ctl ctl;
        (void)ctl.answer<ipc::keys::List>(a_till());
        const auto said = ctl.run({"keys", "list"});
        CHECK(said.code == 0);
        CHECK(said.out.starts_with("Other computers reach the agent at *:5770.\n"));
        for (const auto* part : {"LAST SEEN", "ann@till-2", "192.168.1.7", "2027-01-15"}) CHECK_MESSAGE(holds(said.out, part), said.out);
        CHECK(said.err.empty());
    }

    TEST_CASE("a_door_that_could_not_be_opened_is_not_said_to_be_open") {
        Ctl ctl;
        auto list = a_till();
        list.lan_problem = "The endpoint tcp://*:5770 cannot be opened: Address already in use.";
        (void)ctl.answer<ipc::keys::List>(list);
        const auto said = ctl.run({"keys", "list"});
        CHECK(said.err == "Other computers cannot reach the agent at *:5770. " + *list.lan_problem + "\n");
        CHECK(!holds(said.out, "reach the agent"));
    }
}

}  // namespace stocktray::ctl
