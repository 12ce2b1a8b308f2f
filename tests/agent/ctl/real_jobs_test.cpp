// The story of drift: found, repaired by a Send, taken over by a Get, taken back; with the real agent and a
// store.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "tests/agent/bench.h"
#include "tests/agent/ctl/ctl_runner.h"
#include "tests/agent/ctl/typed.h"
#include "tests/support/needs.h"

namespace stocktray::ctl {
namespace {

using testing::holds;
using testing::Said;

struct Story {
    tests::Bench bench;

    explicit Story(int skus = 3) : bench{{.skus = skus}} {}

    [[nodiscard]] std::vector<std::string> at(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--endpoint", bench.agent.endpoint()});
        return arguments;
    }
    [[nodiscard]] Said run(std::vector<std::string> arguments) const {
        return testing::run_ctl_at(bench.agent.endpoint(), std::move(arguments));
    }
    // The whole count, written now.
    [[nodiscard]] Said import_counts(const std::string& text) const {
        const auto file = bench.agent.folder() / "counts.csv";
        std::ofstream{file, std::ios::binary} << text;
        return run({"import", file.string(), "--counts", "--accept-fewer", "--spool-file", (bench.agent.folder() / "spool" / "spool.db").string()});
    }
    // Somebody changes a count in the shop's own administration.
    void set_at_store(const std::string& sku, long long count) {
        bench.store.database().query("UPDATE items SET qoh = ? WHERE sku = ?", {std::to_string(count), sku});
    }
};

std::string field_of(const std::string& csv_line, int number) {
    std::istringstream in{csv_line};
    std::string cell;
    for (int i = 0; i <= number; ++i) std::getline(in, cell, ',');
    return cell;
}

}  // namespace

TEST_SUITE("ctl jobs with the real agent") {
    TEST_CASE("drift_is_found_sent_and_taken_back") {
        if (!tests::has_what_it_needs(tests::PracticeStore::missing())) return;
        Story story;
        auto& bench = story.bench;
        const auto due = bench.store.count("SKU-0002");
        story.set_at_store("SKU-0002", due + 4);
        const auto audit = story.run({"audit", "main", "--allow-pending"});
        CHECK_MESSAGE(audit.code == 2, audit.out);
        CHECK(holds(audit.out, "1 SKU differs and was not changed."));
        CHECK(holds(story.run({"explain", "main", "SKU-0002"}).out, "(+4)"));

        const auto typed =
            testing::type_to(story.at({"send", "main", "--allow-pending"}), {{"[y/N] ", "yes\n"}});
        CHECK_MESSAGE(typed.code == 0, typed.screen);
        CHECK(holds(typed.screen, "Replace 1 count in main?"));
        CHECK(bench.store.count("SKU-0002") == due);

        const auto jobs = story.run({"jobs", "list", "--json"});
        CHECK(holds(jobs.out, R"("kind": "send_qoh")"));
        const auto undone = story.run({"undo", "main", "3", "--yes", "--json"});
        CHECK_MESSAGE(undone.code == 0, undone.out);
        CHECK(bench.rests());
        CHECK(bench.store.count("SKU-0002") == due + 4);
        CHECK(story.run({"undo", "main", "3", "--yes"}).code == 5);
        const auto of_undo = story.run({"undo", "main", "4", "--yes"});
        CHECK(of_undo.code == 5);
        CHECK(holds(of_undo.err, "Job 4 took another job back, and that cannot be taken back"));
        CHECK(story.run({"undo", "main", "99", "--yes"}).code == 5);
        CHECK(story.run({"send", "nowhere", "--yes"}).code == 5);

        for (const auto* kind : {"audit", "send"}) {
            const auto typo = story.run({kind, "main", "--sku", "NOTTHERE", "--dry-run"});
            CHECK(typo.code == 5);
            CHECK(holds(typo.out, "1 SKU is not known to the Order Manager."));
        }
    }

    TEST_CASE("what_the_guard_stops_goes_on_by_the_command_that_was_told") {
        if (!tests::has_what_it_needs(tests::PracticeStore::missing())) return;
        Story story{60};
        std::string counts = "sku,qoh\n";
        for (int i = 1; i <= 60; ++i) counts += fmt::format("SKU-{:04},0\n", i);
        REQUIRE(story.import_counts(counts).code == 0);
        const auto stopped = story.run({"send", "main", "--allow-pending", "--yes"});
        CHECK(stopped.code == 2);
        const std::string command = "stocktrayctl send main --allow-pending --guard-override --reason 'why it is right'";
        CHECK_MESSAGE(holds(stopped.out, command), stopped.out);
        const auto typed = story.run({"send", "main", "--allow-pending", "--guard-override", "--reason", "why it is right", "--yes"});
        CHECK_MESSAGE(typed.code == 0, typed.out);
        CHECK(story.bench.store.count("SKU-0060") == 0);
    }

    TEST_CASE("what_get_finds_is_pulled_added_and_acknowledged") {
        if (!tests::has_what_it_needs(tests::PracticeStore::missing())) return;
        Story story;
        auto& bench = story.bench;
        const auto before = bench.store.count("SKU-0003");
        story.set_at_store("SKU-0003", before + 5);
        const auto got = story.run({"get", "main", "--sku", "SKU-0003", "--allow-pending", "--yes"});
        CHECK_MESSAGE(got.code == 0, got.out);
        CHECK(holds(got.out, "1 count was handed to the Order Manager."));
        // The agent answers, and says no: what helps is something else than waiting for it.
        const auto counted = story.import_counts("sku,qoh\nSKU-0003,1\n");
        CHECK(counted.code == 5);
        CHECK(!holds(counted.err, "needs the agent"));
        CHECK(holds(counted.err, "The agent did not take the count, and nothing was changed:\n"));
        CHECK(holds(counted.err, "has not taken over yet what Get QOH found"));
        const auto pulled = story.run({"pull", "--consumer", "om-1", "--csv", "-"});
        const auto line = pulled.out.substr(pulled.out.find('\n') + 1);
        CHECK(field_of(line, 1) == "SKU-0003");
        CHECK(field_of(line, 2) == "5");
        CHECK(story.run({"pull", "--consumer", "other"}).code == 5);
        CHECK(bench.book("SKU-0003") == before);
        CHECK(story.run({"pull", "--consumer", "om-1", "--ack", field_of(line, 0)}).out ==
              "There is nothing to take over.\n");
        CHECK(bench.book("SKU-0003") == before + 5);

        CHECK(story.run({"drift", "ignore", "main", "SKU-0003", "--for", "7d"}).code == 0);
        CHECK(story.run({"drift", "ignore", "main", "nothing", "--for", "7d"}).code == 5);
        const auto report = story.run({"report", "--since", "1h"});
        CHECK(report.code == 0);
        CHECK(holds(report.out, "Counts handed out by Get QOH    1"));
        CHECK(holds(report.out, "Get QOH                         1"));
    }
}

}  // namespace stocktray::ctl
