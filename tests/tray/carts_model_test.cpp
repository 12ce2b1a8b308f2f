// The carts' view-model against the real agent.
#include "tray/model/carts_model.h"

#include <doctest/doctest.h>

#include "tests/tray/a_linked_agent.h"

namespace stocktray::tests {
namespace {

constexpr const char* nowhere = "http://127.0.0.1:9/stocktray.php";

struct Carts : MirroredAgent {
    tray::CartsModel model{link->converse(), mirror, [] {}};

    Carts() {
        REQUIRE(is_here());
        model.read();
        REQUIRE(loop.run_until([this] { return model.is_read(); }));
    }
    void fill(const std::string& name) {
        model.edit_new();
        auto& form = model.form();
        form.name = name;
        form.url = nowhere;
        form.allow_http = true;
        form.user = "om";
        form.password = form.password_again = ipc::Secret{"secret"};
    }
    bool save(tray::SameStore same_store = tray::SameStore::no) {
        bool is_saved = false;
        model.save(same_store, [&] { is_saved = true; });
        return loop.run_until([&] { return is_saved || !model.error().empty(); }) && is_saved;
    }
};

}  // namespace

TEST_SUITE("CartsModel") {
    TEST_CASE("a_cart_is_made_changed_and_deleted") {
        Carts bench;
        bench.fill("Main Store");
        CHECK(bench.model.is_changed());
        REQUIRE(bench.save());
        CHECK_FALSE(bench.model.is_changed());
        CHECK_FALSE(bench.model.form().is_new);
        CHECK(bench.model.form().password.is_empty());
        bench.model.form().buffer = "3";
        REQUIRE(bench.save());
        CHECK(bench.agent.must(ipc::carts::List{}).carts.at(0).buffer == 3);
        bool is_gone = false;
        bench.model.remove("main-store", {}, [&] { is_gone = true; });
        REQUIRE(bench.loop.run_until([&] { return is_gone; }));
        CHECK(bench.agent.must(ipc::carts::List{}).carts.empty());
        CHECK(bench.model.form().is_new);
    }

    TEST_CASE("what_is_typed_while_it_is_being_saved_stays_and_is_saved_next") {
        Carts bench;
        bench.fill("Main Store");
        bench.model.save(tray::SameStore::no, {});
        bench.model.form().buffer = "3";
        REQUIRE(bench.loop.run_until([&] { return !bench.model.form().is_new; }));
        CHECK(bench.model.form().buffer == "3");
        CHECK(bench.model.form().password.is_empty());
        CHECK(bench.model.is_changed());

        bench.model.form().name = "  My Store ";
        bool is_saved = false;
        bench.model.save(tray::SameStore::no, [&] { is_saved = true; });
        bench.model.form().name = "Our Store";
        bench.model.form().password = ipc::Secret{"new"};
        REQUIRE(bench.loop.run_until([&] { return is_saved; }));
        const auto cart = bench.agent.must(ipc::carts::List{}).carts.at(0);
        CHECK(cart.name == "My Store");
        CHECK(cart.buffer == 3);
        CHECK(bench.model.form().name == "Our Store");
        CHECK(bench.model.form().password == ipc::Secret{"new"});
        CHECK(bench.model.overtaken().empty());
        bench.model.form().password_again = ipc::Secret{"new"};
        REQUIRE(bench.save());
        CHECK(bench.agent.must(ipc::carts::List{}).carts.at(0).name == "Our Store");
        CHECK_FALSE(bench.model.is_changed());
    }

    TEST_CASE("who_has_gone_to_another_cart_while_one_is_saved_stays_there") {
        Carts bench;
        for (const char* name : {"A", "B"}) {
            bench.fill(name);
            REQUIRE(bench.save());
        }
        bench.model.edit("a");
        bench.model.form().buffer = "3";
        bool is_saved = false;
        bench.model.save(tray::SameStore::no, [&] { is_saved = true; });
        bench.model.edit("b");
        bench.model.form().name = "Mine";
        REQUIRE(bench.loop.run_until([&] { return is_saved; }));
        CHECK(bench.model.form().cart == "b");
        CHECK(bench.model.form().name == "Mine");
        CHECK(bench.model.find("a")->buffer == 3);
    }

    TEST_CASE("with_problems_nothing_is_sent") {
        Carts bench;
        bench.fill("Main Store");
        bench.model.form().allow_http = false;
        bench.model.save(tray::SameStore::no, {});
        CHECK_FALSE(bench.model.is_saving());
    }

    TEST_CASE("an_unsaved_cart_is_tested_and_told_what_is_wrong") {
        Carts bench;
        bench.fill("Main Store");
        bench.model.test();
        CHECK(bench.model.is_testing());
        REQUIRE(bench.loop.run_until([&] { return bench.model.tested().has_value(); }));
        CHECK_FALSE(bench.model.tested()->is_good);
        CHECK(bench.model.tested()->details.find("could not be reached") != std::string::npos);
        CHECK(bench.agent.must(ipc::carts::List{}).carts.empty());
    }

    TEST_CASE("deleting_with_posts_wants_a_reason") {
        Carts bench;
        bench.fill("Main Store");
        bench.model.form().synchronize_inventory = true;
        REQUIRE(bench.save());
        set_parameter(bench.agent, "SynchQOH", true);
        ipc::qoh::Change change{.id = "1", .sku = "A"};
        change.delta = -1;
        change.reason = ipc::Reason::phone_order;
        bench.agent.must(ipc::qoh::Submit{.source = "om", .changes = {change}});
        REQUIRE(bench.loop.run_until([&] { return bench.model.posts_waiting() == 1; }));
        bench.model.remove("main-store", {}, {});
        REQUIRE(bench.loop.run_until([&] { return !bench.model.error().empty(); }));
        bool is_gone = false;
        bench.model.remove("main-store", "the store was closed", [&] { is_gone = true; });
        CHECK(bench.loop.run_until([&] { return is_gone; }));
    }

    TEST_CASE("what_was_changed_elsewhere_is_not_put_back") {
        Carts bench;
        bench.fill("Main Store");
        REQUIRE(bench.save());
        bench.model.form().name = "My Store";
        ipc::carts::Update theirs;
        theirs.cart = "main-store";
        theirs.exclude = {"X"};
        theirs.synchronize_inventory = true;
        bench.agent.must(theirs);
        REQUIRE(bench.loop.run_until([&] { return bench.model.form().synchronize_inventory; }));
        CHECK(bench.model.form().exclude == "X\n");
        CHECK(bench.model.form().name == "My Store");
        CHECK(bench.model.overtaken().empty());

        ipc::carts::Update name;
        name.cart = "main-store";
        name.name = "Their Store";
        bench.agent.must(name);
        REQUIRE(bench.loop.run_until([&] { return !bench.model.overtaken().empty(); }));
        CHECK(bench.model.overtaken() == std::set{tray::CartField::name});
        REQUIRE(bench.save());
        const auto cart = bench.agent.must(ipc::carts::List{}).carts.at(0);
        CHECK(cart.name == "My Store");
        CHECK(cart.exclude == std::vector<std::string>{"X"});
        CHECK(cart.synchronize_inventory);
        CHECK(bench.model.overtaken().empty());
    }

    TEST_CASE("a_cart_that_was_deleted_elsewhere_is_not_made_again") {
        Carts bench;
        bench.fill("Main Store");
        REQUIRE(bench.save());
        bench.model.form().name = "My Store";
        CHECK_FALSE(bench.model.is_gone());
        bench.agent.must(ipc::carts::Delete{.cart = "main-store"});
        REQUIRE(bench.loop.run_until([&] { return bench.model.is_gone(); }));
        CHECK(bench.model.form().name == "My Store");
        bench.model.save(tray::SameStore::no, {});
        CHECK_FALSE(bench.model.is_saving());
    }

    TEST_CASE("an_untouched_form_whose_cart_was_deleted_elsewhere_goes_to_the_next") {
        Carts bench;
        for (const char* name : {"A", "B", "C"}) {
            bench.fill(name);
            REQUIRE(bench.save());
        }
        bench.model.edit("b");
        const auto& form = bench.model.form();
        for (const auto& [gone, next] : {std::pair{"b", "c"}, {"c", "a"}}) {
            bench.agent.must(ipc::carts::Delete{.cart = gone});
            CHECK(bench.loop.run_until([&] { return form.cart == next; }));
        }
        bench.agent.must(ipc::carts::Delete{.cart = "a"});
        CHECK(bench.loop.run_until([&] { return form.is_new; }));
        CHECK_FALSE(bench.model.is_gone());
    }

    TEST_CASE("deleting_what_was_deleted_elsewhere_is_no_error_and_takes_no_other_cart") {
        Carts bench;
        for (const char* name : {"A", "B"}) {
            bench.fill(name);
            REQUIRE(bench.save());
        }
        bench.model.edit("a");
        bench.model.form().name = "My Store";
        bench.agent.must(ipc::carts::Delete{.cart = "a"});
        bool is_done = false;
        bench.model.remove("a", {}, [&] { is_done = true; });
        REQUIRE(bench.loop.run_until([&] { return is_done; }));
        CHECK(bench.model.error().empty());
        CHECK(bench.model.form().cart == "b");
        CHECK(bench.agent.must(ipc::carts::List{}).carts.size() == 1);
    }

    TEST_CASE("a_lost_agent_is_told_with_its_time") {
        tray::AgentMirror mirror{0};
        mirror.take(ipc::AgentLost{}, 1'700'000'000'000);
        const auto words = tray::why_barred(mirror, ipc::Role::admin, 1'700'000'000'000);
        CHECK(words.starts_with("The agent has not been reached since "));
    }
}

}  // namespace stocktray::tests
