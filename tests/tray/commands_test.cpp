// Commands against the real agent; a person's answers are given by the test.
#include "tray/commands/commands.h"

#include <doctest/doctest.h>

#include "tests/agent/agent_process.h"
#include "tests/tray/a_loop.h"
#include "tests/tray/a_mirror.h"
#include "tray/model/words.h"

namespace stocktray::tests {
namespace {

using tray::CommandId;

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

struct Person final : tray::Questions {
    bool says_yes{true};
    int asked{0};
    std::vector<std::string> told;
    std::vector<std::string> complaints;

    bool confirm(const std::string&, const std::string&, const std::string&) override {
        ++asked;
        return says_yes;
    }
    std::optional<std::int64_t> ask_time(const std::string&, std::int64_t proposal) override {
        ++asked;
        return says_yes ? std::optional{proposal} : std::nullopt;
    }
    void tell(const std::string& what, const std::string& explanation) override {
        told.push_back(what + explanation);
    }
    void complain(const std::string& what, const std::string& explanation) override {
        complaints.push_back(what + explanation);
    }
};

struct Bench {
    AgentProcess agent;
    Loop loop;
    std::unique_ptr<tray::Link> link;
    tray::AgentMirror mirror{0};
    tray::Conversation hearing;
    Person person;
    std::vector<CommandId> opened;
    std::vector<std::string> browsed;
    std::string guide{"file:///guide/"};
    bool has_quit{false};
    tray::Commands commands;

    Bench()
        : link{tray::Link::open(agent.endpoint(), loop.poster()).value()},
          hearing{link->converse()},
          commands{link->converse(), mirror, person,
                   tray::Surroundings{.open_window =
                                          [this](const tray::Command& command) {
                                              opened.push_back(command.id);
                                              return true;
                                          },
                                      .browse = [this](const std::string& address) { browsed.push_back(address); },
                                      .guide_page =
                                          [this](const std::string& section) {
                                              return guide.empty() ? guide : guide + section;
                                          },
                                      .start_agent = [] { return std::string{"It is not there."}; },
                                      .quit = [this] { has_quit = true; },
                                      .now = now}} {
        agent.start();
        hearing.hear({}, [this](const tray::News& news) { mirror.take(news, noon); });
        link->start();
        set_parameter(agent, "SynchQOH", true);
        agent.must(cart_for("main", "http://127.0.0.1:9/stocktray.php", "om", "secret"));
        REQUIRE(loop.run_until([&] { return mirror.synch_qoh() && mirror.find_cart("main"); }));
    }
    const ipc::agent::CartStatus& cart() { return mirror.find_cart("main")->status; }
};

}  // namespace

TEST_SUITE("Commands") {
    TEST_CASE("synchronize_inventory_follows_the_agent") {
        Bench bench;
        bench.commands.run({CommandId::synchronize_inventory, "main", "", 0, false});
        CHECK_MESSAGE(bench.cart().synchronize_inventory, "not before the agent says so");
        CHECK(bench.loop.run_until([&] { return !bench.cart().synchronize_inventory; }));
        CHECK(bench.person.asked == 0);
    }

    TEST_CASE("synch_qoh_is_turned_off_only_after_a_yes") {
        Bench bench;
        bench.person.says_yes = false;
        bench.commands.run({CommandId::synch_qoh, "", "", 0, false});
        CHECK(bench.person.asked == 1);
        bench.commands.run({CommandId::pause_for, "main", "", -60'000});
        REQUIRE(bench.loop.run_until([&] { return bench.cart().paused; }));
        CHECK(bench.mirror.synch_qoh());
        bench.person.says_yes = true;
        bench.commands.run({CommandId::synch_qoh, "", "", 0, false});
        CHECK(bench.loop.run_until([&] { return !bench.mirror.synch_qoh(); }));
    }

    TEST_CASE("a_pause_has_its_end_and_can_be_ended") {
        Bench bench;
        // An hour from the minute on in which it is asked: that of before, or one that has begun meanwhile.
        const auto in_an_hour = [] { return (now() / 60'000 + 60) * 60'000; };
        const auto earliest = in_an_hour();
        bench.commands.run({CommandId::pause_until_a_time, "main"});
        REQUIRE(bench.loop.run_until([&] { return bench.cart().paused; }));
        CHECK(bench.cart().paused_until.value_or(0) >= earliest);
        CHECK(bench.cart().paused_until.value_or(0) <= in_an_hour());
        bench.commands.run({CommandId::resume, "main"});
        REQUIRE(bench.loop.run_until([&] { return !bench.cart().paused; }));
        bench.commands.run({CommandId::pause_for, "main", "", 0});
        REQUIRE(bench.loop.run_until([&] { return bench.cart().paused; }));
        CHECK(tray::minute_of_day(bench.cart().paused_until.value_or(0)) == 8 * 60);
    }

    TEST_CASE("what_does_not_work_is_said") {
        Bench bench;
        bench.commands.run({CommandId::dismiss_alert, "", "none"});
        REQUIRE(bench.loop.run_until([&] { return !bench.person.complaints.empty(); }));
        bench.commands.run({CommandId::start_agent});
        CHECK(bench.person.complaints.back().ends_with("It is not there."));
    }

    TEST_CASE("a_bundle_is_written_and_named") {
        Bench bench;
        bench.commands.run({CommandId::save_bundle});
        REQUIRE(bench.loop.run_until([&] { return !bench.person.told.empty(); }));
        CHECK(bench.person.told[0].find('/') != std::string::npos);
    }

    TEST_CASE("help_opens_the_section_of_the_guide_and_says_so_where_there_is_none") {
        Bench bench;
        bench.commands.run({CommandId::open_guide, "", "testing"});
        CHECK(bench.browsed == std::vector<std::string>{"file:///guide/testing"});
        bench.guide.clear();
        bench.commands.run({CommandId::open_guide});
        CHECK(bench.browsed.size() == 1);
        REQUIRE(bench.person.complaints.size() == 1);
        CHECK(bench.person.complaints[0].starts_with("The guide is not there."));
    }

    TEST_CASE("windows_open_and_quitting_asks") {
        Bench bench;
        bench.commands.run({CommandId::open_problems});
        CHECK(bench.opened == std::vector{CommandId::open_problems});
        bench.person.says_yes = false;
        bench.commands.run({CommandId::quit});
        CHECK_FALSE(bench.has_quit);
        bench.person.says_yes = true;
        bench.commands.run({CommandId::quit});
        CHECK(bench.has_quit);
    }
}

}  // namespace stocktray::tests
