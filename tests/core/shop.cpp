#include "tests/core/shop.h"

#include <doctest/doctest.h>

#include <utility>

namespace stocktray::tests {

void Shop::serve(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        bool was_asked = false;
        while (!bench.asks().empty()) {
            was_asked = true;
            answer_next();
        }
        for (int slice = 0; slice < 20; ++slice) bench.turn();
        if (!was_asked && bench.asks().empty()) bench.pass(some_time);
    }
}

void Shop::answer_next() {
    const auto ask = bench.asks().front();
    bench.asks().erase(bench.asks().begin());
    answer(ask);
}

void Shop::answer(const stack::Ask& ask) {
    if (std::holds_alternative<stack::AskAllCounts>(ask.what)) {
        std::vector<cart::ReadCount> page;
        for (const auto& [sku, qoh] : counts) page.push_back({sku, cart::CountWord::count, qoh});
        bench.turn([&] { bench.controller.counts_page(ask.exchange, page, 1); });
        cart::CountsResult done;
        done.is_complete = true;
        done.distinct = std::ssize(page);
        bench.answer(ask, done);
    } else if (const auto* some = std::get_if<stack::AskCounts>(&ask.what)) {
        cart::CountsResult done;
        done.is_complete = true;
        for (const auto& sku : some->skus) done.items.push_back(count(sku));
        bench.answer(ask, done);
    } else if (const auto* moves = std::get_if<stack::AskMoves>(&ask.what)) {
        cart::MovesResult done;
        done.is_complete = true;
        done.top_order = top_order;
        for (const auto& sku : moves->skus) done.items.push_back({count(sku), held(sku), open, back});
        bench.answer(ask, done);
    } else if (const auto* asked = std::get_if<stack::AskOrderCount>(&ask.what)) {
        cart::OrderCountResult done;
        done.is_answered = true;
        done.orders = asked->last_order == "All" && !has_no_orders ? 100 + orders_since : orders_since;
        bench.answer(ask, done);
    } else if (const auto* update = std::get_if<stack::AskUpdate>(&ask.what)) {
        counts[update->update.sku] += update->update.delta;
        auto result = update->update.key ? applied_under_key(ask, counts[update->update.sku], ++seq)
                                         : applied(counts[update->update.sku]);
        bench.answer(ask, result);
    } else if (const auto* batch = std::get_if<stack::AskBatch>(&ask.what)) {
        cart::BatchResult done;
        for (const auto& piece : batch->updates) {
            counts[piece.sku] += piece.delta;
            cart::UpdateResult result = applied(counts[piece.sku]);
            result.is_key_confirmed = true;
            done.items.push_back(result);
            ++seq;
        }
        bench.answer(ask, done);
    } else if (std::holds_alternative<stack::AskVersion>(ask.what)) {
        bench.answer(ask, version(bench.cart("a").cart.learned.extension));
    } else if (const auto* replace = std::get_if<stack::AskReplace>(&ask.what)) {
        cart::ReplaceResult done;
        done.is_complete = true;
        for (const auto& item : replace->counts) {
            if (!only_claims) counts[item.sku] = item.qoh;
            done.items.push_back({item.sku, cart::ReplaceWord::ok, {}});
        }
        bench.answer(ask, done);
    }
}

cart::ReadCount Shop::count(const std::string& sku) const {
    const auto found = counts.find(sku);
    return found == counts.end() ? cart::ReadCount{sku, cart::CountWord::not_found, 0}
                                 : cart::ReadCount{sku, cart::CountWord::count, found->second};
}

std::vector<cart::HeldByOrder> Shop::held(const std::string& sku) const {
    const auto found = orders.find(sku);
    return found == orders.end() ? std::vector<cart::HeldByOrder>{} : found->second;
}

OpenShop::OpenShop(Script script, const std::map<std::string, std::int64_t>& store_counts,
                   const std::map<std::string, std::int64_t>& book, std::int64_t orders_since)
    : shop{*this, store_counts, orders_since} {
    open_cart("a", script, store_counts);
    snapshot(book);
    if (script == Script::with_moves) open_floor(*this);
    else import_orders(*this);
}

jobs::JobId start(Workbench& bench, jobs::Kind kind, jobs::Options options) {
    jobs::JobId id = 0;
    bench.turn([&] {
        auto started = bench.controller.jobs.start(kind, "a", std::move(options), bench.now);
        REQUIRE(started);
        id = *started;
    });
    return id;
}

void import_orders(Workbench& bench, const std::string& last, std::vector<sync::ImportedOrder> orders) {
    bench.turn([&] {
        REQUIRE(bench.controller.imports.imported({"a", bench.now.wall, last, std::move(orders)}, bench.now));
    });
}

void open_floor(Workbench& bench) {
    import_orders(bench);
    // Two days would bring an audit, too.
    bench.now.wall += std::chrono::hours{49};
    bench.turn([&] {
        auto& cart = bench.cart("a");
        cart.cart.order_floor = std::exchange(cart.cart.next_floor, {});
        cart.cart.next_floor_since.reset();
        bench.controller.board.save(cart);
    });
    import_orders(bench);
    REQUIRE_FALSE(bench.cart("a").cart.order_floor.empty());
    bench.asks().clear();
}

jobs::JobItem line(Workbench& bench, jobs::JobId job, const std::string& sku) {
    const auto found = bench.store.jobs.item(job, sku);
    REQUIRE(found);
    return *found;
}

jobs::State state(Workbench& bench, jobs::JobId job) {
    return bench.store.jobs.get(job)->state;
}

std::vector<store::PullItem> pull(Workbench& bench, std::optional<std::int64_t> ack,
                                  std::vector<jobs::SkippedItem> skipped, std::int64_t limit) {
    std::vector<store::PullItem> items;
    bench.turn([&] {
        auto answer =
            bench.controller.handover.pull({"om", ack, std::move(skipped), limit, false}, bench.now);
        REQUIRE(answer);
        items = answer->items;
    });
    return items;
}

void make_absolute(Workbench& bench, std::int64_t items_per_send) {
    bench.cart("a").cart.config.items_per_send = items_per_send;
    bench.turn(
        [&] { bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now); });
}

void turn_off(Workbench& bench) {
    bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
}

void park_one(Workbench& bench) {
    bench.open_cart("a", Script::plain, {{"X", 10}});
    bench.snapshot({{"X", 10}});
    bench.submit("X", -2);
    bench.answer(*bench.take<stack::AskUpdate>(), unclear());
    bench.turn([&] {
        auto post = bench.only_post().post;
        bench.controller.queue.park(bench.cart("a"), post);
    });
}

void submit_and_cancel(Workbench& bench, const std::string& sku, std::int64_t delta) {
    bench.turn([&] { bench.cart("a").cart.is_paused = true; });
    bench.submit(sku, delta);
    bench.turn([&] {
        const auto queued = bench.posts(stack::State::queued);
        REQUIRE(queued.size() == 1);
        REQUIRE(bench.controller.interventions.cancel({{queued.front().post.id}, {}}, "typo", bench.now));
        bench.cart("a").cart.is_paused = false;
    });
}

void have_rejected(Workbench& bench, const std::string& sku, std::int64_t delta) {
    bench.submit(sku, delta);
    const auto update = bench.take<stack::AskUpdate>();
    REQUIRE(update);
    auto answer = rejected(cart::Cause::not_found);
    answer.is_key_confirmed = true;
    bench.answer(*update, answer);
    REQUIRE(bench.posts(stack::State::rejected).size() == 1);
}

}  // namespace stocktray::tests
