// A workstation that comes home with a full spool, while others go on working.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "ipc/spool/delivery.h"
#include "tests/agent/agent_process.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int batches = 30, per_batch = 1'000, skus = 500;

// A week's changes, in the order in which they were made.
void fill(ipc::Spool& spool) {
    for (int batch = 0; batch < batches; ++batch) {
        std::vector<ipc::qoh::Change> changes;
        for (int n = 0; n < per_batch; ++n)
            changes.push_back(ipc::testing::a_change(fmt::format("week-{}", batch * per_batch + n), fmt::format("A-{}", n % skus)));
        REQUIRE(spool.append(changes, 1'000).has_value());
    }
}

}  // namespace

TEST_SUITE("libstocktray: a week away") {
    TEST_CASE("its changes are all delivered, and whoever submits meanwhile is answered in between") {
        AgentProcess agent;
        agent.start();
        set_parameter(agent, "SynchQOH", true);
        agent.must(cart_for("main", "http://127.0.0.1:9/stocktray.php", "nobody", "nothing"));
        ipc::stack::Pause pause;
        pause.cart = "main";
        agent.must(pause);
        ipc::qoh::Snapshot counts{.source = "om", .snapshot = "first", .part = 1, .last = true};
        for (int n = 0; n < skus; ++n) counts.items.push_back({.sku = fmt::format("A-{}", n), .qoh = 100});
        agent.must(counts);
        const TempDir dir;
        auto spool = ipc::testing::a_spool(dir.path() / "spool.db");
        fill(spool);

        std::atomic<bool> is_over{false};
        ipc::Delivery::Report report;
        std::jthread home{[&] {
            auto client = agent.client();
            ipc::Delivery delivery{spool, client, {}};
            report = delivery.run({}, ipc::Delivery::Greeting::whole, {});
            is_over = true;
        }};
        // Somebody takes phone orders meanwhile.
        auto client = agent.client();
        int answered = 0;
        Clock::duration longest{0};
        while (!is_over) {
            const auto begun = Clock::now();
            const auto number = std::to_string(answered);
            const auto result = client.call(ipc::qoh::Submit{"phone", {ipc::testing::a_change(number, "P-" + number)}}, 20s);
            REQUIRE(result.has_value());
            REQUIRE(result->accepted == 1);
            longest = std::max(longest, Clock::now() - begun);
            ++answered;
        }
        home.join();
        CHECK_MESSAGE(!report.trouble, (report.trouble ? report.trouble->message : ""));
        CHECK(report.delivered == batches * per_batch);
        MESSAGE(answered << " changes of others meanwhile, the slowest in "
                         << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count() << " ms");
        // One waits for the batch that is being taken, never for the spool.
        CHECK(answered >= batches / 2);
        CHECK(longest < 2s);
        // Each counts once.
        for (int n = 0; n < skus; n += 50) {
            const auto items = agent.must(ipc::qoh::List{.skus = {{fmt::format("A-{}", n)}}}).items;
            REQUIRE(items.size() == 1);
            CHECK(items[0].om_qoh == 100 - batches * per_batch / skus);
        }
    }
}

}  // namespace stocktray::tests
