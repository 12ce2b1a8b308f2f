// stocktrayctl before an agent of another version.
#include <doctest/doctest.h>

#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using testing::Ctl;
using testing::holds;

const ipc::Error other_protocol{ipc::Code::unsupported, "This agent speaks protocol 2, not 1: update this program.", {}};

}  // namespace

TEST_SUITE("ctl and other versions") {
    TEST_CASE("an_agent_of_another_protocol_is_told_in_its_words_and_asked_for_nothing_else") {
        Ctl ctl;
        ctl.refuse<ipc::agent::Hello>(other_protocol);
        const auto set = ctl.answer<ipc::parameters::Set>({});
        const auto said = ctl.run({"parameters", "set", "SynchQOH=true"});
        CHECK(said.code == 5);
        CHECK(said.err == other_protocol.message + "\n");
        CHECK(set->parameters.empty());
        CHECK(holds(ctl.run({"status", "--json"}).out, R"("code": "unsupported")"));
    }

    TEST_CASE("it_says_which_protocol_it_speaks") {
        Ctl ctl;
        const auto hello = ctl.answer<ipc::agent::Hello>({});
        (void)ctl.answer<ipc::parameters::Set>({});
        CHECK(ctl.run({"parameters", "set", "SynchQOH=true"}).code == 0);
        CHECK(hello->protocol == 1);
        CHECK(hello->client.starts_with("stocktrayctl "));
    }

    TEST_CASE("an_older_agent_that_lacks_a_method_says_so_itself") {
        Ctl ctl;
        (void)ctl.answer<ipc::agent::Hello>({});
        const auto said = ctl.run({"report"});
        CHECK(said.code == 5);
        CHECK(said.err == "There is no such method.\n");
    }
}

}  // namespace stocktray::ctl
