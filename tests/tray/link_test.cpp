// The link against the real agent; the test is the UI thread.
#include <doctest/doctest.h>

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/agent/agent_process.h"
#include "tests/support/sqlite_file.h"
#include "tests/tray/a_loop.h"
#include "tests/tray/a_mirror.h"
#include "tray/link/link.h"

namespace stocktray::tests {
namespace {

using namespace std::chrono_literals;

struct Bench {
    AgentProcess agent;
    Loop loop;
    std::unique_ptr<tray::Link> link;
    tray::AgentMirror mirror{0};
    std::optional<tray::Conversation> conversation;

    explicit Bench(tray::Patience patience = {}) {
        link = tray::Link::open(agent.endpoint(), loop.poster(), patience).value();
        conversation.emplace(link->converse());
        conversation->hear({}, [this](const tray::News& news) { mirror.take(news, noon); });
    }
    bool reaches(tray::Contact contact) {
        return loop.run_until([&] { return mirror.contact() == contact; });
    }
    void create(const std::string& cart) {
        agent.must(cart_for(cart, "http://127.0.0.1:9/stocktray.php", "om", "secret"));
    }
};

}  // namespace

TEST_SUITE("Link") {
    TEST_CASE("the_snapshot_comes_and_events_follow") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        CHECK(bench.mirror.hello().role == ipc::Role::admin);
        CHECK_FALSE(bench.mirror.synch_qoh());
        set_parameter(bench.agent, "SynchQOH", true);
        CHECK(bench.loop.run_until([&] { return bench.mirror.synch_qoh(); }));
        bench.create("main");
        CHECK(bench.loop.run_until(
            [&] { return bench.mirror.find_cart("main") && bench.mirror.find_cart("main")->definition; }));
        bench.agent.must(ipc::carts::Delete{.cart = "main"});
        CHECK(bench.loop.run_until([&] { return bench.mirror.carts().empty(); }));
    }

    // A shop whose store refuses its catalogue has an alert for each SKU.
    TEST_CASE("more_alerts_than_one_answer_holds_are_all_in_the_snapshot") {
        Bench bench;
        bench.agent.start();
        REQUIRE(bench.agent.stop() == 0);
        {
            SqliteFile database{bench.agent.data_dir() / "stocktray.db"};
            database.query(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
                " INSERT INTO alerts (kind, severity, sku, since, message, hint) SELECT 'needs_decision', 'warning', 'SKU-' || i,"
                " 1700000000000, printf('%.200c', 'm'), printf('%.100c', 'h') FROM n");
        }
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        CHECK(bench.mirror.alerts().size() == 40'000);
        CHECK(bench.mirror.alerts().back().sku == "SKU-40000");
    }

    TEST_CASE("it_starts_before_the_agent_and_outlives_it") {
        Bench bench;
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::lost));
        bench.agent.start();
        REQUIRE(bench.reaches(tray::Contact::here));
        bench.agent.kill();
        REQUIRE(bench.reaches(tray::Contact::lost));
        bench.agent.start();
        CHECK(bench.reaches(tray::Contact::here));
    }

    // Only the process hangs: its sockets stay open, and nothing tells that nobody is behind them.
    TEST_CASE("an_agent_that_hangs_is_noticed_by_a_question_before_that_is_given_up") {
        Bench bench{{.unanswered = 100ms, .reading = 200ms}};
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        REQUIRE(bench.agent.process().freeze());
        std::optional<ipc::Code> code;
        bench.conversation->ask(ipc::agent::Status{}, [&](auto answer) { code = answer.error().code; });
        CHECK(bench.reaches(tray::Contact::lost));
        CHECK_FALSE(code);
        bench.agent.process().send_signal(SIGCONT);
        CHECK(bench.reaches(tray::Contact::here));
    }

    TEST_CASE("an_agent_that_hangs_is_noticed_although_nobody_asks") {
        Bench bench{{.reading = 200ms, .quiet = 300ms}};
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        REQUIRE(bench.agent.process().freeze());
        CHECK(bench.reaches(tray::Contact::lost));
        bench.agent.process().send_signal(SIGCONT);
        CHECK(bench.reaches(tray::Contact::here));
    }

    TEST_CASE("questions_are_answered_with_results_and_errors") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        std::optional<ipc::Expected<ipc::agent::StatusResult>> status;
        std::optional<ipc::Expected<ipc::Nothing>> refused;
        bench.conversation->ask(ipc::agent::Status{}, [&](auto answer) { status = std::move(answer); });
        bench.conversation->ask(ipc::alerts::Dismiss{.alert = "none"},
                                [&](auto answer) { refused = std::move(answer); });
        REQUIRE(bench.loop.run_until([&] { return status && refused; }));
        CHECK(status->has_value());
        CHECK(refused->error().code == ipc::Code::not_found);
    }

    TEST_CASE("without_an_agent_a_question_says_so") {
        Bench bench;
        bench.link->start();
        std::optional<ipc::Code> code;
        bench.conversation->ask(ipc::agent::Status{}, [&](auto answer) { code = answer.error().code; });
        REQUIRE(bench.loop.run_until([&] { return code.has_value(); }));
        CHECK(code == ipc::Code::no_agent);
    }

    TEST_CASE("nothing_comes_once_a_conversation_is_gone") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        bool has_come = false;
        {
            auto gone = bench.link->converse();
            gone.hear({}, [&](const tray::News&) { has_come = true; });
            gone.ask(ipc::agent::Status{}, [&](auto) { has_come = true; });
        }
        std::optional<bool> later;
        bench.conversation->ask(ipc::agent::Status{}, [&](auto) { later = true; });
        REQUIRE(bench.loop.run_until([&] { return later.has_value(); }));
        set_parameter(bench.agent, "SynchQOH", true);
        REQUIRE(bench.loop.run_until([&] { return bench.mirror.synch_qoh(); }));
        CHECK_FALSE(has_come);
    }

    TEST_CASE("single_posts_and_the_history_are_heard_only_where_they_are_wanted") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        int entries = 0;
        auto wants = bench.link->converse();
        wants.hear({"history"}, [&](const tray::News& news) {
            for (const auto& item : news)
                if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item))
                    entries += event->numbers.topic == "history.added";
        });
        int snapshots = 0;
        bench.conversation->hear({}, [&](const tray::News& news) {
            for (const auto& item : news) snapshots += std::holds_alternative<tray::Snapshot>(item);
        });
        REQUIRE(bench.loop.run_until([&] { return snapshots > 0; }));
        set_parameter(bench.agent, "SynchQOH", true);
        CHECK(bench.loop.run_until([&] { return entries > 0; }));
    }

    TEST_CASE("a_burst_of_events_is_handed_over_in_few_calls") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        const int before = bench.loop.calls_run();
        const auto begun = std::chrono::steady_clock::now();
        auto client = bench.agent.client();
        for (int i = 1; i <= 300; ++i)
            REQUIRE(client.call(ipc::parameters::Set{.parameters = {{"LastPieces", std::int64_t{i}}}}, 20s));
        REQUIRE(bench.loop.run_until([&] { return bench.mirror.number("LastPieces", 0) == 300; }));
        // One in 50 ms, and what was there at the beginning and the end.
        CHECK(bench.loop.calls_run() - before <= (std::chrono::steady_clock::now() - begun) / 50ms + 20);
    }

    TEST_CASE("at_rest_its_thread_does_not_wake") {
        Bench bench;
        bench.agent.start();
        bench.link->start();
        REQUIRE(bench.reaches(tray::Contact::here));
        const auto switches = [] {
            std::int64_t sum = 0;
            for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
                std::ifstream file{task.path() / "status"};
                for (std::string line; std::getline(file, line);)
                    if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stoll(line.substr(24));
            }
            return sum;
        };
        // Until it has come to rest, and then for a while.
        std::int64_t before = -1;
        CHECK(eventually([&] {
            const auto now = switches();
            return std::exchange(before, now) == now - 1;  // our own sleep between two looks
        }));
        std::this_thread::sleep_for(2s);
        CHECK(switches() - before <= 2);
    }
}

}  // namespace stocktray::tests
