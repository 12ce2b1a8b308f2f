// jobs.*, qoh.pull and qoh.explain of the real agent, on a practice store with buyers in it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include "core/random.h"
#include "tests/agent/desk.h"
#include "tests/support/seed.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

TEST_SUITE("Jobs") {
    TEST_CASE("Send brings the store's counts to the Order Manager's, says what it did, and tells of it") {
        Bench bench{{.skus = 40}};
        Desk desk{bench};
        desk.sell("SKU-0007", 1);
        desk.import_orders();
        REQUIRE(bench.rests());
        desk.set_store("SKU-0002", 500);
        Listener listener{bench.agent};
        const auto job = desk.run(a_job(ipc::JobKind::send_qoh));
        CHECK(job.state == ipc::JobState::done);
        CHECK(job.by == "ann");
        CHECK(job.counts.ok == 40);
        CHECK(bench.store.count("SKU-0002") == *bench.book("SKU-0002"));
        const auto lines = desk.results(job.job);
        REQUIRE(lines.contains("SKU-0002"));
        CHECK(lines.at("SKU-0002").before == 500);
        CHECK(lines.at("SKU-0002").after == *bench.book("SKU-0002"));
        CHECK(lines.at("SKU-0002").result == ipc::JobResult::ok);
        CHECK(listener.wait_for<ipc::events::JobProgress>());
        CHECK(listener.wait_for<ipc::events::JobFinished>([&](const auto& event) { return event.job == job.job; }));
        ipc::jobs::List list;
        list.cart = "main";
        CHECK(bench.agent.must(list).jobs.front().job == job.job);
    }

    TEST_CASE("the end of a job is told at once, whenever its progress was told last") {
        Bench bench;
        Desk desk{bench};
        desk.import_orders();
        Listener listener{bench.agent, {"job", "history"}};
        auto quickest = 10'000ms;
        std::int64_t last_entry = 0;
        for (int n = 0; n < 5; ++n) {
            const auto job = bench.agent.must(a_job(ipc::JobKind::audit)).job;
            // Its entry in the history is told when it ends; how long the disk takes for that does not count.
            const auto entry = listener.wait_for<ipc::events::HistoryAdded>([&](const auto& event) {
                return event.kind == ipc::HistoryKind::job && event.entry > last_entry && event.text.find("begins") == std::string::npos;
            });
            REQUIRE(entry);
            last_entry = entry->entry;
            const auto ended = std::chrono::steady_clock::now();
            REQUIRE(listener.wait_for<ipc::events::JobFinished>([&](const auto& event) { return event.job == job; }));
            quickest = std::min(quickest, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - ended));
        }
        // Progress is told twice a second; such a job takes less, and its beginning was told.
        CHECK(quickest < 250ms);
    }

    TEST_CASE("Get hands the store's counts out, and what the Order Manager took over is equal afterwards") {
        Bench bench{{.skus = 10}};
        Desk desk{bench};
        desk.import_orders();
        desk.set_store("SKU-0003", 77);
        Listener listener{bench.agent};
        const auto job = desk.run(a_job(ipc::JobKind::get_qoh));
        CHECK(job.state == ipc::JobState::done);
        CHECK(listener.wait_for<ipc::events::QohAvailable>([](const auto& event) { return event.waiting == 1; }));
        const auto items = desk.take_over();
        REQUIRE(items.size() == 1);
        CHECK(items[0].sku == "SKU-0003");
        CHECK(items[0].qoh == 77);
        CHECK(bench.book("SKU-0003") == 77);
        CHECK(bench.posts().empty());
        const auto audit = desk.run(a_job(ipc::JobKind::audit));
        CHECK(audit.counts.ok == 10);
        CHECK(audit.counts.different == 0);
    }

    TEST_CASE("a preview, a Send and its undo with a sale in between") {
        Bench bench{{.skus = 5}};
        Desk desk{bench};
        desk.import_orders();
        const auto due = *bench.book("SKU-0004");
        desk.set_store("SKU-0004", due - 12);
        const auto preview = desk.run(a_job(ipc::JobKind::send_qoh, {.dry_run = true}));
        CHECK(preview.counts.would_change == 1);
        CHECK(desk.results(preview.job).at("SKU-0004").after == due);
        CHECK(bench.store.count("SKU-0004") == due - 12);
        const auto sent = desk.run(a_job(ipc::JobKind::send_qoh));
        CHECK(bench.store.count("SKU-0004") == due);
        desk.sell("SKU-0004", 3);
        const auto undone = desk.run(a_job(ipc::JobKind::undo, {.job = sent.job}));
        CHECK(undone.state == ipc::JobState::done);
        CHECK(bench.store.count("SKU-0004") == due - 12 - 3);
        CHECK(outcome(bench.agent, a_job(ipc::JobKind::undo, {.job = sent.job})) == "conflict");
    }

    TEST_CASE("what cannot be started says why") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        auto elsewhere = a_job(ipc::JobKind::audit);
        elsewhere.cart = "nowhere";
        CHECK(outcome(bench.agent, elsewhere) == "not_found");
        CHECK(outcome(bench.agent, a_job(ipc::JobKind::undo)) == "invalid_params");
        CHECK(outcome(bench.agent, a_job(ipc::JobKind::undo, {.job = 99})) == "not_found");
        bench.valve.set(Flow::hang_before);
        const auto first = bench.agent.must(a_job(ipc::JobKind::audit)).job;
        CHECK(complaint(bench.agent, a_job(ipc::JobKind::send_qoh)).find(fmt::format("job {}", first)) != std::string::npos);
        ipc::jobs::Cancel cancel;
        cancel.job = first;
        bench.agent.must(cancel);
        CHECK(desk.job(first).state == ipc::JobState::cancelled);
        CHECK(outcome(bench.agent, cancel) == "conflict");
        bench.valve.set(Flow::open);
        auto again = a_job(ipc::JobKind::audit);
        again.id = "once";
        const auto started = bench.agent.must(again).job;
        CHECK(bench.agent.must(again).job == started);  // a repeat is answered with the first answer
        ipc::jobs::Get unknown;
        unknown.job = 12'345;
        CHECK(outcome(bench.agent, unknown) == "not_found");
    }

    TEST_CASE("a store that is away or breaks off makes a job wait, and it goes on when the store is back") {
        for (const auto flow : {Flow::lose_answer, Flow::page_instead}) {
            Bench bench{{.skus = 30}};
            Desk desk{bench};
            desk.import_orders();
            desk.set_store("SKU-0009", 3);
            bench.valve.set(flow, "downloadqoh");
            const auto id = bench.agent.must(a_job(ipc::JobKind::send_qoh)).job;
            CHECK(eventually([&] { return bench.valve.seen("downloadqoh") > 2; }));
            CHECK_FALSE(Desk::has_ended(desk.job(id)));
            bench.valve.set(Flow::open, "downloadqoh");
            CHECK(eventually([&] { return Desk::has_ended(desk.job(id)); }));
            CHECK(desk.job(id).state == ipc::JobState::done);
            CHECK(bench.store.count("SKU-0009") == *bench.book("SKU-0009"));
        }
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        bench.store.stop();
        const auto id = bench.agent.must(a_job(ipc::JobKind::audit)).job;
        CHECK(eventually([&] {
            const auto job = desk.job(id);
            return job.state == ipc::JobState::waiting && job.waiting_for == ipc::WaitingFor::circuit_open;
        }));
        bench.store.start();
        CHECK(eventually([&] { return desk.job(id).state == ipc::JobState::done; }));
    }

    TEST_CASE("a Send that is killed again and again while buyers buy ends with every count right") {
        constexpr int skus = 120;
        Random random{first_seed()};
        Bench bench{{.skus = skus}};
        Desk desk{bench};
        desk.import_orders();
        for (int n = 1; n <= skus; n += 2) desk.set_store(sku_of(n), 40 + n % 7);
        auto start = a_job(ipc::JobKind::send_qoh, {.guard_override = true});
        bench.valve.set(Flow::hold, "downloadqoh");  // it does not end before the first kill
        const auto id = bench.agent.must(start).job;
        int kills = 0;
        for (; kills < 12 && !Desk::has_ended(desk.job(id)); ++kills) {
            std::this_thread::sleep_for(std::chrono::milliseconds{random.below(150)});
            desk.sell(sku_of(1 + static_cast<int>(random.below(skus))), 1);
            bench.agent.kill();
            bench.valve.set(Flow::open);
            bench.agent.start();
        }
        CHECK(kills > 0);
        // What had to wait for the orders goes on by itself after their import.
        CHECK(eventually([&] {
            desk.import_orders();
            const auto job = desk.job(id);
            return Desk::has_ended(job) && job.counts.waiting == 0 && bench.rests(1s);
        }, 60s));
        CAPTURE(kills);
        CAPTURE(ipc::to_string(desk.job(id).state));
        for (int n = 1; n <= skus; ++n) {
            CAPTURE(sku_of(n));
            CHECK(bench.store.count(sku_of(n)) == *bench.book(sku_of(n)));
        }
    }

    TEST_CASE("a Get that is killed while buyers buy hands out each piece once") {
        constexpr int skus = 60;
        Random random{first_seed()};
        Bench bench{{.skus = skus}};
        Desk desk{bench};
        desk.import_orders();
        std::map<std::string, std::int64_t> book;
        for (int n = 1; n <= skus; ++n) book[sku_of(n)] = *bench.book(sku_of(n));
        for (int n = 1; n <= skus; n += 3) desk.set_store(sku_of(n), 60 + n);
        const auto id = bench.agent.must(a_job(ipc::JobKind::get_qoh, {.guard_override = true})).job;
        for (int kills = 0; kills < 8 && !Desk::has_ended(desk.job(id)); ++kills) {
            std::this_thread::sleep_for(std::chrono::milliseconds{random.below(120)});
            bench.agent.kill();
            bench.agent.start();
        }
        CHECK(eventually([&] { return Desk::has_ended(desk.job(id)); }));
        (void)desk.take_over(&book);
        for (const auto& [sku, qoh] : book) {
            CAPTURE(sku);
            CHECK(qoh == bench.store.count(sku));
            CHECK(*bench.book(sku) == qoh);
        }
    }

    TEST_CASE("explain tells a SKU's story in order, a sentence per step") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        bench.submit("c1", "SKU-0002", -4);
        REQUIRE(bench.rests());
        ipc::qoh::Explain explain;
        explain.cart = "main";
        explain.sku = "SKU-0002";
        const auto story = bench.agent.must(explain);
        CHECK(story.cause == ipc::Cause::equal);
        CHECK(story.om_qoh == story.store_qoh);
        REQUIRE(story.steps.size() >= 3);
        for (std::size_t i = 1; i < story.steps.size(); ++i) CHECK(story.steps[i - 1].at <= story.steps[i].at);
        const auto& last = story.steps.back();
        CHECK(last.text.find("confirmed") != std::string::npos);
        for (const auto& step : story.steps) CHECK(step.text.ends_with("."));
        explain.sku = "NO-SUCH";
        CHECK(outcome(bench.agent, explain) == "not_found");
    }

    TEST_CASE("a SKU that the store has no longer is not called equal: it differs, and its count there is not known") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        (void)desk.run(a_job(ipc::JobKind::audit));
        bench.store.database().query("DELETE FROM items WHERE sku = 'SKU-0002'");
        (void)desk.run(a_job(ipc::JobKind::audit));
        ipc::qoh::Explain explain;
        explain.cart = "main";
        explain.sku = "SKU-0002";
        const auto story = bench.agent.must(explain);
        CHECK(story.cause == ipc::Cause::only_here);
        CHECK_FALSE(story.store_qoh);
        CHECK_FALSE(story.difference);
        const auto drift = bench.agent.must(ipc::qoh::List{.only_drift = true});
        REQUIRE(drift.items.size() == 1);
        CHECK(drift.items[0].sku == "SKU-0002");
        CHECK(drift.items[0].listings.front().missing == true);
        CHECK_FALSE(drift.items[0].listings.front().gap);
    }

    TEST_CASE("a SKU that the Order Manager has to take over is explained so, not as posts under way") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        desk.set_store("SKU-0002", 99);
        (void)desk.run(a_job(ipc::JobKind::get_qoh));
        ipc::qoh::Explain explain;
        explain.cart = "main";
        explain.sku = "SKU-0002";
        const auto story = bench.agent.must(explain);
        CHECK(story.cause == ipc::Cause::in_flight);
        CHECK(story.text.find("has not taken over yet") != std::string::npos);
        CHECK(story.steps.back().text.find("take over") != std::string::npos);
        const auto audit = desk.run(a_job(ipc::JobKind::audit));
        const auto line = desk.results(audit.job).at("SKU-0002");
        CHECK(line.cause == ipc::Cause::in_flight);
        CHECK(line.text->find("has not taken over yet") != std::string::npos);
        (void)desk.take_over();
        CHECK(bench.agent.must(explain).cause == ipc::Cause::equal);
    }
    TEST_CASE("a job says what it does, and how long it waits for that") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        desk.set_store("SKU-0002", 99);
        auto id = bench.agent.must(a_job(ipc::JobKind::audit)).job;
        ipc::jobs::Job paused;
        CHECK(eventually([&] {
            paused = desk.job(id);
            if (Desk::has_ended(paused))
                id = bench.agent.must(a_job(ipc::JobKind::audit)).job;  // it was too quick for us
            return paused.until.has_value();
        }));
        REQUIRE(paused.until);
        CHECK(paused.doing.value_or("").find("again") != std::string::npos);
        CHECK(*paused.until - static_cast<std::int64_t>(std::time(nullptr)) * 1'000 < 12'000);
        CHECK(eventually([&] { return Desk::has_ended(desk.job(id)); }));
        CHECK_FALSE(desk.job(id).doing);
    }
    TEST_CASE("a preview says what the guard would say") {
        Bench bench{{.skus = 12}};
        Desk desk{bench};
        desk.import_orders();
        for (int i = 1; i <= 12; ++i) desk.set_store(sku_of(i), 0);
        const auto preview = desk.run(a_job(ipc::JobKind::get_qoh, {.dry_run = true}));
        CHECK(preview.state == ipc::JobState::done);
        REQUIRE(preview.would_block);
        CHECK(preview.would_block->code == "zeros");
        CHECK(preview.would_block->to_zero >= 5);
        CHECK_FALSE(preview.blocked);
        const auto job = desk.run(a_job(ipc::JobKind::get_qoh));
        CHECK(job.state == ipc::JobState::blocked);
        CHECK_FALSE(job.would_block);
    }
    TEST_CASE("a difference that a person wants to hear nothing of is not told") {
        Bench bench{{.skus = 3}};
        Desk desk{bench};
        desk.import_orders();
        (void)desk.run(a_job(ipc::JobKind::send_qoh));
        desk.set_store("SKU-0003", 1);
        ipc::drift::Ignore ignore;
        ignore.cart = "main";
        ignore.sku = "SKU-0003";
        ignore.until = (static_cast<std::int64_t>(std::time(nullptr)) + 3'600) * 1'000;
        bench.agent.must(ignore);
        const auto audit = desk.run(a_job(ipc::JobKind::audit));
        CHECK(audit.counts.different == 0);
        CHECK(desk.results(audit.job).at("SKU-0003").result == ipc::JobResult::skipped);
        CHECK_FALSE(bench.alert(ipc::AlertKind::drift));
        ignore.until = 0;
        bench.agent.must(ignore);
        CHECK(desk.run(a_job(ipc::JobKind::audit)).counts.different == 1);
        CHECK(bench.alert(ipc::AlertKind::drift));
    }
}
