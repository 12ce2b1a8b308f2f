// The steps of Get and Send against the real agent and a practice store.
#include "tray/model/get_send_model.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/tray/a_job_desk.h"
#include "tests/tray/a_mirror.h"

namespace stocktray::tests {
namespace {

using Model = tray::GetSendModel;
using Step = Model::Step;

struct Story : JobDesk {
    explicit Story(ipc::JobKind kind, int skus = 6)
        : JobDesk{skus}, model{kind, "main", mirror, surroundings<Model>()} {}

    bool comes_to(Step step) {
        return loop.run_until([&] { return model.step() == step && !model.is_reading(); });
    }
    void look_at_preview() {
        model.preview();
        REQUIRE(comes_to(Step::preview));
    }

    Model model;
};

}  // namespace

TEST_SUITE("GetSendModel") {
    TEST_CASE("what_this_computer_may_not_do_is_said_before_it_is_tried") {
        const JobDesk desk{1};
        const auto why_not = [&](ipc::JobKind kind, ipc::Role role, std::vector<ipc::Bar> barred) {
            auto snapshot = a_snapshot({a_cart("main", "Main Store")});
            snapshot.hello.role = role;
            snapshot.hello.barred = std::move(barred);
            const auto mirror = a_mirror(snapshot);
            const Model model{kind, "main", mirror, desk.surroundings<Model>()};
            return model.why_not_preview();
        };
        using enum ipc::JobKind;
        CHECK(why_not(send_qoh, ipc::Role::order_manager, {}).empty());
        CHECK(why_not(send_qoh, ipc::Role::order_manager, {ipc::Bar::send_qoh}) ==
              "Send QOH To Website is barred for this computer.");
        CHECK(why_not(get_qoh, ipc::Role::order_manager, {ipc::Bar::send_qoh}).empty());
        CHECK(why_not(get_qoh, ipc::Role::operator_, {}) ==
              "This takes the role Order Manager, which this computer does not have.");
    }

    TEST_CASE("a_send_is_previewed_leaves_out_what_has_no_tick_and_is_taken_back") {
        Story story{ipc::JobKind::send_qoh};
        const auto due = *story.bench.book("SKU-0002");
        story.people.set_store("SKU-0002", due - 4);
        story.people.set_store("SKU-0003", due - 4);
        story.look_at_preview();
        auto& model = story.model;
        CHECK(model.question().starts_with("Replace 2 counts in "));
        REQUIRE(model.results().size() == 2);
        model.results().tick(1, false);
        CHECK(model.question().starts_with("Replace 1 count in "));
        CHECK(model.why_not_start().empty());
        CHECK(story.bench.store.count("SKU-0002") == due - 4);

        model.start();
        REQUIRE(story.comes_to(Step::result));
        CHECK(model.job()->by == "ann");
        CHECK(story.bench.store.count("SKU-0002") == due);
        CHECK(story.bench.store.count("SKU-0003") == due - 4);
        CHECK(model.summary().find("1 count was replaced in ") != std::string::npos);

        REQUIRE(model.can_undo());
        model.preview_undo();
        REQUIRE(story.comes_to(Step::preview));
        CHECK(model.question().starts_with("Take back 1 change in "));
        model.start();
        REQUIRE(story.comes_to(Step::result));
        CHECK(story.bench.store.count("SKU-0002") == due - 4);
        CHECK_FALSE(model.can_undo());
    }

    TEST_CASE("the_guard_wants_a_tick_and_a_reason") {
        Story story{ipc::JobKind::send_qoh, 12};
        for (int n = 1; n <= 10; ++n) story.people.set_store(sku_of(n), 1'000);
        story.look_at_preview();
        auto& model = story.model;
        CHECK(model.guard().find("Of 12 counts 10 would change") != std::string::npos);
        CHECK_FALSE(model.why_not_start().empty());
        model.wishes.overrides_guard = true;
        CHECK(model.why_not_start() == "Please say why it is right.");
        model.start();
        CHECK(model.step() == Step::preview);
        model.wishes.reason = "counted by hand";
        CHECK(model.why_not_start().empty());
        model.start();
        REQUIRE(story.comes_to(Step::result));
        CHECK(model.job()->state == ipc::JobState::done);
        CHECK(story.bench.store.count("SKU-0001") == *story.bench.book("SKU-0001"));
    }

    TEST_CASE("counts_that_change_after_the_preview_are_guarded_all_the_same") {
        Story story{ipc::JobKind::send_qoh, 12};
        const auto due = *story.bench.book("SKU-0001");
        story.people.set_store("SKU-0001", due - 1);
        story.look_at_preview();
        auto& model = story.model;
        CHECK(model.guard().empty());
        for (int n = 2; n <= 11; ++n) story.people.set_store(sku_of(n), 1'000);
        model.start();
        CHECK(story.loop.run_until(
            [&] { return model.job() && model.job()->state == ipc::JobState::blocked; }));
        CHECK(story.bench.store.count("SKU-0002") == 1'000);
        CHECK(story.bench.store.count("SKU-0001") == due - 1);
    }

    TEST_CASE("web_orders_that_are_not_imported_are_named_and_a_person_may_say_that_none_waits") {
        Story story{ipc::JobKind::get_qoh};
        story.people.sell("SKU-0001", 2);
        auto& model = story.model;
        story.people.set_store("SKU-0001", 3);
        story.look_at_preview();
        CHECK_FALSE(model.pending().empty());
        REQUIRE(model.job());
        CHECK(model.job()->counts.would_change == 0);
        model.wishes.allows_pending = true;
        story.look_at_preview();
        CHECK_FALSE(model.pending().empty());  // so that it can be unsaid
        REQUIRE(model.job());
        CHECK(model.job()->counts.would_change == 1);
    }

    TEST_CASE("what_is_left_out_stays_so_when_the_same_is_previewed_again") {
        Story story{ipc::JobKind::send_qoh};
        const auto due = *story.bench.book("SKU-0002");
        story.people.set_store("SKU-0002", due - 4);
        story.people.set_store("SKU-0003", due - 4);
        story.look_at_preview();
        auto& model = story.model;
        REQUIRE(model.results().size() == 2);
        model.results().tick(1, false);
        model.wishes.allows_pending = true;
        story.look_at_preview();
        REQUIRE(model.results().size() == 2);
        CHECK(!model.results().is_ticked(1));
        CHECK(model.question().starts_with("Replace 1 count in "));
        model.start();
        REQUIRE(story.comes_to(Step::result));
        CHECK(story.bench.store.count("SKU-0002") == due);
        CHECK(story.bench.store.count("SKU-0003") == due - 4);
        CHECK(model.results().size() == 1);
    }

    TEST_CASE("a_selection_is_all_that_is_compared") {
        Story story{ipc::JobKind::get_qoh};
        for (int n = 1; n <= 3; ++n) story.people.set_store(sku_of(n), 3);
        auto& model = story.model;
        model.wishes.is_selection = true;
        CHECK(model.why_not_preview() == "No SKU is named yet.");
        model.wishes.skus = "SKU-0002\n";
        CHECK(model.why_not_preview().empty());
        story.look_at_preview();
        REQUIRE(model.results().size() == 1);
        CHECK(model.results().item(0).sku == "SKU-0002");
        model.go_back();
        CHECK(model.step() == Step::choose);
        CHECK(model.wishes.skus == "SKU-0002\n");
    }

    TEST_CASE("a_window_that_is_opened_while_it_runs_shows_it_and_cancels_it") {
        Story story{ipc::JobKind::send_qoh};
        story.bench.valve.set(Flow::hang_before);
        const auto id = story.bench.agent.must(a_job(ipc::JobKind::send_qoh)).job;
        Model later{ipc::JobKind::send_qoh, "main", story.mirror, story.surroundings<Model>()};
        REQUIRE(story.loop.run_until([&] { return later.step() == Step::running && later.job(); }));
        CHECK(later.job()->job == id);
        // Another kind's window says what is in its way.
        Model other{ipc::JobKind::get_qoh, "main", story.mirror, story.surroundings<Model>()};
        CHECK(story.loop.run_until(
            [&] { return other.why_not_preview().starts_with("Another job is at work at "); }));
        later.cancel();
        CHECK(story.loop.run_until([&] { return later.step() == Step::result; }));
        CHECK(later.job()->state == ipc::JobState::cancelled);
        CHECK(story.loop.run_until([&] { return other.why_not_preview().empty(); }));
    }

    TEST_CASE("an_agent_that_goes_away_is_said_and_the_job_goes_on_when_it_is_back") {
        Story story{ipc::JobKind::send_qoh};
        story.people.set_store("SKU-0002", 500);
        story.look_at_preview();
        story.bench.valve.set(Flow::hang_before);
        story.model.start();
        REQUIRE(story.loop.run_until(
            [&] { return story.model.job() && story.model.job()->state == ipc::JobState::running; }));
        story.bench.agent.kill();
        CHECK(story.loop.run_until([&] { return story.model.progress().starts_with("The agent is not"); }));
        story.bench.valve.set(Flow::open);
        story.bench.agent.start();
        CHECK(story.comes_to(Step::result));
        CHECK(story.bench.store.count("SKU-0002") == *story.bench.book("SKU-0002"));
    }

    TEST_CASE("every_line_is_exported_as_csv_and_as_json") {
        Story story{ipc::JobKind::send_qoh};
        story.people.set_store("SKU-0002", 500);
        story.look_at_preview();
        const auto read = [&](const char* name) {
            const auto file = story.bench.agent.folder() / name;
            story.model.export_to(file);
            CHECK(
                story.loop.run_until([&] { return story.model.exported().find(name) != std::string::npos; }));
            std::ifstream in{file};
            return std::string{std::istreambuf_iterator<char>{in}, {}};
        };
        CHECK(read("lines.csv").find("SKU-0002,SKU-0002,") != std::string::npos);
        const auto json = read("lines.json");
        CHECK(json.starts_with("[\n{"));
        CHECK(json.ends_with("}\n]\n"));
        CHECK(json.find("\"before\":500") + json.find("\"before\": 500") != 2 * std::string::npos);
    }
}

}  // namespace stocktray::tests
