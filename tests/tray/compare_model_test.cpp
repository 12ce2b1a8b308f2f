// Compare against the real agent and a practice store.
#include "tray/model/compare_model.h"

#include <doctest/doctest.h>

#include "tests/tray/a_job_desk.h"
#include "tests/tray/a_mirror.h"

namespace stocktray::tests {
namespace {

using Model = tray::CompareModel;

struct Story : JobDesk {
    Story() : JobDesk{6}, due{*bench.book("SKU-0002")}, model{"main", mirror, surroundings<Model>()} {}

    bool compares() {
        model.compare();
        return rests() && loop.run_until([&] { return model.headline().starts_with("Compared"); });
    }
    bool rests() {
        return loop.run_until([&] { return model.why_not_start().empty(); });
    }

    std::int64_t due;
    Model model;
};

}  // namespace

TEST_SUITE("CompareModel") {
    TEST_CASE("a_barred_send_leaves_the_other_way_open") {
        const JobDesk desk{1};
        auto snapshot = a_snapshot({a_cart("main", "Main Store")});
        snapshot.hello.role = ipc::Role::order_manager;
        snapshot.hello.barred = {ipc::Bar::send_qoh};
        const auto mirror = a_mirror(snapshot);
        const Model model{"main", mirror, desk.surroundings<Model>()};
        CHECK(model.why_not_start().empty());
        CHECK(model.why_not_send() == "Send QOH To Website is barred for this computer.");
        snapshot.hello.role = ipc::Role::operator_;
        const auto operators = a_mirror(snapshot);
        CHECK(Model("main", operators, desk.surroundings<Model>()).why_not_start().starts_with("This takes the role"));
    }

    TEST_CASE("a_planted_difference_is_found_and_ours_repairs_it") {
        Story story;
        auto& model = story.model;
        REQUIRE(story.loop.run_until([&] { return !model.headline().empty(); }));
        story.people.set_store("SKU-0002", story.due + 5);
        REQUIRE(story.compares());
        REQUIRE(story.loop.run_until([&] { return model.results().size() == 1; }));
        CHECK(model.results().item(0).sku == "SKU-0002");
        CHECK(model.headline().find("1 SKU differs.") != std::string::npos);
        REQUIRE(model.can_repair(0));
        model.repair({0}, Model::Right::order_manager);
        REQUIRE(story.loop.run_until([&] { return !model.done_words().empty(); }));
        CHECK(model.result_of(0) == "sent to the store");
        CHECK(story.bench.store.count("SKU-0002") == story.due);
        REQUIRE(story.compares());
        CHECK(story.loop.run_until([&] { return model.results().size() == 0; }));
    }

    TEST_CASE("the_stores_count_is_handed_to_the_order_manager") {
        Story story;
        auto& model = story.model;
        story.people.set_store("SKU-0002", story.due + 5);
        REQUIRE(story.compares());
        REQUIRE(story.loop.run_until([&] { return model.results().size() == 1; }));
        model.repair({0}, Model::Right::store);
        REQUIRE(story.loop.run_until([&] { return !model.done_words().empty(); }));
        CHECK(model.result_of(0) == "taken from the store");
        CHECK(story.people.take_over().size() == 1);
        CHECK(story.bench.book("SKU-0002") == story.due + 5);
    }

    TEST_CASE("a_sku_is_explained_a_sentence_a_step_and_ignored_for_a_while") {
        Story story;
        auto& model = story.model;
        story.bench.submit("one", "SKU-0002", -1);
        REQUIRE(story.bench.rests());
        story.people.set_store("SKU-0002", story.due + 5);
        REQUIRE(story.compares());
        REQUIRE(story.loop.run_until([&] { return model.results().size() == 1; }));
        model.explain(0);
        REQUIRE(story.loop.run_until([&] { return model.explanation(0).starts_with("SKU SKU-0002: "); }));
        CHECK(model.explanation(0).find('\n') != std::string::npos);
        model.ignore(model.results().item(0), 7);
        CHECK(story.loop.run_until([&] { return model.result_of(0) == "ignored"; }));
        model.ignore(model.results().item(0), 0);
        CHECK(story.loop.run_until([&] { return model.result_of(0) != "ignored"; }));
    }

    TEST_CASE("the_last_comparison_is_shown_again") {
        Story story;
        story.people.set_store("SKU-0002", story.due + 5);
        REQUIRE(story.compares());
        Model later{"main", story.mirror, story.surroundings<Model>()};
        CHECK(story.loop.run_until([&] { return later.results().size() == 1; }));
    }
}

}  // namespace stocktray::tests
