#include <doctest/doctest.h>

#include "tests/tray/a_linked_agent.h"
#include "tray/model/changes_model.h"
#include "tray/model/explain_model.h"

namespace stocktray::tests {
namespace {

using Column = tray::ChangesModel::Column;

std::string followed(const ipc::qoh::Listing& listing, bool is_newest = true) {
    ipc::history::Entry change{.entry = 1, .at = noon};
    return tray::followed_words(change, {.sku = "A", .listings = {listing}}, is_newest, WaitingAgent::name_of);
}

struct Changes : WaitingAgent {
    std::unique_ptr<tray::ChangesModel> model = std::make_unique<tray::ChangesModel>(
        link->converse(), tray::ChangesModel::Surroundings{
                              .now = now, .cart_name = name_of, .changed = [this] { ++changes_told; }});

    bool comes_to(const std::function<bool()>& holds) {
        return WaitingAgent::comes_to(holds, [&] { model->tick(); });
    }
};

}  // namespace

TEST_SUITE("ChangesModel") {
    TEST_CASE("a_store_follows_when_it_has_confirmed_since") {
        CHECK(followed({.cart = "main", .confirmed_at = noon + 1}) == "Main Store: has followed");
        CHECK(followed({.cart = "main", .queued_delta = -1}) == "Main Store: waits");
        CHECK(followed({.cart = "main", .parked_delta = -1, .confirmed_at = noon - 1}) ==
              "Main Store: unclear");
        CHECK(followed({.cart = "main", .rejected_delta = -1, .confirmed_at = noon + 1}) ==
              "Main Store: refused by the store");
        CHECK(followed({.cart = "main", .confirmed_at = noon - 1}) == "Main Store: nothing to send");
    }

    TEST_CASE("what_waits_is_the_latest_change_and_not_one_that_was_confirmed_before_it") {
        const ipc::qoh::Listing listing{.cart = "main", .queued_delta = -1, .confirmed_at = noon + 1};
        CHECK(followed(listing, true) == "Main Store: waits");
        CHECK(followed(listing, false) == "Main Store: has followed");
    }

    TEST_CASE("the_latest_change_comes_first_with_who_and_why") {
        Changes changes;
        changes.submit("SKU-1", -2);
        changes.submit("SKU-2", 3);
        changes.model->read();
        REQUIRE(changes.comes_to([&] { return changes.model->count() == 2; }));
        CHECK(changes.model->text(0, Column::sku) == "SKU-2");
        CHECK(changes.model->text(0, Column::difference) == "+3");
        CHECK(changes.model->text(0, Column::reason) == "Phone order");
        CHECK(changes.model->text(0, Column::who) == "Ann (till 3)");
        CHECK(changes.comes_to([&] { return changes.model->headline() == "2 recent changes of counts"; }));
        CHECK(
            changes.comes_to([&] { return changes.model->text(1, Column::stores) == "Main Store: waits"; }));
        changes.submit("SKU-1", 5);
        REQUIRE(changes.comes_to([&] { return changes.model->count() == 3; }));
        CHECK(changes.model->text(0, Column::difference) == "+5");
    }
}

TEST_SUITE("ExplainModel") {
    TEST_CASE("every_step_is_a_sentence_and_an_unknown_sku_is_said") {
        WaitingAgent linked;
        linked.submit("SKU-1", -2);
        tray::ExplainModel model{linked.link->converse(),
                                 {.now = WaitingAgent::now, .cart_name = WaitingAgent::name_of, .changed = [&] {
                                      ++linked.changes_told;
                                  }}};
        CHECK(model.summary() == "Enter a SKU.");
        model.show("main", "SKU-1");
        REQUIRE(linked.loop.run_until([&] { return model.count() > 0; }));
        CHECK_FALSE(model.text(0, tray::ExplainModel::Column::text).empty());
        CHECK(model.summary().find("Order Manager: ") != std::string::npos);
        CHECK(model.whole().starts_with("SKU-1\n"));
        model.show("main", "SKU-9");
        CHECK(model.count() == 0);
        CHECK(linked.loop.run_until([&] { return model.summary().find("SKU-9") != std::string::npos; }));
    }
}

}  // namespace stocktray::tests
