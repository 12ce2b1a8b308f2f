// A watched folder and the real agent.
#include <fmt/format.h>

#include "tests/agent/agent_process.h"
#include "tests/agent/gateway/folder/a_folder.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;
using testing::AFolder;
using testing::holds;

std::optional<std::int64_t> qoh(tests::AgentProcess& agent, const std::string& sku) {
    const auto items = agent.must(ipc::qoh::List{.skus = {{sku}}}).items;
    return items.empty() ? std::nullopt : items.front().om_qoh;
}

}  // namespace

TEST_SUITE("folder with the real agent") {
    TEST_CASE("a_whole_count_waits_for_the_agent_and_changes_follow_it") {
        tests::AgentProcess agent;
        AFolder folder{agent.endpoint()};
        folder.settings.wishes.recipe.kind.reset();
        folder.write("1-counts.csv", "SKU;Bestand;Bezeichnung\r\nA;5;Gr\xF6\xDF" "e\r\nB;7;\r\n");
        folder.write("2-changes.csv", "SKU;Delta\r\nA;-2\r\n");
        folder.settle();
        REQUIRE(folder.worker->problems().size() == 1);
        CHECK(holds(folder.worker->problems()[0].message, "1-counts.csv waits to be taken."));
        CHECK(holds(folder.worker->problems()[0].hint, "needs the agent"));
        CHECK(folder.has("taking/1-counts.csv"));
        agent.start();
        folder.start();
        folder.settle();
        CHECK(folder.worker->problems().empty());
        CHECK(folder.has("done/1-counts.csv"));
        folder.settle();
        CHECK(folder.has("done/2-changes.csv"));
        REQUIRE(folder.outbox->flush(std::chrono::seconds{60}) == true);
        CHECK(qoh(agent, "A") == 3);
        CHECK(qoh(agent, "B") == 7);
    }

    TEST_CASE("a_count_that_has_shrunk_is_a_problem_until_somebody_accepts_it") {
        tests::AgentProcess agent;
        agent.start();
        AFolder folder{agent.endpoint()};
        folder.settings.wishes.recipe.kind = stock_file::Kind::counts;
        folder.write("1.csv", "sku,qoh\nA,1\nB,1\nC,1\n");
        folder.settle();
        folder.write("2.csv", "sku,qoh\nA,2\n");
        folder.settle();
        CHECK(qoh(agent, "A") == 1);
        CHECK(holds(folder.text("problems/2.csv.report.txt"), " had 3 rows; this one has 1. Perhaps it is half."));
        fs::rename(folder.path / "problems/2.csv", folder.path / "accept/2.csv");
        folder.settle();
        CHECK(qoh(agent, "A") == 2);
        CHECK(qoh(agent, "B") == 1);
    }

    TEST_CASE("a_count_whose_time_is_still_to_come_was_written_before_it_was_seen") {
        tests::AgentProcess agent;
        agent.start();
        AFolder folder{agent.endpoint()};
        folder.settings.wishes.recipe.kind = stock_file::Kind::counts;
        folder.write("1.csv", "sku,qoh\nA,120\nB,5\n");
        folder.settle();
        (void)agent.must(ipc::qoh::Submit{"till", {{.id = "1", .sku = "A", .delta = -1, .reason = ipc::Reason::phone_order}}});
        // Exported before that, onto a share whose clock is an hour ahead.
        folder.write("2.csv", "sku,qoh\nA,120\nB,6\n");
        fs::last_write_time(folder.path / "2.csv", fs::file_time_type::clock::now() + std::chrono::hours{1});
        folder.settle();
        CHECK(folder.has("done/2.csv"));
        CHECK(qoh(agent, "A") == 119);
        CHECK(qoh(agent, "B") == 6);
    }

    TEST_CASE("a_count_whose_answer_was_lost_by_a_kill_is_not_counted_again") {
        tests::AgentProcess agent;
        agent.start();
        AFolder folder{agent.endpoint()};
        folder.settings.wishes.recipe.kind = stock_file::Kind::counts;
        folder.write("1.csv", "sku,qoh\nA,5\n");
        folder.settle();
        CHECK(qoh(agent, "A") == 5);
        // The program was killed when the agent had the count and the ledger did not know it yet; then A was sold.
        auto entry = *folder.ledger->last_count(folder.path.string());
        REQUIRE(entry);
        REQUIRE(folder.ledger->begin(*entry));
        fs::rename(folder.path / "done/1.csv", folder.path / "taking/1.csv");
        (void)agent.must(ipc::qoh::Submit{"till", {{.id = "1", .sku = "A", .delta = -1, .reason = ipc::Reason::phone_order}}});
        folder.start();
        folder.settle();
        CHECK(qoh(agent, "A") == 4);
        CHECK(folder.has("done/1.csv"));
        CHECK((*folder.ledger->last_count(folder.path.string()))->taken_at);
    }

    TEST_CASE("lines_that_the_agent_will_not_have_stand_in_the_report") {
        tests::AgentProcess agent;
        agent.start();
        AFolder folder{agent.endpoint()};
        folder.settle();
        // Somebody has looked at it and wants the good lines.
        folder.write("accept/a.csv", "sku,delta,order,cart\nA,-1,7,nowhere\nB,-1,,\n");
        folder.settle();
        CHECK(holds(folder.text("done/a.csv.report.txt"), "The agent would not have these lines, so they are not counted:\nLine 2: "));
    }

    TEST_CASE("a_line_for_a_cart_that_is_not_there_stops_the_file_until_somebody_accepts_it") {
        tests::AgentProcess agent;
        agent.start();
        AFolder folder{agent.endpoint()};
        folder.write("a.csv", "sku,delta,reason,order,cart\nA,-1,phone_order,,\nA,-2,web_order_imported,17,shop\n");
        folder.settle();
        CHECK(folder.saved().empty());
        CHECK(holds(folder.text("problems/a.csv.report.txt"), "Line 3 names the cart shop, and Stocktray has no such cart."));
        fs::rename(folder.path / "problems/a.csv", folder.path / "accept/a.csv");
        folder.settle();
        REQUIRE(folder.outbox->flush(std::chrono::seconds{60}) == true);
        CHECK(folder.has("done/a.csv"));
        CHECK(holds(folder.text("done/a.csv.report.txt"), "Line 3: "));
    }
}

}  // namespace stocktray::gateway
