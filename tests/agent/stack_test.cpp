// stack.*: the posts on their way, and what a person may do about them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

template <class Request>
Request of_cart(const std::string& cart) {
    Request request;
    request.cart = cart;
    return request;
}

template <class Request>
Request of_posts(std::vector<std::int64_t> posts) {
    Request request;
    request.posts = std::move(posts);
    return request;
}

void pause(Bench& bench) {
    bench.agent.must(of_cart<ipc::stack::Pause>("main"));
}
void resume(Bench& bench) {
    bench.agent.must(of_cart<ipc::stack::Resume>("main"));
}

}  // namespace

TEST_SUITE("Stack") {
    TEST_CASE("lists posts by cart, SKU and state, in pages, with a total") {
        Bench bench{{.skus = 9}};
        pause(bench);
        for (int n = 1; n <= 9; ++n) bench.submit(fmt::format("c{}", n), fmt::format("SKU-{:04}", n), -n);
        ipc::stack::List list;
        list.limit = 4;
        std::vector<std::int64_t> seen;
        for (int page = 0; page < 4; ++page) {
            const auto result = bench.agent.must(list);
            CHECK(result.total == 9);
            for (const auto& post : result.posts) seen.push_back(post.post);
            list.after = result.next;
            if (!result.next) break;
        }
        CHECK(seen.size() == 9);
        CHECK(std::ranges::is_sorted(seen));
        list = {};
        list.sku = "SKU-0003";
        const auto one = bench.agent.must(list);
        REQUIRE(one.posts.size() == 1);
        CHECK(one.total == 1);
        CHECK(one.posts[0].delta == -3);
        CHECK(one.posts[0].state == ipc::PostState::queued);
        CHECK(one.posts[0].waiting_for == ipc::WaitingFor::paused);
        list = {};
        list.offset = 7;
        CHECK(bench.agent.must(list).posts.size() == 2);
        list = {};
        list.states = {ipc::PostState::confirmed};
        CHECK(bench.agent.must(list).posts.size() == 1);
        list = {};
        list.parked = true;
        CHECK(bench.agent.must(list).posts.empty());
        list = {};
        list.cart = "nowhere";
        CHECK(outcome(bench.agent, list) == "not_found");
    }

    TEST_CASE("changes that wait are added up, and on resume one net change per SKU goes out") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        const int sent = bench.valve.seen("invupdate") + bench.valve.seen("invbatch");
        pause(bench);
        for (int n = 0; n < 5; ++n) bench.submit(fmt::format("c{}", n), "SKU-0002", -2);
        const auto posts = bench.posts();
        REQUIRE(posts.size() == 1);
        CHECK(posts[0].delta == -10);
        CHECK(posts[0].changes == 5);
        CHECK(bench.cart().paused);
        CHECK(bench.cart().health == ipc::Health::paused);
        resume(bench);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 10);
        CHECK(bench.valve.seen("invupdate") + bench.valve.seen("invbatch") == sent + 1);
    }

    TEST_CASE("a pause with an end ends by itself") {
        Bench bench;
        auto request = of_cart<ipc::stack::Pause>("main");
        request.until = bench.agent.must(ipc::agent::Hello{"test", 1}).server_time + 300;
        bench.agent.must(request);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(!bench.cart().paused);
    }

    TEST_CASE("a single post can be paused and resumed while others go on") {
        Bench bench;
        pause(bench);
        bench.submit("c1", "SKU-0002", -1);
        bench.submit("c2", "SKU-0003", -1);
        const auto held = bench.posts().at(0);
        CHECK(bench.agent.must(of_posts<ipc::stack::Pause>({held.post})).posts == 1);
        resume(bench);
        REQUIRE(eventually([&] { return bench.posts().size() == 1; }));
        CHECK(bench.posts().at(0).post == held.post);
        CHECK(bench.posts().at(0).waiting_for == ipc::WaitingFor::paused);
        CHECK(bench.agent.must(of_posts<ipc::stack::Resume>({held.post})).posts == 1);
        CHECK(bench.rests());
    }

    TEST_CASE("a post that waits is cancelled with a reason that is kept") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        pause(bench);
        bench.submit("c1", "SKU-0002", -1);
        auto cancel = of_posts<ipc::stack::Cancel>({bench.posts().at(0).post});
        CHECK(outcome(bench.agent, cancel) == "invalid_params");
        cancel.reason = "typed twice";
        cancel.id = "call-1";
        CHECK(bench.agent.must(cancel).posts == 1);
        CHECK(bench.agent.must(cancel).posts == 1);
        cancel.reason = "another reason";
        CHECK(outcome(bench.agent, cancel) == "conflict");
        cancel.id.reset();
        CHECK(outcome(bench.agent, cancel) == "conflict");
        resume(bench);
        CHECK(bench.posts().empty());
        CHECK(bench.store.count("SKU-0002") == before);
        ipc::history::List history;
        history.sku = "SKU-0002";
        const auto entries = bench.agent.must(history).entries;
        CHECK(std::ranges::any_of(
            entries, [](const auto& entry) { return entry.text.find("typed twice") != std::string::npos; }));
    }

    TEST_CASE("what is being sent, uncertain or closed cannot be cancelled") {
        Bench bench;
        const auto done = bench.posts({ipc::PostState::confirmed}).at(0).post;
        bench.valve.set(Flow::hang_after);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        const auto sending = bench.posts({ipc::PostState::sending}).at(0).post;
        auto cancel = of_posts<ipc::stack::Cancel>({sending});
        cancel.reason = "why not";
        CHECK(outcome(bench.agent, cancel) == "conflict");
        cancel.posts = {done};
        CHECK(outcome(bench.agent, cancel) == "conflict");
        cancel.posts = {999'999};
        CHECK(outcome(bench.agent, cancel) == "not_found");
        bench.agent.kill();
        bench.agent.start();
        cancel.posts = {sending};
        CHECK(bench.posts().at(0).state == ipc::PostState::uncertain);
        CHECK(outcome(bench.agent, cancel) == "conflict");
        auto all = of_cart<ipc::stack::Cancel>("main");
        all.reason = "all that can be";
        CHECK(bench.agent.must(all).posts == 0);
    }

    TEST_CASE("a rejected post is tried again once the store has the SKU") {
        Bench bench;
        bench.submit("c1", "LATE-1", -2);
        REQUIRE(eventually([&] { return bench.cart().rejected == 1; }));
        bench.store.database().query("UPDATE items SET sku = 'LATE-1' WHERE sku = 'SKU-0003'");
        const auto before = bench.store.count("LATE-1");
        const auto post = bench.posts().at(0).post;
        CHECK(bench.agent.must(of_posts<ipc::stack::Retry>({post})).posts == 1);
        REQUIRE(eventually([&] { return bench.posts().empty(); }));
        CHECK(bench.store.count("LATE-1") == before - 2);
        CHECK(!bench.alert(ipc::AlertKind::needs_decision));
        CHECK(outcome(bench.agent, of_posts<ipc::stack::Retry>({post})) == "conflict");
        CHECK(outcome(bench.agent, of_posts<ipc::stack::Retry>({999'999})) == "not_found");
    }

    TEST_CASE("either posts or a cart is named") {
        Bench bench;
        CHECK(outcome(bench.agent, ipc::stack::Retry{}) == "invalid_params");
        auto both = of_cart<ipc::stack::Pause>("main");
        both.posts = {1};
        CHECK(outcome(bench.agent, both) == "invalid_params");
        CHECK(outcome(bench.agent, of_cart<ipc::stack::Retry>("nowhere")) == "not_found");
        CHECK(outcome(bench.agent, of_cart<ipc::stack::Pause>("nowhere")) == "not_found");
        CHECK(outcome(bench.agent, of_cart<ipc::stack::Resume>("nowhere")) == "not_found");
        CHECK(outcome(bench.agent, of_posts<ipc::stack::Resume>({77'777})) == "not_found");
    }

    TEST_CASE("a person decides an uncertain post either way, and only once") {
        for (const bool was_applied : {true, false}) {
            CAPTURE(was_applied);
            Bench bench;
            const auto before = bench.store.count("SKU-0002");
            ipc::carts::Update update;
            update.cart = "main";
            update.timeout_ms = 1'000;
            bench.agent.must(update);
            bench.valve.set(was_applied ? Flow::hang_after : Flow::hang_before, "invupdate");
            bench.submit("c1", "SKU-0002", -1);
            REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
            // Its script cannot say what became of it any more.
            bench.valve.set(Flow::hang_before);
            bench.agent.kill();
            bench.agent.start();
            const auto posts = bench.posts({ipc::PostState::uncertain});
            REQUIRE(posts.size() == 1);
            ipc::stack::Resolve resolve;
            resolve.post = posts[0].post;
            resolve.reason = "looked at the store";
            CHECK(outcome(bench.agent, resolve) == "invalid_params");
            resolve.applied = was_applied;
            resolve.id = "call-1";
            CHECK(bench.agent.must(resolve).posts == 1);
            CHECK(bench.agent.must(resolve).posts == 1);
            resolve.id.reset();
            CHECK(outcome(bench.agent, resolve) == "conflict");
            resolve.post = 999'999;
            CHECK(outcome(bench.agent, resolve) == "not_found");
            bench.valve.set(Flow::open);
            bench.agent.must(of_cart<ipc::stack::Retry>("main"));
            REQUIRE(bench.rests(std::chrono::seconds{60}));
            CHECK(bench.store.count("SKU-0002") == before - 1);
        }
    }

    TEST_CASE("proposals are accepted for a cart that is named, and none is no error") {
        Bench bench;
        ipc::stack::Resolve resolve;
        resolve.cart = "main";
        resolve.reason = "as proposed";
        CHECK(outcome(bench.agent, resolve) == "invalid_params");
        resolve.accept_proposals = true;
        CHECK(bench.agent.must(resolve).posts == 0);
        resolve.cart = "nowhere";
        CHECK(outcome(bench.agent, resolve) == "not_found");
    }
}
