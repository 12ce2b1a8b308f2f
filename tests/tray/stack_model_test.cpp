#include <doctest/doctest.h>

#include "tests/tray/a_linked_agent.h"
#include "tests/tray/a_mirror.h"
#include "tray/model/post_words.h"
#include "tray/model/stack_model.h"

namespace stocktray::tests {
namespace {

using Column = tray::StackModel::Column;

ipc::stack::Post a_post() {
    return {.post = 7, .cart = "main", .sku = "SKU-1", .store_sku = "SKU-1", .delta = -2, .created_at = noon};
}

struct Stack : WaitingAgent {
    std::unique_ptr<tray::StackModel> model = std::make_unique<tray::StackModel>(
        link->converse(), tray::StackModel::Surroundings{
                              .now = now,
                              .cart_name = name_of,
                              .carts_with_posts = [] { return std::vector<std::string>{"main"}; },
                              .cart_trouble =
                                  [](const std::string&) {
                                      return ipc::Trouble{"connect", "It is not reached.", "Look there."};
                                  },
                              .changed = [this] { ++changes_told; },
                              .most_listed = 3});

    bool comes_to(const std::function<bool()>& holds) {
        return WaitingAgent::comes_to(holds, [&] {
            model->tick();
            for (std::int64_t row = 0; row < model->total(); ++row) (void)model->text(row, Column::sku);
        });
    }
    std::string cell(std::int64_t row, Column column) { return model->text(row, column); }
};

}  // namespace

TEST_SUITE("StackModel") {
    TEST_CASE("differences_have_a_sign") {
        CHECK(tray::pieces_words(12) == "+12");
        CHECK(tray::pieces_words(-2) == "−2");
        CHECK(tray::pieces_words(0) == "0");
    }

    TEST_CASE("grey_buttons_have_their_reason") {
        const auto words = [](ipc::Role role) {
            auto snapshot = a_snapshot({});
            snapshot.hello.role = role;
            return tray::StackModel::may_not_words(a_mirror(snapshot));
        };
        CHECK(words(ipc::Role::viewer) == "This computer may look at the posts, but do nothing about them.");
        CHECK(words(ipc::Role::operator_).starts_with("Decide and Cancel Post take the role Order Manager"));
        CHECK(words(ipc::Role::order_manager).empty());
        auto snapshot = a_snapshot({});
        snapshot.hello.barred = {ipc::Bar::cancel};
        CHECK(tray::StackModel::may_not_words(a_mirror(snapshot)) == "Cancelling posts is barred for this computer.");
    }

    TEST_CASE("a_count_from_before_the_sending_does_not_stand_beside_a_decision") {
        auto post = a_post();
        post.sent_at = noon;
        CHECK(tray::store_count_words(post, 94, noon - 1, noon) == "not read since it was sent");
        CHECK(tray::store_count_words(post, 94, noon, noon) == "not read since it was sent");
        CHECK(tray::store_count_words(post, 94, std::nullopt, noon) == "not read since it was sent");
        CHECK(tray::store_count_words(post, 94, noon + 1, noon).starts_with("94, read "));
        CHECK(tray::store_count_words(post, std::nullopt, std::nullopt, noon) == "not known");
        post.sent_at.reset();
        CHECK(tray::store_count_words(post, 94, noon + 1, noon) == "not read since it was sent");
    }

    TEST_CASE("a_post_says_what_it_waits_for_and_when_it_is_tried_again") {
        auto post = a_post();
        post.waiting_for = ipc::WaitingFor::retry_timer;
        post.next_attempt_at = noon + 20'000;
        post.attempts = 3;
        CHECK(tray::state_words(post) == "Waiting");
        CHECK(tray::waiting_words(post) == "the next try");
        CHECK(tray::next_try_words(post, noon) == "in 20 seconds");
        CHECK(tray::next_try_words(post, noon + 30'000) == "now");
        CHECK(tray::failed_attempts(post) == 3);
        post.state = ipc::PostState::sending;
        CHECK(tray::failed_attempts(post) == 2);  // the third is on its way
        post.next_attempt_at.reset();
        CHECK(tray::next_try_words(post, noon) == "–");
    }

    TEST_CASE("an_unclear_post_says_who_is_to_act_and_what_the_counts_say") {
        auto post = a_post();
        post.state = ipc::PostState::uncertain;
        CHECK(tray::state_words(post) == "Unclear: being checked");
        post.parked = true;
        CHECK(tray::state_words(post) == "Unclear, set aside");
        post.waiting_for = ipc::WaitingFor::person;
        CHECK(tray::state_words(post) == "Unclear: please decide");
        post.proposal = ipc::Proposal::not_applied;
        CHECK(tray::cause_words(post) == "The store's count says: not applied. It is no proof.");
    }

    TEST_CASE("the_details_name_cause_and_remedy") {
        auto post = a_post();
        post.last_error =
            ipc::Trouble{"page_not_found", "The script was not found (404).", "Check the Script URL."};
        post.changes = 2;
        const auto words = tray::details_words(post, "Main Store", noon);
        CHECK(words.find("−2 of SKU-1 for Main Store: Waiting.") == 0);
        CHECK(words.find("2 changes are added up in it.") != std::string::npos);
        CHECK(words.find("The script was not found (404).\nCheck the Script URL.") != std::string::npos);
    }

    TEST_CASE("of_a_stack_too_long_for_a_list_the_oldest_posts_are_listed") {
        Stack stack;
        for (const auto* sku : {"SKU-1", "SKU-2", "SKU-3", "SKU-4"}) stack.submit(sku, -1);
        stack.model->read();
        REQUIRE(stack.comes_to([&] { return stack.model->total() == 4 && stack.model->is_settled(); }));
        CHECK(stack.model->listed() == 3);
        CHECK(stack.model->headline() ==
              "4 posts. The oldest 3 are listed; a cart, a state or a SKU finds the others.");
        stack.model->show({.sku = "SKU-4"});
        REQUIRE(stack.comes_to([&] { return stack.model->total() == 1 && stack.model->is_settled(); }));
        CHECK(stack.model->listed() == 1);
        CHECK(stack.model->headline() == "1 post");
    }

    TEST_CASE("every_age_has_a_title") {
        CHECK(tray::StackModel::age_titles().size() == std::tuple_size_v<ipc::AgeCounts>);
    }

    TEST_CASE("posts_are_listed_with_their_cause_and_follow_the_agent") {
        Stack stack;
        stack.model->read();
        REQUIRE(stack.comes_to([&] { return stack.model->is_known(); }));
        CHECK(stack.model->headline() == "The stack is empty: every post is confirmed.");
        stack.submit("SKU-1", -2);
        REQUIRE(stack.comes_to([&] { return stack.model->total() == 1 && stack.model->is_settled(); }));
        // It was not even tried: the cart's trouble is its cause.
        CHECK(stack.comes_to([&] {
            stack.model->grow_old();
            return stack.cell(0, Column::cause) == "It is not reached.";
        }));
        CHECK(stack.model->details(*stack.model->find(0)).ends_with("It is not reached.\nLook there."));
        CHECK(stack.cell(0, Column::cart) == "Main Store");
        CHECK(stack.cell(0, Column::sku) == "SKU-1");
        CHECK(stack.cell(0, Column::difference) == "−2");
        CHECK(stack.model->headline() == "1 post");
        CHECK(stack.comes_to([&] {
            const auto strip = stack.model->strip().find("main");
            return strip != stack.model->strip().end() && strip->second[0] == 1;
        }));
    }

    TEST_CASE("filters_cut_the_list") {
        Stack stack;
        stack.submit("SKU-1", -2);
        stack.submit("SKU-2", 3);
        stack.model->show({.cart = "main"});
        REQUIRE(stack.comes_to([&] { return stack.model->total() == 2; }));
        stack.model->show({.sku = "SKU-2"});
        REQUIRE(stack.comes_to([&] { return stack.model->total() == 1; }));
        CHECK(stack.cell(0, Column::sku) == "SKU-2");
        stack.model->show({.show = tray::StackModel::Show::confirmed});
        REQUIRE(stack.comes_to([&] { return stack.model->is_known() && stack.model->total() == 0; }));
        CHECK(stack.model->headline() == "No post fits.");
        stack.model->show({.cart = "nowhere"});
        CHECK(stack.comes_to([&] { return stack.model->headline() == "There is no cart nowhere."; }));
    }

    TEST_CASE("retry_and_cancel_say_what_became_of_them") {
        Stack stack;
        stack.submit("SKU-1", -2);
        stack.model->read();
        REQUIRE(stack.comes_to([&] { return stack.model->find(0) != nullptr; }));
        const auto number = stack.model->find(0)->post;
        stack.model->retry({number});
        REQUIRE(stack.comes_to([&] { return !stack.model->message().empty(); }));
        CHECK(stack.model->message() == "1 post is tried again now.");
        stack.model->decide(number, ipc::Proposal::applied, "seen");
        REQUIRE(stack.comes_to(
            [&] { return stack.model->message().find("nothing to decide") != std::string::npos; }));
        REQUIRE(stack.comes_to([&] {  // a post that is just being sent cannot be cancelled
            if (stack.model->message() == "1 post was cancelled.") return true;
            if (!stack.model->message().empty()) stack.model->cancel({number}, "counted again");
            return false;
        }));
        CHECK(stack.comes_to([&] { return stack.model->total() == 0; }));
    }

    TEST_CASE("a_lost_agent_is_an_error_in_words") {
        Stack stack;
        stack.agent.kill();
        stack.model->retry({1});
        CHECK(stack.comes_to([&] { return !stack.model->message().empty(); }));
    }
}

}  // namespace stocktray::tests
