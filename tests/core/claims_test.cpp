// Which posts leave first, and in which requests: a job's behind the changes, and full.
#include "core/stack/claims.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using stack::AskBatch;
using stack::AskUpdate;

namespace {

using Errand = stack::PostQueue::Errand;

std::string sku(int number) { return fmt::format("S{:04}", number); }

// A cart whose script adds differences and takes batches, with some hundred SKUs.
struct Bench : Workbench {
    Bench() {
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < 600; ++i) counts[sku(i)] = 50;
        open_cart("a", Script::with_keys, counts);
        snapshot(counts);
        turn([&] { cart("a").cart.adds = true; });
    }
    void post_for_a_job(int from, int to) {
        for (int i = from; i < to; ++i)
            controller.queue.add(cart("a"), listing("a", sku(i)), {-1}, {49}, now, Errand::job);
    }
    std::vector<std::size_t> batches() {
        std::vector<std::size_t> sizes;
        while (const auto ask = take<AskBatch>()) sizes.push_back(std::get<AskBatch>(ask->what).updates.size());
        return sizes;
    }
};

}  // namespace

TEST_SUITE("Claims") {
    TEST_CASE("a job's posts leave in full requests, and the last of them in what is left") {
        Bench bench;
        bench.turn([&] { bench.post_for_a_job(0, 250); });
        CHECK(bench.batches() == std::vector<std::size_t>{100});  // one a turn, however many wait
        bench.turn();
        CHECK(bench.batches() == std::vector<std::size_t>{100});
        bench.turn();
        CHECK(bench.batches() == std::vector<std::size_t>{50});
    }
    TEST_CASE("while a job makes more of them, a request is not sent before it is full") {
        Bench bench;
        bench.turn([&] {
            bench.cart("a").are_job_posts_coming = true;
            bench.post_for_a_job(0, 60);
        });
        // Nothing of the job runs here that would take the word back.
        CHECK(bench.asks().empty());
        bench.turn([&] {
            bench.cart("a").are_job_posts_coming = true;
            bench.post_for_a_job(60, 120);
        });
        CHECK(bench.batches() == std::vector<std::size_t>{100});
    }
    TEST_CASE("a change goes in a request of its own beside a job's, at once") {
        Bench bench;
        bench.turn([&] {
            bench.post_for_a_job(0, 500);
            REQUIRE(bench.controller.books.submit("om", {bench.change(sku(599), -1)}, bench.now).accepted == 1);
        });
        const auto change = bench.take<AskUpdate>();
        REQUIRE(change);
        CHECK(update_in(*change).sku == sku(599));
        CHECK(bench.batches() == std::vector<std::size_t>{100});
    }
    TEST_CASE("a job leaves a connection free for changes") {
        Bench bench;
        bench.turn([&] { bench.post_for_a_job(0, 500); });
        for (int i = 0; i < 6; ++i) bench.turn();
        CHECK(bench.batches() == std::vector<std::size_t>{100, 100, 100});  // of four connections
        bench.submit(sku(599), -1);
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("a job's posts that wait for a connection wake nobody") {
        Bench bench;
        bench.turn([&] { bench.post_for_a_job(0, 500); });
        for (int i = 0; i < 6; ++i) bench.turn();
        const auto next = bench.controller.stack.next_wakeup(bench.cart("a"), bench.now);
        CHECK((!next || *next > bench.now.steady));
    }
    TEST_CASE("a job's posts that may leave are a reason for a turn") {
        Bench bench;
        bench.turn([&] { bench.post_for_a_job(0, 250); });
        const auto next = bench.controller.stack.next_wakeup(bench.cart("a"), bench.now);
        REQUIRE(next);
        CHECK(*next <= bench.now.steady);
    }
    TEST_CASE("a change that is added to a job's post takes it along to the front") {
        Bench bench;
        bench.turn([&] {
            bench.post_for_a_job(0, 500);
            REQUIRE(bench.controller.books.submit("om", {bench.change(sku(450), -1)}, bench.now).accepted == 1);
        });
        const auto change = bench.take<AskUpdate>();
        REQUIRE(change);
        CHECK(update_in(*change).sku == sku(450));
        CHECK(update_in(*change).delta == -2);
    }
    TEST_CASE("with one connection a job waits behind the changes, and they behind one request of it") {
        Bench bench;
        bench.turn([&] { bench.cart("a").cart.config.connections = 1; });
        bench.turn([&] { bench.post_for_a_job(0, 250); });
        const auto first = bench.take<AskBatch>();
        REQUIRE(first);
        bench.submit(sku(599), -1);
        CHECK(bench.asks().empty());
        cart::BatchResult done;
        for (const auto& piece : std::get<AskBatch>(first->what).updates) {
            (void)piece;
            auto result = applied(49);
            result.is_key_confirmed = true;
            done.items.push_back(result);
        }
        bench.answer(*first, done);
        REQUIRE(bench.take<AskUpdate>());
        CHECK(bench.batches().empty());
    }
}
