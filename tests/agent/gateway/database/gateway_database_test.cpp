// The real gateway watching real databases before a real agent: what the book has, and what a person is told.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "core/random.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/qoh.h"
#include "tests/agent/agent_process.h"
#include "tests/agent/gateway/database/servers.h"
#include "tests/support/practice_store.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr const char* table = "CREATE TABLE item (code VARCHAR(40) NOT NULL PRIMARY KEY, stock INTEGER)";

class Gateway {
public:
    Gateway(AgentProcess& agent, Server& server, std::string more = "") : agent_{agent} {
        std::filesystem::create_directories(dir_.path() / "data");
        std::ofstream{dir_.path() / "password"} << Server::password << '\n';
        std::filesystem::permissions(dir_.path() / "password", std::filesystem::perms{0600});
        write(server, std::move(more));
    }

    void write(Server& server, std::string more) {
        std::ofstream{dir_.path() / "gateway.toml"}
            << "[[database]]\nname = \"erp\"\nevery = 1\nload_percent = 100\nanswer_within = 20\n"
            << "connection = \"" << server.connection() << "\"\n"
            << (server.asks_for_password() ? "password_file = \"" + (dir_.path() / "password").string() + "\"\n" : "")
            << (more.find("query =") == more.npos ? "query = \"SELECT code, stock FROM item\"\n" : "") << more;
    }
    void start() { process_.emplace(Command{command(), agent_.environment(), {}}); }
    void kill() {
        if (process_) process_->kill();
        process_.reset();
    }
    [[nodiscard]] int stop() {
        process_->send_signal(SIGTERM);
        const int code = process_->wait(30s).value_or(-1);
        process_.reset();
        return code;
    }
    [[nodiscard]] Finished test() {
        auto arguments = command();
        arguments.emplace_back("--test");
        return run({arguments, agent_.environment(), {}});
    }
    [[nodiscard]] std::string log() const { return process_ ? process_->errors() : ""; }
    [[nodiscard]] std::filesystem::path data() const { return dir_.path() / "data"; }
    [[nodiscard]] std::filesystem::path folder() const { return dir_.path(); }

private:
    [[nodiscard]] std::vector<std::string> command() const {
        return {STOCKTRAY_BIN_DIR "/stocktray-gateway", "--config", (dir_.path() / "gateway.toml").string(), "--data-dir",
                data().string(), "--endpoint", agent_.endpoint()};
    }
    AgentProcess& agent_;
    TempDir dir_{};
    std::optional<Process> process_{};
};

std::optional<std::int64_t> in_book(AgentProcess& agent, const std::string& sku) {
    ipc::qoh::List list;
    list.skus = {sku};
    const auto listed = agent.call(list);
    if (!listed || listed->items.empty()) return std::nullopt;
    return listed->items.front().om_qoh;
}
bool book_has(AgentProcess& agent, const std::string& sku, std::int64_t qoh) {
    return eventually([&] { return in_book(agent, sku) == qoh; }, 60s);
}
bool is_told(AgentProcess& agent, const std::string& part) {
    return eventually(
        [&] {
            const auto listed = agent.call(ipc::alerts::List{});
            if (!listed) return false;
            for (const auto& alert : listed->alerts)
                if (alert.message.find(part) != std::string::npos) return true;
            return false;
        },
        60s);
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("GatewayDatabase") {
    TEST_CASE("a change in each kind of database reaches the store, once, through kills of gateway and agent") {
        REQUIRE(missing_for_servers() == "");
        for (const auto& server : all_servers()) {
            CAPTURE(server->name());
            PracticeStore store;
            AgentProcess agent;
            agent.start();
            agent.must(cart_for("main", store.url(), store.user(), store.password()));
            set_parameter(agent, "SynchQOH", true);
            const auto before = store.count("SKU-0001");
            server->run(table);
            server->run(fmt::format("INSERT INTO item VALUES ('SKU-0001', {}), ('SKU-0002', {})", before, store.count("SKU-0002")));
            Gateway gateway{agent, *server};
            gateway.start();
            REQUIRE_MESSAGE(book_has(agent, "SKU-0001", before), gateway.log());
            Random random{42};
            std::int64_t now = before;
            for (int n = 0; n < 6; ++n) {
                now = before + static_cast<std::int64_t>(random.next() % 5) - 2;
                server->run(fmt::format("UPDATE item SET stock = {} WHERE code = 'SKU-0001'", now));
                std::this_thread::sleep_for(std::chrono::milliseconds{random.next() % 1'500});
                if (n % 2 == 0) {
                    gateway.kill();
                    gateway.start();
                } else {
                    agent.kill();
                    agent.start();
                }
            }
            CHECK_MESSAGE(book_has(agent, "SKU-0001", now), gateway.log());
            CHECK(eventually([&] { return store.count("SKU-0001") == now; }, 60s));
            CHECK(gateway.stop() == 0);
        }
    }

    TEST_CASE("a database that was away is caught up with, and one that was restored is followed") {
        REQUIRE(missing_for_servers() == "");
        for (const auto& server : {postgres_server(), mariadb_server()}) {
            CAPTURE(server->name());
            AgentProcess agent;
            agent.start();
            server->run(table);
            server->run("INSERT INTO item VALUES ('A', 10), ('B', 20)");
            Gateway gateway{agent, *server, "watermark = \"SELECT count(*), sum(stock) FROM item\"\n"};
            gateway.start();
            REQUIRE_MESSAGE(book_has(agent, "A", 10), gateway.log());
            server->stop();
            std::this_thread::sleep_for(2s);
            server->start();
            server->run("UPDATE item SET stock = 7 WHERE code = 'A'");
            CHECK_MESSAGE(book_has(agent, "A", 7), gateway.log());
            server->run("UPDATE item SET stock = 10 WHERE code = 'A'");  // yesterday's
            CHECK(book_has(agent, "A", 10));
            CHECK(gateway.stop() == 0);
        }
    }

    TEST_CASE("a question stands in front of a person, and a yes is enough") {
        auto server = sqlite_server();
        AgentProcess agent;
        agent.start();
        server->run("CREATE TABLE item AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                    " SELECT 'S' || i AS code, i AS stock FROM n");
        Gateway gateway{agent, *server};
        gateway.start();
        REQUIRE(book_has(agent, "S100", 100));
        server->run("UPDATE item SET stock = stock + 1");
        CHECK(is_told(agent, "100 of 100 counts have changed at once."));
        CHECK(in_book(agent, "S100") == 100);
        std::ofstream{gateway.data() / "database-erp.accept"};
        CHECK(book_has(agent, "S100", 101));
        CHECK_FALSE(std::filesystem::exists(gateway.data() / "database-erp.accept"));
        CHECK(gateway.stop() == 0);
    }

    TEST_CASE("the test of the set-up says in words what is wrong, for each database") {
        REQUIRE(missing_for_servers() == "");
        AgentProcess agent;
        agent.start();
        for (const auto& server : all_servers()) {
            CAPTURE(server->name());
            server->run("CREATE TABLE item (code VARCHAR(40), stock DECIMAL(9,2))");
            Gateway gateway{agent, *server};
            CHECK(has(gateway.test().output, "The query answers no row."));
            server->run("INSERT INTO item VALUES ('A', 1), ('B', 2)");
            const auto good = gateway.test();
            CHECK_MESSAGE(good.exit_code == 0, good.output);
            CHECK(has(good.output, fmt::format("{} answers through", server->name())));
            CHECK(has(good.output, fmt::format("{} keeps this connection from writing.", server->name())));
            CHECK(has(good.output, "The query answers 2 rows"));
            server->run("INSERT INTO item VALUES ('A', 1), ('C', 2.5), (NULL, 1), ('D', NULL)");
            const auto bad = gateway.test();
            CHECK(bad.exit_code == 1);
            CHECK(has(bad.output, "A: the query answers it more than once."));
            CHECK(has(bad.output, "is no whole number"));
            CHECK(has(bad.output, "its SKU is NULL"));
            CHECK(has(bad.output, "D: its count is NULL"));
            gateway.write(*server, "query = \"SELECT code FROM item\"\n");
            CHECK(has(gateway.test().output, "The query answers 1 columns."));
            gateway.write(*server, "query = \"SELECT code, stock FROM missing\"\n");
            CHECK(has(gateway.test().output, "There is no such table."));
            gateway.write(*server, "watermark = \"SELECT stock FROM item\"\n");
            CHECK(has(gateway.test().output, "The watermark query must answer one row."));
        }
    }

    TEST_CASE("what Get QOH found is added in the database once, with its cursor") {
        REQUIRE(missing_for_servers() == "");
        for (const auto& server : all_servers()) {
            CAPTURE(server->name());
            PracticeStore store;
            AgentProcess agent;
            agent.start();
            agent.must(cart_for("main", store.url(), store.user(), store.password()));
            set_parameter(agent, "SynchQOH", true);
            server->run(table);
            const auto in_store = store.count("SKU-0001");
            server->run(fmt::format("INSERT INTO item VALUES ('SKU-0001', {})", in_store - 5));
            server->run("CREATE TABLE handed (place VARCHAR(255))");
            server->run("INSERT INTO handed VALUES ('')");
            if (server->name() == "MariaDB")
                server->run("GRANT UPDATE ON shop.* TO reader@localhost");
            if (server->name() == "PostgreSQL") server->run("GRANT UPDATE ON item, handed TO reader");
            Gateway gateway{agent, *server,
                            "get_qoh_statement = \"UPDATE item SET stock = stock + ? WHERE code = ?\"\n"
                            "get_qoh_store_cursor = \"UPDATE handed SET place = ?\"\n"
                            "get_qoh_read_cursor = \"SELECT place FROM handed\"\n"};
            const auto tested = gateway.test();
            CHECK_MESSAGE(has(tested.output, "Get QOH is handed back by get_qoh_statement"), tested.output);
            gateway.start();
            REQUIRE_MESSAGE(book_has(agent, "SKU-0001", in_store - 5), gateway.log());
            ipc::jobs::Start get;
            get.kind = ipc::JobKind::get_qoh;
            get.cart = "main";
            get.options.skus = {"SKU-0001"};
            get.options.allow_pending = true;
            const auto started = agent.call(get);
            REQUIRE_MESSAGE(started, started.error().message);
            CHECK_MESSAGE(book_has(agent, "SKU-0001", in_store), gateway.log());
            CHECK(has(server->run("SELECT stock FROM item WHERE code = 'SKU-0001'"), std::to_string(in_store)));
            std::this_thread::sleep_for(2s);
            CHECK(in_book(agent, "SKU-0001") == in_store);
            CHECK(store.count("SKU-0001") == in_store);
            CHECK(server->run("SELECT place FROM handed").size() > 2);
            CHECK(gateway.stop() == 0);
        }
    }

    TEST_CASE("tables without transactions are refused for Get QOH") {
        REQUIRE(missing_for_servers() == "");
        auto server = mariadb_server();
        AgentProcess agent;
        agent.start();
        server->run("CREATE TABLE item (code VARCHAR(40), stock INTEGER) ENGINE=MyISAM");
        server->run("INSERT INTO item VALUES ('A', 1)");
        server->run("CREATE TABLE handed (place VARCHAR(255)) ENGINE=InnoDB");
        server->run("INSERT INTO handed VALUES ('')");
        server->run("GRANT UPDATE ON shop.* TO reader@localhost");
        Gateway gateway{agent, *server,
                        "get_qoh_statement = \"UPDATE item SET stock = stock + ? WHERE code = ?\"\n"
                        "get_qoh_store_cursor = \"UPDATE handed SET place = ?\"\n"
                        "get_qoh_read_cursor = \"SELECT place FROM handed\"\n"};
        const auto tested = gateway.test();
        CHECK(tested.exit_code == 1);
        CHECK_MESSAGE(has(tested.output, "The table item is of the engine MyISAM"), tested.output);
    }
}
