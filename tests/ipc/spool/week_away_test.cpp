// A workstation that comes home with a full spool, while others go on working.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "ipc/spool/delivery.h"
#include "tests/agent/agent_process.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace stocktray::tests {
namespace {

using namespace std::chrono_literals;

constexpr int batches = 30, per_batch = 1'000, skus = 500;
constexpr int most_without = 5;  // batches without an answer to others

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
        std::atomic<int> taken{0};  // batches
        std::atomic<int> answered{0};
        bool is_left_alone = false;
        ipc::Delivery::Report report;
        std::jthread home{[&] {
            auto client = agent.client(20s);
            ipc::Delivery delivery{spool, client, {}};
            // Somebody who is not let run for a while cannot submit: the week waits for them.
            int seen = 0, without = 0;
            const auto after_batch = [&](std::int64_t) {
                ++taken;
                without = answered == seen ? without + 1 : 0;
                seen = answered;
                if (without >= most_without && !is_left_alone) is_left_alone = !wait_until([&] { return answered > seen; }, 60s);
            };
            report = delivery.run({}, ipc::Delivery::Greeting::whole, after_batch);
            is_over = true;
        }};
        // Somebody takes phone orders meanwhile.
        auto client = agent.client(20s);
        std::vector<int> waited_for;  // batches
        while (!is_over) {
            const int before = taken;
            const auto number = std::to_string(answered);
            const auto result = client.call(ipc::qoh::Submit{"phone", {ipc::testing::a_change(number, "P-" + number)}}, 60s);
            REQUIRE(result.has_value());
            REQUIRE(result->accepted == 1);
            ++answered;
            waited_for.push_back(taken - before);
        }
        home.join();
        CHECK_MESSAGE(!report.trouble, (report.trouble ? report.trouble->message : ""));
        CHECK(report.delivered == batches * per_batch);
        // One waits for the batch that is being taken, never for the spool. Now and then it looks like more: time passes
        // before the one is sent, or after the other has come.
        CHECK(!is_left_alone);
        std::ranges::sort(waited_for);
        const int most_wait_for = waited_for[waited_for.size() / 2];
        MESSAGE(answered.load() << " changes of others meanwhile, half of them within " << most_wait_for << " batches, the slowest within "
                         << waited_for.back());
        CHECK(answered >= batches / (most_without + 1));
        CHECK(most_wait_for <= 2);
        // Each counts once.
        for (int n = 0; n < skus; n += 50) {
            const auto items = agent.must(ipc::qoh::List{.skus = {{fmt::format("A-{}", n)}}}).items;
            REQUIRE(items.size() == 1);
            CHECK(items[0].om_qoh == 100 - batches * per_batch / skus);
        }
    }
}

}  // namespace stocktray::tests
