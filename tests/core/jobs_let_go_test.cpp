// What ends all that waits at a cart: a cancelled job, a cart that is turned off. Slice by slice, and each slice is true.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/jobs/pace.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

namespace {

constexpr std::int64_t many = 1'200;

std::map<std::string, std::int64_t> counts_of(std::int64_t pieces) {
    std::map<std::string, std::int64_t> counts;
    for (std::int64_t n = 0; n < many; ++n) counts[fmt::format("S-{:04}", n)] = pieces;
    return counts;
}

// A Send whose SKUs all wait for an import.
struct WaitingSend {
    OpenShop bench{Script::plain, counts_of(10), counts_of(7)};
    jobs::JobId job{0};

    WaitingSend() {
        bench.turn([&] { bench.cart("a").cart.import_complete = false; });
        job = start(bench, Kind::send_qoh);
        bench.shop.serve(120);
        REQUIRE(state(bench, job) == jobs::State::done);
        REQUIRE(waiting() == many);
    }
    [[nodiscard]] std::int64_t waiting() { return bench.store.jobs.counts(job)[ItemResult::waiting]; }
    [[nodiscard]] Result<void> cancel() {
        Result<void> result;
        bench.turn([&] { result = bench.controller.jobs.cancel(job, bench.now); });
        return result;
    }
    // Turns until nothing waits; the most that one of them ended.
    std::int64_t finish() {
        std::int64_t most = 0;
        for (auto before = waiting(); before > 0; before = waiting()) {
            bench.turn();
            REQUIRE(waiting() < before);
            most = std::max(most, before - waiting());
        }
        return most;
    }
    [[nodiscard]] bool all_say(const std::string& why) {
        const auto lines = bench.store.jobs.items(job, ItemResult::skipped, {}, many);
        return std::ssize(lines) == many &&
               std::ranges::all_of(lines, [&](const auto& line) { return line.text.ends_with(why); });
    }
};

// A cart whose store is away, with a post of each SKU.
struct FullStack {
    Workbench bench;

    FullStack() {
        bench.open_cart("a", Script::with_keys, counts_of(10));
        bench.snapshot(counts_of(10));
        bench.turn([&] { REQUIRE(bench.controller.interventions.pause({{}, "a"}, std::nullopt, bench.now)); });
        for (const auto& [sku, count] : counts_of(10)) bench.submit(sku, -1);
        REQUIRE(queued() == many);
    }
    [[nodiscard]] std::int64_t queued() { return bench.store.posts.counts(bench.cart("a").cart.key).queued; }
    void turn_on() {
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", true, bench.now); });
    }
};

}  // namespace

TEST_SUITE("Letting go") {
    TEST_CASE("a cancelled job's SKUs are skipped slice by slice, over a restart, and cannot be cancelled twice") {
        WaitingSend send;
        REQUIRE(send.cancel());
        CHECK(send.waiting() < many);
        CHECK(send.waiting() >= many - jobs::Slice::most_written);
        CHECK_FALSE(send.cancel());
        CHECK(send.waiting() > 0);
        send.bench.restart();
        CHECK(send.waiting() > 0);
        CHECK(send.finish() <= jobs::Slice::most_written);
        CHECK(send.all_say("The job was cancelled."));
    }
    TEST_CASE("a cancelled Send withdraws what was not sent, and only that") {
        OpenShop bench{Script::plain, counts_of(10), counts_of(7)};
        const auto job = start(bench, Kind::send_qoh);
        bench.shop.serve_until<stack::AskUpdate>();
        const auto queued = bench.posts(State::queued);
        REQUIRE(!queued.empty());
        // A change is added up with what the job has queued.
        const auto sku = queued.back().sku;
        bench.submit(sku, -1);
        const auto before = bench.posts();
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        while (bench.controller.jobs.is_letting_go(bench.cart("a"))) bench.turn();
        std::int64_t on_their_way = 0;
        for (const auto& post : before) {
            const auto now = bench.store.posts.get(post.post.id);
            CAPTURE(post.sku);
            if (post.post.state == State::sending) {
                ++on_their_way;
                CHECK(now->state == State::sending);
            } else if (post.sku == sku) {
                CHECK(now->state == State::queued);
                CHECK(now->delta.pieces == -1);
                CHECK(line(bench, job, sku).result == ItemResult::skipped);
            } else {
                CHECK((now->state == State::folded || now->state == State::cancelled));
                CHECK(line(bench, job, post.sku).text.ends_with("The job was cancelled."));
            }
        }
        CHECK(on_their_way > 0);
        // Called off is not lost: nothing of it is sent after all.
        bench.shop.serve();
        start(bench, Kind::audit);
        bench.shop.serve();
        CHECK(bench.shop.counts[sku] == 9);
        CHECK(std::ranges::count_if(bench.shop.counts, [](const auto& one) { return one.second == 7; }) == on_their_way);
        CHECK(bench.store.jobs.get(job)->state == jobs::State::cancelled);
    }
    TEST_CASE("what is let go does not go on by itself meanwhile") {
        WaitingSend send;
        REQUIRE(send.cancel());
        import_orders(send.bench, "101");  // what they waited for
        send.bench.pass(std::chrono::seconds{60});
        REQUIRE(send.waiting() > 0);
        CHECK(send.bench.asks().empty());
        send.finish();
        send.bench.shop.serve();
        CHECK(send.bench.posts().empty());
        CHECK(send.all_say("The job was cancelled."));
    }
    TEST_CASE("turning a cart off lets go of what waits slice by slice") {
        WaitingSend send;
        turn_off(send.bench);
        CHECK(send.waiting() >= many - jobs::Slice::most_written);
        CHECK(send.finish() <= jobs::Slice::most_written);
        CHECK(send.all_say("Start the job again for it."));
    }
    TEST_CASE("a job that begins meanwhile waits until it is over") {
        WaitingSend send;
        turn_off(send.bench);
        const auto audit = start(send.bench, Kind::audit);
        for (int slice = 0; slice < 3; ++slice) send.bench.turn();
        REQUIRE(send.waiting() > 0);
        CHECK(send.bench.asks().empty());
        send.finish();
        send.bench.shop.serve(120);
        CHECK(state(send.bench, audit) == jobs::State::done);
    }
    TEST_CASE("the posts of a cart that is turned off are folded slice by slice, over a restart, and none leaves") {
        FullStack stack;
        turn_off(stack.bench);
        const auto left = stack.queued();
        CHECK(left > 0);
        CHECK(left < many);
        stack.bench.turn([&] { REQUIRE(stack.bench.controller.interventions.resume({{}, "a"}, stack.bench.now)); });
        stack.bench.restart();
        CHECK(stack.queued() > 0);
        while (stack.queued() > 0) {
            const auto before = stack.queued();
            stack.bench.turn();
            REQUIRE(stack.queued() < before);
        }
        CHECK(stack.bench.asks().empty());
        CHECK_FALSE(stack.bench.cart("a").cart.fold_to);
        CHECK(stack.bench.store.posts.ended_of(stack.bench.listing("a", "S-1199").key, 1).at(0).state == State::folded);
    }
    TEST_CASE("turned on again meanwhile, what is left goes to the store, and what comes then with it") {
        FullStack stack;
        turn_off(stack.bench);
        stack.turn_on();
        const auto left = stack.queued();
        CHECK(left > 0);
        stack.bench.turn();
        CHECK(stack.queued() == left);
        const std::string last = fmt::format("S-{:04}", many - 1);
        stack.bench.submit(last, -2);
        const auto posts = stack.bench.store.posts.waiting_of(stack.bench.listing("a", last).key);
        REQUIRE(posts.size() == 1);
        CHECK(posts[0].delta == inventory::Delta{-3});
    }
    TEST_CASE("SKUs whose posts are folded say so, and none of them waits for ever") {
        OpenShop bench{Script::with_keys, counts_of(10), counts_of(7)};
        const auto job = start(bench, Kind::send_qoh);
        const auto unsent = [&] { return bench.store.posts.counts(bench.cart("a").cart.key).queued; };
        for (int i = 0; i < 400 && unsent() < many / 2; ++i) {
            const bool is_post = !bench.asks().empty() && (std::holds_alternative<stack::AskUpdate>(bench.asks().front().what) ||
                                                           std::holds_alternative<stack::AskBatch>(bench.asks().front().what));
            if (!bench.asks().empty() && !is_post) bench.shop.answer_next();
            else bench.pass(Milliseconds{100});
        }
        REQUIRE(unsent() >= many / 2);
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        turn_off(bench);
        for (int i = 0; i < 40; ++i) bench.turn();
        bench.shop.serve();
        CHECK(unsent() == 0);
        CHECK(std::ssize(bench.store.jobs.items(job, ItemResult::skipped, {}, many)) >= many / 2);
        for (const auto& line : bench.store.jobs.items(job, ItemResult::waiting, {}, many)) {
            REQUIRE(line.post);
            CHECK(bench.store.posts.get(*line.post)->state == State::uncertain);
        }
    }
    TEST_CASE("a job that is let go while a newer one is, is let go whole") {
        WaitingSend send;
        auto& bench = send.bench;
        const auto audit = start(bench, Kind::audit);
        bench.shop.serve(120);
        REQUIRE(bench.store.jobs.counts(audit)[ItemResult::waiting] == many);
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(audit, bench.now)); });
        for (int turn = 0; turn < 3; ++turn) bench.turn();
        REQUIRE(bench.store.jobs.counts(audit)[ItemResult::waiting] > 0);
        REQUIRE(send.cancel());
        while (bench.controller.jobs.is_letting_go(bench.cart("a"))) bench.turn();
        CHECK(send.waiting() == 0);
        CHECK(bench.store.jobs.counts(audit)[ItemResult::waiting] == 0);
    }
    TEST_CASE("at a cart that is off a look at it does not end the posts of an older Send") {
        OpenShop bench{Script::plain, counts_of(10), counts_of(7), 1};
        turn_off(bench);
        const auto job = start(bench, Kind::send_qoh);
        bench.shop.serve(120);
        REQUIRE(bench.store.jobs.counts(job)[ItemResult::waiting] == many);
        bench.shop.orders_since = 0;
        import_orders(bench, "101");
        bench.pass(std::chrono::seconds{31});
        bench.shop.serve_until<stack::AskUpdate>();
        const auto queued = std::ssize(bench.posts(State::queued));
        REQUIRE(queued > 0);
        const auto preview = start(bench, Kind::send_qoh, {.is_dry_run = true});
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(preview, bench.now)); });
        CHECK(std::ssize(bench.posts(State::queued)) == queued);
        CHECK(bench.cart("a").job_needs == stack::JobNeeds::posts);
    }
    TEST_CASE("a Send that had settled a rejected post and is cancelled before it leaves names what is missing") {
        OpenShop bench{Script::plain, counts_of(10), counts_of(10)};
        const std::string last = "S-1199";
        have_rejected(bench, last, -2);
        bench.pass(std::chrono::minutes{1});
        bench.snapshot(counts_of(7));
        REQUIRE(bench.has_alert("needs_decision"));
        const auto job = start(bench, Kind::send_qoh);
        bench.shop.serve_until<stack::AskUpdate>();
        for (int turn = 0; bench.has_alert("needs_decision") && turn < 100; ++turn) bench.turn();
        const auto key = bench.listing("a", last).key;
        REQUIRE(bench.store.posts.unsent_of(key));
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        while (bench.controller.jobs.is_letting_go(bench.cart("a"))) bench.turn();
        const auto alerts = bench.store.alerts.of_cart("a");
        CHECK(std::ranges::count(alerts, last, &store::Alert::sku) == 1);
        // The others were in no doubt before: who cancels knows of them.
        CHECK(std::ranges::count(alerts, "drift", &store::Alert::kind) == 1);
    }
}
