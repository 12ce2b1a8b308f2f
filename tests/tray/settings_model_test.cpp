// The agent's parameters in a form, against the real agent.
#include "tray/model/settings_model.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/tray/a_linked_agent.h"

namespace stocktray::tests {
namespace {

struct Settings : MirroredAgent {
    tray::SettingsModel model{link->converse(), mirror, [] {}};

    Settings() {
        REQUIRE(is_here());
        model.read();
        REQUIRE(loop.run_until([this] { return model.is_read(); }));
    }
    ipc::Value at_agent(const std::string& name) {
        return agent.must(ipc::parameters::Get{}).parameters.at(name);
    }
};

}  // namespace

TEST_SUITE("SettingsModel") {
    TEST_CASE("a_setting_is_told_as_the_settings_call_it") {
        CHECK(tray::parameter_words("LatenessSeconds", "120") == "Late after: 120 seconds");
        CHECK(tray::parameter_words("SynchQOH", "true") == "QOH synchronization (SynchQOH): on");
        CHECK(tray::parameter_words("SynchQOH", "false") == "QOH synchronization (SynchQOH): off");
        CHECK(tray::parameter_words("QuietHours", "") == "Quiet hours: none");
        CHECK_FALSE(tray::parameter_words("Unknown", "1"));
    }

    TEST_CASE("every_parameter_of_the_agent_has_its_row") {
        Settings bench;
        for (const auto& [name, value] : bench.agent.must(ipc::parameters::Get{}).parameters) {
            if (name == "LanAddress") continue;  // it has a window: Shared Agent
            CHECK_MESSAGE(std::ranges::find(tray::parameter_rows(), name, &tray::ParameterRow::name) !=
                              tray::parameter_rows().end(),
                          name);
        }
        CHECK(bench.model.problems().empty());
    }

    TEST_CASE("only_what_was_changed_is_sent") {
        Settings bench;
        CHECK_FALSE(bench.model.is_changed());
        bench.model.set("LatenessSeconds", "300");
        bench.model.set("SlowSeconds", bench.model.text("SlowSeconds") + " ");
        CHECK(bench.model.changes() == ipc::parameters::Values{{"LatenessSeconds", std::int64_t{300}}});
        bool is_saved = false;
        bench.model.save([&] { is_saved = true; });
        REQUIRE(bench.loop.run_until([&] { return is_saved; }));
        CHECK(bench.at_agent("LatenessSeconds") == ipc::Value{std::int64_t{300}});
        CHECK_FALSE(bench.model.is_changed());
    }

    TEST_CASE("what_cannot_be_a_value_is_told_and_not_sent") {
        Settings bench;
        for (const auto& [name, text] : {std::pair{"LatenessSeconds", "soon"},
                                         {"WipeGuardPercent", "101"},
                                         {"QuietHours", "22-7"},
                                         {"SlowSeconds", ""}}) {
            bench.model.set(name, text);
            CHECK_MESSAGE(bench.model.problems().contains(std::string{name}), name);
        }
        bench.model.save({});
        CHECK_FALSE(bench.model.is_saving());
    }

    TEST_CASE("what_was_typed_stays_when_the_agent_tells_something_new") {
        Settings bench;
        bench.model.set("LatenessSeconds", "300");
        set_parameter(bench.agent, "HistoryDays", std::int64_t{30});
        REQUIRE(bench.loop.run_until([&] { return bench.model.text("HistoryDays") == "30"; }));
        CHECK(bench.model.text("LatenessSeconds") == "300");
    }

    TEST_CASE("turning_synch_qoh_off_is_noticed") {
        Settings bench;
        set_parameter(bench.agent, "SynchQOH", true);
        REQUIRE(bench.loop.run_until([&] { return bench.model.text("SynchQOH") == "true"; }));
        CHECK_FALSE(bench.model.turns_synch_qoh_off());
        bench.model.set("SynchQOH", "false");
        CHECK(bench.model.turns_synch_qoh_off());
    }

    TEST_CASE("quiet_hours_are_two_times_of_day") {
        CHECK(tray::are_quiet_hours(""));
        CHECK(tray::are_quiet_hours("22:00-07:30"));
        for (const char* text : {"24:00-07:00", "22:60-07:00", "22:00", "22:00-7:00", "ab:cd-ef:gh"})
            CHECK_FALSE_MESSAGE(tray::are_quiet_hours(text), text);
    }
}

}  // namespace stocktray::tests
