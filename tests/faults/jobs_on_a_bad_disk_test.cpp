// Jobs on a disk that fails, and agents that die at each of their writes during a job: it goes on where it
// was, and no SKU is done twice.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/desk.h"
#include "tests/faults/disk/failing_disk.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr int skus = 3;
constexpr int many_skus = 9'000;  // more than are sorted in memory

// A shop with a difference of one SKU.
struct Shop {
    FailingDisk disk;
    Bench bench;
    Desk desk{bench};

    explicit Shop(int products = skus) : bench{{.agent = disk.options(), .skus = products}} { desk.import_orders(); }

    // Starts a job, asking again under the same id where the agent does not answer.
    [[nodiscard]] std::int64_t start(ipc::jobs::Start start, const std::string& id) {
        start.id = id;
        std::int64_t job = 0;
        REQUIRE(eventually([&] {
            if (!bench.agent.is_running()) revive();
            const auto started = bench.agent.call(start, 2s);
            if (started) job = started->job;
            return started.has_value();
        }));
        return job;
    }
    void revive() {
        ++deaths;
        disk.heal();
        bench.agent.kill();
        bench.agent.start();
    }
    // Until the job has ended, over deaths.
    void see_it_through(std::int64_t job) {
        REQUIRE(eventually([&] {
            if (!bench.agent.is_running()) revive();
            ipc::jobs::Get get;
            get.job = job;
            const auto stands = bench.agent.call(get, 2s);
            return stands && Desk::has_ended(*stands);
        }));
        disk.heal();
        if (!bench.agent.is_running()) revive();
        REQUIRE(bench.rests());
    }
    // Dies at the n-th write, for growing n, until the job ends before it. `each` prepares the job, `check`
    // looks at what came of it.
    template <class Each, class Check>
    void die_everywhere(Each each, Check check) {
        for (int n = 1; n < 1'000; n += 2) {
            CAPTURE(n);
            const int before = deaths;
            const ipc::jobs::Start begun = each(n);
            disk.fail_at(n, DiskFault::killed);
            const auto job = start(begun, fmt::format("job-{}", n));
            see_it_through(job);
            check(job);
            if (deaths == before) break;
        }
        MESSAGE(fmt::format("{} deaths", deaths));
        CHECK(deaths > 5);
    }

    // How many writes a Send of one difference takes from its start to its end, once the store is known.
    [[nodiscard]] std::int64_t writes_of_a_send() {
        std::int64_t before = 0;
        for (const int count : {901, 902}) {
            desk.set_store("SKU-0002", count);
            before = disk.calls();
            CHECK(desk.run(a_job(ipc::JobKind::send_qoh)).state == ipc::JobState::done);
        }
        return disk.calls() - before;
    }

    int deaths{0};
};

}  // namespace

TEST_SUITE("Jobs on a bad disk") {
    TEST_CASE("a Send that dies at any of its writes closes the gap once") {
        Shop shop;
        shop.die_everywhere(
            [&](int n) {
                shop.desk.set_store("SKU-0002", 1'000 + n);
                return a_job(ipc::JobKind::send_qoh);
            },
            [&](std::int64_t job) {
                CHECK(shop.bench.store.count("SKU-0002") == *shop.bench.book("SKU-0002"));
                CHECK(shop.desk.results(job).at("SKU-0002").result == ipc::JobResult::ok);
            });
    }
    TEST_CASE("a Get that dies at any of its writes hands the difference out once") {
        Shop shop;
        auto book = *shop.bench.book("SKU-0002");
        shop.die_everywhere(
            [&](int n) {
                shop.desk.set_store("SKU-0002", 1'000 + n);
                return a_job(ipc::JobKind::get_qoh);
            },
            [&](std::int64_t) {
                std::int64_t handed_out = 0;
                for (const auto& item : shop.desk.take_over()) handed_out += item.delta;
                book += handed_out;
                CHECK(book == shop.bench.store.count("SKU-0002"));
                CHECK(book == *shop.bench.book("SKU-0002"));
            });
    }
    TEST_CASE("an undo that dies at any of its writes takes back once") {
        Shop shop;
        std::int64_t before = 0;
        shop.die_everywhere(
            [&](int n) {
                before = 1'000 + n;
                shop.desk.set_store("SKU-0002", before);
                const auto sent = shop.desk.run(a_job(ipc::JobKind::send_qoh));
                CHECK(shop.bench.store.count("SKU-0002") == *shop.bench.book("SKU-0002"));
                return a_job(ipc::JobKind::undo, {.job = sent.job});
            },
            [&](std::int64_t) { CHECK(shop.bench.store.count("SKU-0002") == before); });
    }
    TEST_CASE("an audit that dies at any of its writes names the difference and changes nothing") {
        Shop shop;
        shop.desk.set_store("SKU-0002", 77);
        shop.die_everywhere(
            [&](int) { return a_job(ipc::JobKind::audit); },
            [&](std::int64_t job) {
                CHECK(shop.desk.results(job).at("SKU-0002").result == ipc::JobResult::different);
                CHECK(shop.desk.job(job).counts.ok == skus - 1);
                CHECK(shop.bench.store.count("SKU-0002") == 77);
            });
    }
    TEST_CASE("agents that die all over a list of thousands go on, and do no SKU twice") {
        constexpr int deaths = 24;
        Shop shop{many_skus};
        const auto writes = shop.writes_of_a_send();
        for (int k = 0; k < deaths; ++k) {
            const auto n = 1 + writes * k / deaths;
            CAPTURE(n);
            shop.desk.set_store("SKU-0002", 1'000 + k);
            shop.disk.fail_at(n, DiskFault::killed);
            const auto job = shop.start(a_job(ipc::JobKind::send_qoh), fmt::format("job-{}", k));
            shop.see_it_through(job);
            CHECK(shop.bench.store.count("SKU-0002") == *shop.bench.book("SKU-0002"));
            CHECK(shop.desk.results(job).at("SKU-0002").result == ipc::JobResult::ok);
            CHECK(shop.desk.job(job).counts.ok == many_skus);
        }
        MESSAGE(fmt::format("{} deaths over {} writes", shop.deaths, writes));
        CHECK(shop.deaths > deaths / 2);
    }
    TEST_CASE("a disk that is full while a list of thousands is sorted holds the job up, and nothing is done twice") {
        constexpr int faults = 12;
        Shop shop{many_skus};
        const auto writes = shop.writes_of_a_send();
        int struck = 0;
        for (int k = 0; k < faults; ++k) {
            CAPTURE(k);
            shop.desk.set_store("SKU-0002", 1'000 + k);
            const auto job = shop.start(a_job(ipc::JobKind::send_qoh), fmt::format("job-{}", k));
            shop.disk.fail_at(1 + writes * k / faults, DiskFault::from_then_on);
            (void)eventually([&] { return shop.disk.has_struck() || Desk::has_ended(shop.desk.job(job)); }, 20s);
            if (shop.disk.has_struck()) ++struck;
            std::this_thread::sleep_for(200ms);
            shop.disk.heal();
            shop.see_it_through(job);
            CHECK(shop.bench.store.count("SKU-0002") == *shop.bench.book("SKU-0002"));
            CHECK(shop.desk.job(job).counts.ok == many_skus);
        }
        CHECK(shop.deaths == 0);
        CHECK(struck > faults / 2);
    }
    TEST_CASE(
        "a disk that is full in the middle of a job holds it up, and it does nothing twice afterwards") {
        for (const auto kind : {ipc::JobKind::send_qoh, ipc::JobKind::get_qoh, ipc::JobKind::audit}) {
            Shop shop;
            for (int n = 1; n < 40; n += 6) {
                CAPTURE(n);
                const auto book = *shop.bench.book("SKU-0002");
                const auto count = shop.bench.store.count("SKU-0002") + 5;
                shop.desk.set_store("SKU-0002", count);
                const auto job = shop.start(a_job(kind), fmt::format("job-{}", n));
                shop.disk.fail_at(n, DiskFault::from_then_on);
                (void)eventually(
                    [&] { return shop.disk.has_struck() || Desk::has_ended(shop.desk.job(job)); }, 5s);
                std::this_thread::sleep_for(200ms);
                CHECK(outcome(shop.bench.agent, ipc::agent::Status{}) == "answered");
                shop.disk.heal();
                shop.see_it_through(job);
                CHECK(shop.deaths == 0);
                std::int64_t handed_out = 0;
                for (const auto& item : shop.desk.take_over()) handed_out += item.delta;
                const bool sends = kind == ipc::JobKind::send_qoh;
                const bool gets = kind == ipc::JobKind::get_qoh;
                CHECK(shop.bench.store.count("SKU-0002") == (sends ? book : count));
                CHECK(handed_out == (gets ? count - book : 0));
                CHECK(*shop.bench.book("SKU-0002") == (gets ? count : book));
            }
        }
    }
}
