#include <doctest/doctest.h>

#include "agent/ctl/commands/stack_view.h"
#include "agent/ctl/output/words.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

namespace stack = ipc::stack;
using testing::Ctl;
using testing::holds;

stack::Post a_post(std::int64_t number, std::string cart, std::int64_t age_ms) {
    return {.post = number,
            .cart = std::move(cart),
            .sku = "SKU-0001",
            .store_sku = "SKU-0001",
            .delta = -2,
            .created_at = now_ms() - age_ms};
}

}  // namespace

TEST_SUITE("ctl stack") {
    TEST_CASE("list_shows_what_each_post_waits_for") {
        Ctl ctl;
        auto post = a_post(4711, "main", 200'000);
        post.state = ipc::PostState::uncertain;
        post.waiting_for = ipc::WaitingFor::settling;
        post.attempts = 2;
        const auto asked = ctl.answer<stack::List>({.posts = {post}, .total = 9});
        const auto said =
            ctl.run({"stack", "list", "--cart", "main", "--state", "uncertain", "--state", "rejected"});
        CHECK(said.code == 0);
        CHECK(holds(said.out,
                    "4711  main  SKU-0001      \u22122  uncertain  3 min      2  the store to come to rest"));
        CHECK(holds(said.out, "1 of 9 are shown."));
        CHECK(asked->cart == "main");
        CHECK(asked->states ==
              std::vector<ipc::PostState>{ipc::PostState::uncertain, ipc::PostState::rejected});
    }

    TEST_CASE("list_reads_page_after_page_up_to_the_limit") {
        Ctl ctl;
        std::vector<stack::List> asked;
        ctl.agent.on<stack::List>([&](const stack::List& list) -> ipc::Expected<stack::ListResult> {
            asked.push_back(list);
            return stack::ListResult{.posts = {a_post(1, "main", 0)}, .next = "n", .total = 5'000};
        });
        CHECK(ctl.run({"stack", "list", "--limit", "2500"}).code == 0);
        REQUIRE(asked.size() == 3);
        CHECK(!asked[0].after);
        CHECK(asked[1].after == "n");
        CHECK(asked[2].limit == 500);
    }

    TEST_CASE("shape_counts_ages_by_cart") {
        Ctl ctl;
        ipc::agent::StatusResult status;
        for (const auto* cart : {"empty", "main", "two"}) status.carts.emplace_back().cart = cart;
        ctl.answer<ipc::agent::Status>(status);
        std::map<std::string, std::vector<stack::Post>> posts{
            {"main", {a_post(2, "main", 50'000), a_post(1, "main", 1'000)}},
            {"two", {a_post(3, "two", 200'000'000), a_post(4, "two", 200'000'000)}}};
        ctl.agent.on<stack::List>([&](const stack::List& request) -> ipc::Expected<stack::ListResult> {
            const auto& all = posts[request.cart.value()];
            return stack::ListResult{.posts = all, .total = std::ssize(all)};
        });
        const auto said = ctl.run({"stack", "shape"});
        CHECK(said.code == 0);
        CHECK(holds(said.out,
                    "CART  POSTS  \u2264 20 s  \u2264 2 min  \u2264 10 min  \u2264 1 h  \u2264 6 h  \u2264 1 "
                    "d  older"));
        CHECK(holds(said.out, "main      2       1        1"));
        CHECK(holds(said.out, "two       2"));
        CHECK(!holds(said.out, "empty"));
        CHECK(!holds(ctl.run({"stack", "shape", "--cart", "two"}).out, "main"));
        CHECK(holds(ctl.run({"stack", "shape", "--json"}).out, R"("bounds_ms")"));
    }

    TEST_CASE("retry_wants_posts_or_a_cart") {
        Ctl ctl;
        const auto asked = ctl.answer<stack::Retry>({3});
        CHECK(ctl.run({"stack", "retry"}).code == 64);
        CHECK(ctl.run({"stack", "retry", "1", "--cart", "main"}).code == 64);
        const auto said = ctl.run({"stack", "retry", "1", "2", "3"});
        CHECK(said.code == 0);
        CHECK(said.out == "3 posts tried again.\n");
        CHECK(asked->posts == std::vector<std::int64_t>{1, 2, 3});
        CHECK(asked->id);
    }

    TEST_CASE("cancel_wants_a_reason") {
        Ctl ctl;
        const auto asked = ctl.answer<stack::Cancel>({1});
        CHECK(ctl.run({"stack", "cancel", "4711"}).code == 64);
        CHECK(ctl.run({"stack", "cancel", "4711", "--reason", "counted"}).code == 0);
        CHECK(asked->reason == "counted");
    }

    TEST_CASE("pause_may_end_by_itself") {
        Ctl ctl;
        const auto asked = ctl.answer<stack::Pause>({1});
        CHECK(ctl.run({"stack", "pause", "--cart", "main"}).out == "The cart main is paused; 1 post waits for it now.\n");
        CHECK(!asked->until);
        CHECK(ctl.run({"stack", "pause", "7"}).out == "1 post paused.\n");
        CHECK(ctl.run({"stack", "pause", "--cart", "main", "--for", "30m"}).code == 0);
        REQUIRE(asked->until);
        CHECK(*asked->until - now_ms() > 29 * 60'000);
        CHECK(ctl.run({"stack", "pause", "--cart", "main", "--for", "soon"}).code == 64);
        CHECK(ctl.run({"stack", "pause", "--cart", "main", "--for", "1m", "--until", "12:00"}).code == 64);
        ctl.answer<stack::Resume>({0});
        CHECK(ctl.run({"stack", "resume", "--cart", "main"}).out == "The cart main is resumed; 0 posts wait for it now.\n");
    }

    TEST_CASE("resolve_decides_one_post_or_accepts_a_carts_proposals") {
        Ctl ctl;
        const auto asked = ctl.answer<stack::Resolve>({1});
        CHECK(ctl.run({"stack", "resolve", "7", "--not-applied", "--reason", "seen"}).code == 0);
        CHECK(asked->post == 7);
        CHECK(asked->applied == false);
        CHECK(
            ctl.run({"stack", "resolve", "--cart", "main", "--accept-proposals", "--reason", "seen"}).code ==
            0);
        CHECK(asked->cart == "main");
        CHECK(asked->accept_proposals == true);
        CHECK(!asked->post);
        CHECK(ctl.run({"stack", "resolve", "7", "--reason", "seen"}).code == 64);
        CHECK(ctl.run({"stack", "resolve", "7", "--applied", "--not-applied", "--reason", "x"}).code == 64);
        CHECK(ctl.run({"stack", "resolve", "7", "--applied", "--cart", "main", "--reason", "x"}).code == 64);
    }
}

}  // namespace stocktray::ctl
