// Jobs on a controller in memory: Get QOH, Send QOH, audit, undo, and what waits.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/store/database.h"
#include "tests/core/workbench.h"

using namespace stocktray;
using namespace stocktray::tests;
using jobs::ItemResult;
using jobs::Kind;
using stack::State;

namespace {

constexpr std::chrono::seconds some_time{10};

jobs::JobId start(Workbench& bench, Kind kind, jobs::Options options = {}) {
    jobs::JobId id = 0;
    bench.turn([&] {
        auto started = bench.controller.jobs.start(kind, "a", std::move(options), bench.now);
        REQUIRE(started);
        id = *started;
    });
    return id;
}

// The shop of these tests: what it holds, and an Order Manager that has imported its web orders.
struct Shop {
    Workbench& bench;
    std::map<std::string, std::int64_t> counts;
    std::int64_t orders_since{0};
    std::vector<stack::Ask> posts{};  // changes that came in; applied by hand

    // Answers whatever is asked until nothing is; then lets the time pass that jobs wait for.
    void serve(int rounds = 12) {
        for (int i = 0; i < rounds; ++i) {
            bool was_asked = false;
            while (!bench.asks().empty()) {
                was_asked = true;
                const auto ask = bench.asks().front();
                bench.asks().erase(bench.asks().begin());
                answer(ask);
            }
            for (int slice = 0; slice < 20; ++slice) bench.turn();
            if (!was_asked && bench.asks().empty()) bench.pass(some_time);
        }
    }
    void answer(const stack::Ask& ask) {
        if (std::holds_alternative<stack::AskAllCounts>(ask.what)) {
            std::vector<cart::ReadCount> page;
            for (const auto& [sku, qoh] : counts) page.push_back({sku, cart::CountWord::count, qoh});
            bench.turn([&] { bench.controller.counts_page(ask.exchange, page, bench.now); });
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
            for (const auto& sku : moves->skus) done.items.push_back({count(sku), held(sku), open, back});
            bench.answer(ask, done);
        } else if (const auto* asked = std::get_if<stack::AskOrderCount>(&ask.what)) {
            cart::OrderCountResult done;
            done.is_answered = true;
            done.orders = asked->last_order == "All" ? 100 + orders_since : orders_since;
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
    [[nodiscard]] cart::ReadCount count(const std::string& sku) const {
        const auto found = counts.find(sku);
        return found == counts.end() ? cart::ReadCount{sku, cart::CountWord::not_found, 0}
                                     : cart::ReadCount{sku, cart::CountWord::count, found->second};
    }
    [[nodiscard]] std::vector<cart::HeldByOrder> held(const std::string& sku) const {
        const auto found = orders.find(sku);
        return found == orders.end() ? std::vector<cart::HeldByOrder>{} : found->second;
    }

    std::map<std::string, std::vector<cart::HeldByOrder>> orders{};  // what the connector tells
    std::int64_t open{0};
    std::int64_t back{0};
    std::int64_t seq{0};
    bool only_claims{false};  // says that it has set a count, and has not
};

void import_orders(Workbench& bench, const std::string& last = "100", std::vector<sync::ImportedOrder> orders = {}) {
    bench.turn([&] {
        REQUIRE(bench.controller.imports.imported({"a", bench.now.wall, last, std::move(orders)}, bench.now));
    });
}

// The connector may be asked for orders once an import is two days old.
void open_floor(Workbench& bench) {
    import_orders(bench);
    bench.now.wall += std::chrono::hours{49};
    import_orders(bench);
    REQUIRE_FALSE(bench.cart("a").cart.order_floor.empty());
    bench.asks().clear();
}

jobs::JobItem line(Workbench& bench, jobs::JobId job, const std::string& sku) {
    const auto found = bench.store.jobs.item(job, sku);
    REQUIRE(found);
    return *found;
}

jobs::State state(Workbench& bench, jobs::JobId job) { return bench.store.jobs.get(job)->state; }

std::vector<store::PullItem> pull(Workbench& bench, std::optional<std::int64_t> ack = std::nullopt,
                                  std::vector<jobs::SkippedItem> skipped = {}, std::int64_t limit = 100) {
    std::vector<store::PullItem> items;
    bench.turn([&] {
        auto answer = bench.controller.handover.pull({"om", ack, std::move(skipped), limit, false}, bench.now);
        REQUIRE(answer);
        items = answer->items;
    });
    return items;
}

}  // namespace

TEST_SUITE("Jobs") {
    TEST_CASE("Send closes the gap as a difference, aligns the listing and reads back") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 7}, {"Y", 5}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        const auto x = line(bench, job, "X");
        CHECK(x.result == ItemResult::ok);
        CHECK(x.delta == -3);
        CHECK(x.before == 10);
        CHECK(x.after == 7);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 2);
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.listing("a", "Y").is_aligned);
    }
    TEST_CASE("a sale between the look and the post survives a Send") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 20}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        for (int i = 0; i < 40; ++i) {
            if (bench.asks().empty()) bench.pass(some_time);
            else if (std::holds_alternative<stack::AskUpdate>(bench.asks().front().what)) break;
            else {
                const auto ask = bench.asks().front();
                bench.asks().erase(bench.asks().begin());
                shop.answer(ask);
            }
            for (int slice = 0; slice < 5; ++slice) bench.turn();
        }
        REQUIRE_FALSE(bench.asks().empty());
        REQUIRE(std::holds_alternative<stack::AskUpdate>(bench.asks().front().what));
        shop.counts["X"] -= 1;  // a buyer
        shop.serve();
        CHECK(shop.counts["X"] == 19);
    }
    TEST_CASE("a preview changes nothing and says what would change") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 7}, {"Y", 5}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::send_qoh, {.is_dry_run = true});
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::would_change);
        CHECK(line(bench, job, "X").after == 7);
        CHECK(bench.posts().empty());
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("Get hands out the gap; the acknowledgement moves the book and aligns the listing") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}}, 2);
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        auto items = pull(bench);
        REQUIRE(items.size() == 1);
        CHECK(items[0].delta == 5);  // 10 at the store and a buffer of 2
        CHECK(items[0].qoh == 12);
        CHECK(bench.item("X").qoh.pieces == 7);
        // Unacknowledged it stays, and stands in the way of a snapshot.
        CHECK(pull(bench).size() == 1);
        bench.turn([&] { CHECK_FALSE(bench.controller.snapshots.receive({"om", "late", 0, false, {}}, bench.now)); });
        CHECK(pull(bench, items[0].cursor).empty());
        CHECK(bench.item("X").qoh.pieces == 12);
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.posts().empty());  // the store has these pieces already
        // A second acknowledgement does nothing.
        CHECK(pull(bench, items[0].cursor).empty());
        CHECK(bench.item("X").qoh.pieces == 12);
    }
    TEST_CASE("what Get took over is posted to the other carts, once") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 7}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        bench.submit("X", 0);
        pull(bench, items[0].cursor);
        const auto post = bench.only_post();
        CHECK(post.cart == "b");
        CHECK(post.post.delta.pieces == 3);
        // The Order Manager tells of the change that it made: it moves nothing again.
        auto change = bench.change("X", 3);
        change.reason = inventory::Reason::get_qoh;
        change.origin_cart = "a";
        bench.submit(change);
        CHECK(bench.item("X").qoh.pieces == 10);
        CHECK(bench.posts().size() == 1);
    }
    TEST_CASE("an item that the Order Manager skips moves nothing and is named") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        pull(bench, items[0].cursor, {{items[0].cursor, "kit"}});
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
    }
    TEST_CASE("two consumers do not share the queue until one takes over") {
        Workbench bench;
        pull(bench);
        bench.turn([&] {
            const auto refused = bench.controller.handover.pull({"other", {}, {}, 10, false}, bench.now);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == ErrorCode::conflict);
            CHECK(bench.controller.handover.pull({"other", {}, {}, 10, true}, bench.now));
        });
    }
    TEST_CASE("products that only the store knows are skipped, or handed out as new ones") {
        for (const bool creates : {false, true}) {
            Workbench bench;
            bench.open_cart("a", Script::with_keys, {{"NEW", 4}, {"x", 1}});
            bench.snapshot({{"X", 7}});
            import_orders(bench);
            Shop shop{bench, {{"NEW", 4}, {"x", 1}}};
            const auto job = start(bench, Kind::get_qoh, {.creates_records = creates});
            shop.serve();
            CHECK(line(bench, job, "NEW").result == (creates ? ItemResult::new_ : ItemResult::skipped));
            CHECK(line(bench, job, "NEW").cause == jobs::Cause::only_at_store);
            CHECK(line(bench, job, "x").cause == jobs::Cause::case_differs);
            CHECK(line(bench, job, "X").result == ItemResult::not_found);
            const auto items = pull(bench);
            REQUIRE(items.size() == (creates ? 1 : 0));
            if (!creates) continue;
            CHECK(items[0].is_new_product);
            pull(bench, items[0].cursor);
            CHECK(bench.item("NEW").qoh.pieces == 4);
            CHECK(bench.item("NEW").has_baseline);
        }
    }
    TEST_CASE("web orders that are not imported are no difference") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        // Order 100 holds 2 pieces that the Order Manager has not taken yet.
        import_orders(bench, "100", {{"100", {{"100", "X", "", 2, 0, {}}}}});
        Shop shop{bench, {{"X", 8}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(shop.counts["X"] == 8);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
    }
    TEST_CASE("orders since the last import make differing SKUs wait, and the next import lets them go on") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 5}});
        bench.snapshot({{"X", 10}, {"Y", 5}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 5}}, 3};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        CHECK(line(bench, job, "X").cause == jobs::Cause::web_orders_not_imported);
        CHECK(bench.posts().empty());
        // One piece of X was in them; the other one is really missing.
        auto change = bench.change("X", -1);
        change.reason = inventory::Reason::web_order_imported;
        change.origin_cart = "a";
        change.order = "103";
        bench.submit(change);
        shop.orders_since = 0;
        import_orders(bench, "103", {{"103", {{"103", "X", "", 1, 1, {}}}}});
        bench.pass(std::chrono::seconds{31});
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 9);
    }
    TEST_CASE("without any import a job only names, unless a person says that none waits") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 8}}};
        const auto careful = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(line(bench, careful, "X").result == ItemResult::waiting);
        CHECK(shop.counts["X"] == 8);
        const auto sure = start(bench, Kind::send_qoh, {.allows_pending = true});
        shop.serve();
        CHECK(line(bench, sure, "X").result == ItemResult::ok);
        CHECK(shop.counts["X"] == 10);
        // What waited was left to the second job.
        CHECK(line(bench, careful, "X").result == ItemResult::skipped);
    }
    TEST_CASE("a post under way makes its SKU wait and is not sent twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.submit("X", -2);
        const auto update = *bench.take<stack::AskUpdate>();
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve(10);
        CHECK(line(bench, job, "X").result == ItemResult::waiting);
        CHECK(line(bench, job, "X").cause == jobs::Cause::in_flight);
        shop.answer(update);
        shop.serve(20);
        CHECK(shop.counts["X"] == 8);
        CHECK(bench.posts().size() == 1);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
    }
    TEST_CASE("the guard stops a Send before it writes anything, and an override is kept in the history") {
        Workbench bench;
        std::map<std::string, std::int64_t> full;
        std::map<std::string, std::int64_t> empty;
        for (int i = 0; i < 20; ++i) full["S" + std::to_string(i)] = 50;
        for (const auto& [sku, qoh] : full) empty[sku] = 0;
        bench.open_cart("a", Script::with_keys, full);
        bench.snapshot(empty);
        import_orders(bench);
        Shop shop{bench, full};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "zeros");
        CHECK(bench.posts().empty());
        CHECK(bench.has_alert("guard"));
        const auto sure = start(bench, Kind::send_qoh, {.overrides_guard = true, .by = "ann", .reason = "stocktaking"});
        shop.serve(30);
        CHECK(state(bench, sure) == jobs::State::done);
        CHECK(shop.counts["S3"] == 0);
        CHECK_FALSE(bench.has_alert("guard"));
        const auto entries = bench.store.history.list({.kinds = {"guard_override"}});
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].by == "ann");
        CHECK(entries[0].text.find("stocktaking") != std::string::npos);
    }
    TEST_CASE("a list that is much shorter than the last one stops the job") {
        Workbench bench;
        std::map<std::string, std::int64_t> all;
        for (int i = 0; i < 40; ++i) all["S" + std::to_string(i)] = 5;
        bench.open_cart("a", Script::with_keys, all);
        bench.snapshot(all);
        import_orders(bench);
        Shop shop{bench, all};
        start(bench, Kind::audit);
        shop.serve();
        shop.counts.erase(shop.counts.begin(), std::next(shop.counts.begin(), 20));
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::blocked);
        CHECK(bench.store.jobs.get(job)->code == "short_list");
    }
    TEST_CASE("one job at a time works at a cart") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        start(bench, Kind::audit);
        bench.turn([&] {
            const auto second = bench.controller.jobs.start(Kind::send_qoh, "a", {}, bench.now);
            REQUIRE_FALSE(second);
            CHECK(second.error().code == ErrorCode::conflict);
            CHECK(second.error().message.find("audit") != std::string::npos);
        });
    }
    TEST_CASE("a cancelled job does nothing more, whatever comes in late") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        const auto asked = bench.asks().front();
        bench.asks().clear();
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        shop.answer(asked);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::cancelled);
        CHECK(bench.posts().empty());
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("an audit names a difference, repairs nothing by itself without the connector's word") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 12}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 12}}};
        const auto job = start(bench, Kind::audit);
        shop.serve();
        const auto x = line(bench, job, "X");
        CHECK(x.result == ItemResult::different);
        CHECK(x.cause == jobs::Cause::changed_at_store);
        CHECK(bench.has_alert("drift"));
        CHECK(bench.posts().empty());
    }
    TEST_CASE("with the connector's word an audit repairs a lost difference, once a day") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(bench.listing("a", "X").is_aligned);
        bench.submit("X", -3);
        shop.serve(2);
        REQUIRE(shop.counts["X"] == 7);
        shop.counts["X"] = 10;  // the shop wrote the number that it had read before
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        CHECK(line(bench, job, "X").cause == jobs::Cause::lost_at_store);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        shop.counts["X"] = 10;
        const auto second = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, second, "X").result == ItemResult::different);
        CHECK(bench.has_alert("drift"));
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("an unfinished order looks like a loss and is not repaired") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        shop.counts["X"] = 8;
        shop.open = 2;
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 8);
    }
    TEST_CASE("a second look a minute after the confirmation finds what the shop overwrote and sends it again") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.submit("X", -3);
        shop.serve(1);
        shop.counts["X"] = 10;
        bench.pass(std::chrono::seconds{61});
        shop.serve();
        CHECK(shop.counts["X"] == 7);
        CHECK_FALSE(bench.has_alert("drift"));
    }
    TEST_CASE("undo takes a Send back as differences, once, and holds its listings from repair") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(shop.counts["X"] == 7);
        shop.counts["X"] -= 1;  // sold since
        const auto preview = start(bench, Kind::undo, {.is_dry_run = true, .undoes = job});
        shop.serve();
        CHECK(line(bench, preview, "X").result == ItemResult::would_change);
        CHECK(shop.counts["X"] == 6);
        const auto undo = start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(state(bench, undo) == jobs::State::done);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.listing("a", "X").held_version == bench.item("X").book_version);
        bench.turn([&] { CHECK_FALSE(bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now)); });
    }
    TEST_CASE("undo of a Get withdraws what is open and hands the rest back") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 4}});
        bench.snapshot({{"X", 7}, {"Y", 1}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 4}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench, {}, {}, 1);
        REQUIRE(items.size() == 1);
        bench.turn([&] {  // X was taken over; of Y the Order Manager has not heard yet
            REQUIRE(bench.controller.handover.pull({"om", items[0].cursor, {}, 1, false}, bench.now));
        });
        bench.turn([&] { (void)bench.controller.jobs.start(Kind::undo, "a", {.undoes = job}, bench.now); });
        shop.serve();
        const auto back = pull(bench);
        REQUIRE(back.size() == 2);
        CHECK(back[0].sku == "Y");  // given, and not acknowledged: nobody knows whether it was applied
        CHECK(back[1].sku == "X");
        CHECK(back[1].delta == -3);
        const auto rest = pull(bench, back[1].cursor);
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(bench.item("Y").qoh.pieces == 4);
        REQUIRE(rest.size() == 1);  // now that Y was taken over, it is handed out the other way round
        CHECK(rest[0].sku == "Y");
        CHECK(rest[0].delta == -3);
        CHECK(pull(bench, rest[0].cursor).empty());
        CHECK(bench.item("Y").qoh.pieces == 1);
        CHECK(bench.listing("a", "Y").held_version == bench.item("Y").book_version);
    }
    TEST_CASE("undo withdraws what the Order Manager has not been given") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::get_qoh);
        shop.serve();
        start(bench, Kind::undo, {.undoes = job});
        shop.serve();
        CHECK(pull(bench).empty());
        CHECK(bench.item("X").qoh.pieces == 7);
        CHECK(line(bench, job, "X").result == ItemResult::skipped);
    }
    TEST_CASE("a script that takes no differences has its counts replaced and read back") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 7}, {"Y", 5}});
        import_orders(bench);
        bench.turn([&] {
            bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now);
        });
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(line(bench, job, "X").result == ItemResult::ok);
        CHECK(line(bench, job, "X").text.find("replaced") != std::string::npos);
        CHECK(bench.listing("a", "X").is_aligned);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("a script that claims to have set a count and has not is told apart from the truth") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        bench.turn([&] {
            bench.controller.standing.stop(bench.cart("a"), cart::Stop::absolute_script, {}, bench.now);
        });
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.only_claims = true;
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(line(bench, job, "X").after == 10);
        CHECK_FALSE(bench.listing("a", "X").is_aligned);
    }
    TEST_CASE("a cart that is not synchronized can be filled before it is") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        import_orders(bench);
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        Shop shop{bench, {{"X", 10}}};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(bench.only_post().post.state == State::confirmed);
    }
    TEST_CASE("a turn that could not be committed makes the job read anew and do nothing twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 9}});
        bench.snapshot({{"X", 7}, {"Y", 4}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 9}}};
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 30; ++i) {
            (void)bench.controller.turn(bench.now, stack::Sendings::allowed,
                                        [] { throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}}; });
            shop.serve(1);
        }
        shop.serve(20);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["X"] == 7);
        CHECK(shop.counts["Y"] == 4);
    }
    TEST_CASE("an audit begins by itself when it is due, more often in a cart's first weeks") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        Shop shop{bench, {{"X", 10}}};
        bench.pass(std::chrono::hours{23});
        CHECK(bench.store.jobs.list({}, {}, 10).empty());
        bench.pass(std::chrono::hours{2});
        shop.serve();
        REQUIRE(bench.store.jobs.list({}, {}, 10).size() == 1);
        CHECK(bench.store.jobs.list({}, {}, 10)[0].kind == Kind::audit);
        CHECK(*bench.controller.next_wakeup(bench.now) <= bench.now.steady + std::chrono::hours{24});
    }
    TEST_CASE("a cancelled post has its SKU looked at") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.turn([&] { bench.cart("a").cart.is_paused = true; });
        bench.submit("X", -2);
        bench.turn([&] {
            REQUIRE(bench.controller.interventions.cancel({{bench.posts(State::queued).front().post.id}, {}}, "typo", bench.now));
            bench.cart("a").cart.is_paused = false;
        });
        shop.serve();
        // The book says 8, the store has 10. That was a person's will: it is named, and not sent after all.
        CHECK(shop.counts["X"] == 10);
        CHECK(bench.has_alert("drift"));
    }
}

// What must never happen, each with the steps that once led to it.
TEST_SUITE("Jobs: counterexamples") {
    TEST_CASE("a selection stays a selection, however the store is read") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        jobs::Options some;
        some.skus.emplace();
        for (int i = 0; i < 60; ++i) {
            const auto sku = "S" + std::to_string(100 + i);
            store_counts[sku] = 10;
            book[sku] = 9;
            if (i < 30) some.skus->push_back(sku);
        }
        bench.open_cart("a", Script::plain, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts};
        const auto job = start(bench, Kind::send_qoh, some);
        shop.serve(60);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(shop.counts["S100"] == 9);
        CHECK(shop.counts["S129"] == 9);
        CHECK(shop.counts["S130"] == 10);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 30);
    }
    TEST_CASE("a sale that is imported after the looks is not taken twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 3}});
        bench.snapshot({{"X", 10}, {"Y", 4}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 3}}};
        const auto job = start(bench, Kind::send_qoh);
        // Both looks and the questions around them, but not a slice of work after the last.
        for (int i = 0; i < 40; ++i) {
            if (bench.asks().empty()) {
                bench.pass(some_time);
                continue;
            }
            const auto ask = bench.asks().front();
            bench.asks().erase(bench.asks().begin());
            const bool is_last = std::holds_alternative<stack::AskOrderCount>(ask.what) && i > 5;
            if (is_last) {
                shop.counts["X"] = 9;
                auto sale = bench.change("X", -1);
                sale.reason = inventory::Reason::web_order_imported;
                sale.origin_cart = "a";
                sale.order = "101";
                // Submitted in the same turn in which the last answer comes in.
                bench.turn([&] {
                    cart::OrderCountResult none;
                    none.is_answered = true;
                    bench.controller.answered(ask.exchange, none, bench.now);
                    (void)bench.controller.books.submit("om", {sale}, bench.now);
                });
                break;
            }
            shop.answer(ask);
        }
        shop.serve(20);
        CHECK(shop.counts["X"] == 9);
        CHECK(bench.item("X").qoh.pieces == 9);
        CHECK(line(bench, job, "X").delta == 0);
    }
    TEST_CASE("two carts cannot hand out the same SKU at once") {
        Workbench bench;
        bench.open_cart("b", Script::with_keys, {{"X", 15}});
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.turn([&] { REQUIRE(bench.controller.imports.imported({"b", bench.now.wall, "100", std::vector<sync::ImportedOrder>{}}, bench.now)); });
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        bench.turn([&] { REQUIRE(bench.controller.jobs.start(Kind::get_qoh, "b", {}, bench.now)); });
        shop.serve();
        CHECK(pull(bench).size() == 1);
    }
    TEST_CASE("the first count of a new product is not posted to a store that has it already") {
        Workbench bench;
        bench.open_cart("b", Script::with_keys, {{"N", 7}});
        bench.open_cart("a", Script::with_keys, {{"N", 7}});
        bench.snapshot({{"X", 1}});
        import_orders(bench);
        Shop shop{bench, {{"N", 7}}};
        start(bench, Kind::get_qoh, {.creates_records = true});
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        pull(bench, items[0].cursor);
        CHECK(bench.item("N").qoh.pieces == 7);
        CHECK(bench.posts().empty());
    }
    TEST_CASE("a snapshot that ends while an item is open does not count it twice") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        bench.turn([&] { REQUIRE(bench.controller.snapshots.receive({"om", "long", 0, false, {}}, bench.now)); });
        start(bench, Kind::get_qoh);
        shop.serve();
        const auto items = pull(bench);
        REQUIRE(items.size() == 1);
        bench.turn([&] {
            const auto receipt = bench.controller.snapshots.receive({"om", "long", 1, true, {{"X", {15}, {}, true}}}, bench.now);
            REQUIRE(receipt);
            CHECK(receipt->retake == std::vector<std::string>{"X"});
        });
        pull(bench, items[0].cursor);
        CHECK(bench.item("X").qoh.pieces == 15);
    }
    TEST_CASE("an acknowledgement of what was never given out is not believed") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        bench.turn([&] { CHECK_FALSE(bench.controller.handover.pull({"om", 50, {}, 100, false}, bench.now)); });
        CHECK(bench.item("X").qoh.pieces == 10);
        CHECK(pull(bench).size() == 1);
    }
    TEST_CASE("a count told between applying and acknowledging waits for the acknowledgement") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 15}});
        auto first = bench.change("X", 0);
        first.delta.reset();
        first.qoh = inventory::Quantity{10};
        first.version = 1;
        bench.submit(first);
        import_orders(bench);
        Shop shop{bench, {{"X", 15}}};
        start(bench, Kind::get_qoh);
        shop.serve();
        REQUIRE(pull(bench).size() == 1);
        auto count = bench.change("X", 0);
        count.delta.reset();
        count.qoh = inventory::Quantity{14};
        count.version = 2;
        const auto refused = bench.submit(count);
        REQUIRE(refused.rejected.size() == 1);
        CHECK(refused.rejected[0].error.code == ErrorCode::busy);
        pull(bench, pull(bench)[0].cursor);
        CHECK(bench.submit(count).accepted == 1);
        CHECK(bench.item("X").qoh.pieces == 14);
        CHECK(bench.only_post().post.delta.pieces == -1);
    }
    TEST_CASE("what a cancelled undo has taken back is not taken back again") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        for (int i = 0; i < 150; ++i) {
            store_counts["S" + std::to_string(1000 + i)] = 10;
            book["S" + std::to_string(1000 + i)] = 12;
        }
        bench.open_cart("a", Script::with_keys, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve(80);
        REQUIRE(state(bench, job) == jobs::State::done);
        REQUIRE(shop.counts["S1149"] == 12);
        const auto first = start(bench, Kind::undo, {.undoes = job});
        bench.turn();  // a slice of it
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(first, bench.now)); });
        shop.serve(20);
        start(bench, Kind::undo, {.undoes = job});
        shop.serve(80);
        for (const auto& [sku, qoh] : shop.counts) CHECK(qoh == 10);
    }
    TEST_CASE("a script that turns out to be absolute in the middle of a Send has the rest replaced") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"Y", 20}, {"Z", 30}});
        bench.snapshot({{"X", 13}, {"Y", 24}, {"Z", 35}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 20}, {"Z", 30}}};
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 60 && state(bench, job) != jobs::State::done; ++i) {
            if (const auto update = bench.take<stack::AskUpdate>()) {
                const auto& asked = std::get<stack::AskUpdate>(update->what).update;
                shop.counts[asked.sku] = asked.delta;
                bench.answer(*update, applied(asked.delta));
            }
            shop.serve(1);
        }
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.cart("a").cart.stop == cart::Stop::absolute_script);
        CHECK(shop.counts["Y"] == 24);
        CHECK(shop.counts["Z"] == 35);
        const auto again = start(bench, Kind::send_qoh, {.overrides_guard = true});
        shop.serve(30);
        CHECK(state(bench, again) == jobs::State::done);
        CHECK(shop.counts["X"] == 13);
    }
    TEST_CASE("an audit repairs nothing at a cart that is off") {
        Workbench bench;
        bench.open_cart("a", Script::with_moves, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        open_floor(bench);
        Shop shop{bench, {{"X", 10}}};
        start(bench, Kind::send_qoh);
        shop.serve();
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        bench.submit("X", -3);
        const auto job = start(bench, Kind::audit);
        shop.serve();
        CHECK(line(bench, job, "X").result == ItemResult::different);
        CHECK(shop.counts["X"] == 10);
    }
    TEST_CASE("what a cancelled Send had not sent to a cart that is off never leaves") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 5}});
        bench.snapshot({{"X", 10}});
        import_orders(bench);
        bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
        Shop shop{bench, {{"X", 5}}};
        const auto job = start(bench, Kind::send_qoh);
        for (int i = 0; i < 60 && bench.posts().empty(); ++i) {
            if (!bench.asks().empty()) {
                const auto ask = bench.asks().front();
                bench.asks().erase(bench.asks().begin());
                shop.answer(ask);
            } else {
                bench.pass(some_time);
            }
        }
        REQUIRE(bench.posts().size() == 1);
        bench.turn([&] {
            bench.cart("a").cart.is_paused = true;
            auto post = bench.only_post().post;
            if (post.state == State::queued) return;
            post.state = State::queued;  // as if it had not left yet
            bench.store.posts.save(post);
        });
        bench.turn([&] { REQUIRE(bench.controller.jobs.cancel(job, bench.now)); });
        CHECK(bench.only_post().post.state == State::folded);
    }
    TEST_CASE("a Get settles the posts in doubt: whatever became of them is in the count that it takes") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        bench.snapshot({{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<stack::AskUpdate>(), unclear());
        bench.turn([&] {
            auto post = bench.only_post().post;
            bench.controller.queue.park(bench.cart("a"), post);
        });
        Shop shop{bench, {{"X", 10}}};
        import_orders(bench);
        const auto job = start(bench, Kind::get_qoh);
        shop.serve(60);
        REQUIRE(state(bench, job) == jobs::State::done);
        // Either the doubt ended by its own verdict first, or the Get took it along: in no case both.
        const auto items = pull(bench);
        const auto settled = bench.posts(State::settled);
        REQUIRE(settled.size() == 1);
        if (!items.empty()) pull(bench, items.back().cursor);
        shop.serve();
        CHECK(bench.item("X").qoh.pieces == shop.counts["X"]);
        bench.turn([&] {
            CHECK_FALSE(bench.controller.interventions.resolve(settled.front().post.id, stack::Proposal::not_applied, "sure", bench.now));
        });
    }
    TEST_CASE("a smaller job does not swallow what waits for a bigger one") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 8}, {"Y", 8}});
        bench.snapshot({{"X", 10}, {"Y", 10}});
        import_orders(bench);
        Shop shop{bench, {{"X", 8}, {"Y", 8}}, 2};
        const auto all = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, all, "Y").result == ItemResult::waiting);
        const auto one = start(bench, Kind::send_qoh, {.skus = {{"X"}}});
        shop.serve();
        CHECK(line(bench, all, "X").result == ItemResult::skipped);
        CHECK(line(bench, all, "Y").result == ItemResult::waiting);
        CHECK(line(bench, one, "X").result == ItemResult::waiting);
    }
    TEST_CASE("what waits does not go out any more once it would wipe out counts") {
        Workbench bench;
        std::map<std::string, std::int64_t> store_counts;
        std::map<std::string, std::int64_t> book;
        std::map<std::string, std::int64_t> zeros;
        for (int i = 0; i < 12; ++i) {
            const auto sku = "S" + std::to_string(i);
            store_counts[sku] = 10;
            book[sku] = 11;
            zeros[sku] = 0;
        }
        bench.open_cart("a", Script::with_keys, store_counts);
        bench.snapshot(book);
        import_orders(bench);
        Shop shop{bench, store_counts, 2};
        const auto job = start(bench, Kind::send_qoh);
        shop.serve();
        REQUIRE(line(bench, job, "S3").result == ItemResult::waiting);
        bench.snapshot(zeros);
        shop.orders_since = 0;
        import_orders(bench, "102");
        bench.pass(std::chrono::seconds{31});
        shop.serve(30);
        CHECK(shop.counts["S3"] == 10);
        CHECK(line(bench, job, "S3").result == ItemResult::skipped);
    }
    TEST_CASE("a cart that is removed takes its job with it") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.snapshot({{"X", 7}});
        const auto job = start(bench, Kind::audit);
        bench.turn([&] { REQUIRE(bench.controller.switching.remove("a", "closed", bench.now)); });
        CHECK(state(bench, job) == jobs::State::cancelled);
    }
    TEST_CASE("an answer to a job that was begun anew is not taken for the answer of now") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 5}});
        bench.snapshot({{"X", 10}, {"Y", 5}});
        import_orders(bench);
        Shop shop{bench, {{"X", 10}, {"Y", 5}}};
        const auto job = start(bench, Kind::audit);
        const auto serve_until_listed = [&] {
            for (int i = 0; i < 20; ++i) {
                if (bench.asks().empty()) bench.turn();
                else if (std::holds_alternative<stack::AskAllCounts>(bench.asks().front().what)) return;
                else {
                    const auto ask = bench.asks().front();
                    bench.asks().erase(bench.asks().begin());
                    shop.answer(ask);
                }
            }
            FAIL("the list was not asked for");
        };
        serve_until_listed();
        const auto old = bench.asks().front();
        bench.asks().clear();
        (void)bench.controller.turn(bench.now, stack::Sendings::allowed,
                                    [] { throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}}; });
        serve_until_listed();
        // The old list ends without its first pages.
        cart::CountsResult half;
        half.is_complete = true;
        half.distinct = 2;
        bench.answer(old, half);
        shop.serve();
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.store.jobs.counts(job)[ItemResult::not_found] == 0);
        CHECK(bench.store.jobs.counts(job)[ItemResult::ok] == 2);
    }
}
