#include <doctest/doctest.h>

#include <filesystem>

#include "ipc/keys/profile.h"
#include "ipc/messages/keys.h"
#include "ipc/messages/parameters.h"
#include "ipc/spool/spool.h"
#include "tests/agent/ctl/ctl_runner.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

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

    TEST_CASE("each_command_ends_with_examples_of_its_own") {
        for (const char* command : {"list", "invite", "approve", "set-role", "revoke", "rotate"}) {
            const auto said = testing::run_ctl({"keys", command, "--help"});
            CHECK_MESSAGE(holds(said.out, "Examples:\n  stocktrayctl keys " + std::string{command}), said.out);
        }
    }

    TEST_CASE("an_address_whose_port_cannot_be_opened_is_set_and_said") {
        Ctl ctl;
        (void)ctl.answer<ipc::parameters::Set>({});
        auto list = a_till();
        list.lan_problem = "The endpoint tcp://*:5770 cannot be opened: Address already in use.";
        (void)ctl.answer<ipc::keys::List>(list);
        const auto said = ctl.run({"parameters", "set", "LanAddress=*:5770"});
        CHECK(said.code == 2);
        CHECK(said.out.empty());
        CHECK(holds(said.err, *list.lan_problem));
        CHECK(ctl.run({"parameters", "set", "SynchQOH=true"}).out == "Done.\n");
    }

    TEST_CASE("unpair_names_what_waits_for_the_shared_agent") {
        const tests::TempDir dir;
        const auto profile = dir.path() / "shared-agent.json";
        const auto spool = dir.path() / "spool.db";
        REQUIRE(ipc::write_profile(profile, {"tcp://127.0.0.1:5770", ipc::KeyPair::draw().public_key, ipc::KeyPair::draw(), "vm"}));
        {
            auto opened = ipc::Spool::open(spool, "test");
            REQUIRE(opened);
            ipc::qoh::Change change;
            change.id = "1";
            change.sku = "A-1";
            change.delta = -1;
            REQUIRE(opened->append({&change, 1}, 1'000));
        }
        const auto said = tests::run({{STOCKTRAY_BIN_DIR "/stocktrayctl", "unpair"},
                                      {{"STOCKTRAY_PROFILE", profile.string()}, {"STOCKTRAY_SPOOL", spool.string()}},
                                      {}});
        CHECK(said.exit_code == 0);
        CHECK(holds(said.errors, "1 entry waits on this computer"));
        CHECK(!std::filesystem::exists(profile));
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
