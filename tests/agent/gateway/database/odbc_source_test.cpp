// Reading from real SQLite, MariaDB and PostgreSQL through their ODBC drivers.
#include "agent/gateway/database/odbc_source.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <future>
#include <map>

#include "tests/agent/gateway/database/servers.h"
#include "tests/support/wait_until.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace stocktray::gateway::database;
using namespace std::chrono_literals;

namespace {

constexpr const char* table =
    "CREATE TABLE item (code VARCHAR(40) NOT NULL, stock DECIMAL(12,3), title VARCHAR(300), active INTEGER)";

Settings settings_for(const Server& server) {
    Settings settings;
    settings.name = "erp";
    settings.connection = server.connection();
    if (server.asks_for_password()) settings.password_variable = "STOCKTRAY_TEST_PASSWORD";
    settings.query = "SELECT code, stock, title, active FROM item";
    settings.watermark = "SELECT count(*), max(stock) FROM item";
    settings.answer_within = 20s;
    ::setenv("STOCKTRAY_TEST_PASSWORD", Server::password, 1);
    return settings;
}

struct Read {
    std::vector<RawRow> rows{};
    std::string error{};
};
Read read(OdbcSource& source) {
    Read result;
    const auto done = source.read([&](const RawRow& row) { result.rows.push_back(row); });
    if (!done) result.error = done.error().message;
    return result;
}

std::map<std::string, Counted> by_sku(const Read& read) {
    std::map<std::string, Counted> counted;
    for (const auto& raw : read.rows) {
        const auto row = read_row(raw);
        REQUIRE_MESSAGE(row, row.error().sku << " " << row.error().why);
        counted[row->sku] = *row;
    }
    return counted;
}

void for_each_server(const std::function<void(Server&)>& use) {
    REQUIRE(missing_for_servers() == "");
    for (const auto& server : all_servers()) {
        CAPTURE(server->name());
        use(*server);
    }
}

}  // namespace

TEST_SUITE("OdbcSource") {
    TEST_CASE("rows come as the database has them, in every alphabet, from each database") {
        for_each_server([](Server& server) {
            server.run(table);
            server.run("INSERT INTO item VALUES ('007', 12, 'Grüße 日本 📦', 1), ('a', -3.000, NULL, 0), ('A', 0, '', NULL)");
            OdbcSource source{settings_for(server)};
            const auto all = read(source);
            CHECK(all.error == "");
            const auto rows = by_sku(all);
            REQUIRE(rows.size() == 3);
            CHECK(rows.at("007") == Counted{"007", 12, "Grüße 日本 📦", true});
            CHECK(rows.at("a") == Counted{"a", -3, std::nullopt, false});
            CHECK(rows.at("A").qoh == 0);
        });
    }

    TEST_CASE("more rows than one block are read, whole and once") {
        for_each_server([](Server& server) {
            server.run(table);
            std::string values;
            for (int n = 0; n < 1'300; ++n) values += fmt::format("{}('S{:04}', {}, NULL, 1)", n == 0 ? "" : ",", n, n);
            server.run("INSERT INTO item VALUES " + values);
            OdbcSource source{settings_for(server)};
            const auto rows = by_sku(read(source));
            REQUIRE(rows.size() == 1'300);
            CHECK(rows.at("S1299").qoh == 1'299);
        });
    }

    TEST_CASE("each reading sees what has been committed since the last") {
        for_each_server([](Server& server) {
            server.run(table);
            server.run("INSERT INTO item VALUES ('A', 5, NULL, 1)");
            OdbcSource source{settings_for(server)};
            CHECK(by_sku(read(source)).at("A").qoh == 5);
            const auto before = source.watermark();
            REQUIRE_MESSAGE(before, before.error().message);
            server.run("UPDATE item SET stock = 4 WHERE code = 'A'");  // and no lock of ours stands in its way
            const auto after = source.watermark();
            REQUIRE(after);
            CHECK(*after != *before);
            CHECK(by_sku(read(source)).at("A").qoh == 4);
        });
    }

    TEST_CASE("a connection for reading does not write, whatever it is asked to") {
        for_each_server([](Server& server) {
            server.run(table);
            server.run("INSERT INTO item VALUES ('A', 5, NULL, 1)");
            auto reader = open_reader(server.owners_connection(), 20s);  // who had the right to
            REQUIRE_MESSAGE(reader, reader.error().text);
            CHECK(reader->is_guarded);
            CHECK_FALSE(reader->connection->run("UPDATE item SET stock = 1"));
            (void)reader->connection->roll_back();
            CHECK_FALSE(reader->connection->run("DELETE FROM item"));
            (void)reader->connection->commit();
            CHECK(server.run("SELECT count(*) FROM item WHERE stock = 5") == "1\n");
        });
    }

    TEST_CASE("a database that goes away is named, and read again when it is back") {
        for_each_server([](Server& server) {
            server.run(table);
            server.run("INSERT INTO item VALUES ('A', 5, NULL, 1)");
            OdbcSource source{settings_for(server)};
            CHECK(read(source).rows.size() == 1);
            server.stop();
            OdbcSource other{settings_for(server)};
            CHECK(read(other).error != "");
            if (server.name() != "SQLite") {  // whose file stays open, wherever it is
                CHECK(read(source).error != "");
                CHECK(read(source).error.starts_with("The database cannot be reached."));
            }
            server.start();
            CHECK(read(other).rows.size() == 1);
            auto back = read(source);
            if (back.rows.empty()) back = read(source);
            CHECK(back.rows.size() == 1);
        });
    }

    TEST_CASE("what is wrong is said in words, without the password") {
        for_each_server([](Server& server) {
            server.run(table);
            const auto error_of = [&](const std::function<void(Settings&)>& spoil) {
                auto settings = settings_for(server);
                spoil(settings);
                OdbcSource source{settings};
                const auto error = read(source).error;
                CHECK(error.find(Server::password) == std::string::npos);
                return error.substr(0, error.find(" It says"));
            };
            CHECK(error_of([](Settings& s) { s.query = "SELECT code, stock FROM items"; }) == "There is no such table.");
            CHECK(error_of([](Settings& s) { s.query = "SELECT code, qty FROM item"; }) == "There is no such column.");
            CHECK(error_of([](Settings& s) { s.connection = "DSN=nowhere"; }) == "There is no such data source or driver.");
            if (!server.asks_for_password()) return;
            ::setenv("STOCKTRAY_WRONG_PASSWORD", "another one", 1);
            CHECK(error_of([](Settings& s) { s.password_variable = "STOCKTRAY_WRONG_PASSWORD"; }) ==
                  "The database refuses the user or the password.");
            CHECK(error_of([](Settings& s) { s.password_variable = "STOCKTRAY_NO_PASSWORD"; }).find("no environment variable") !=
                  std::string::npos);
        });
    }

    TEST_CASE("a query that hangs ends when it is told to stop") {
        REQUIRE(missing_for_servers() == "");
        struct Hanging {
            std::unique_ptr<Server> server;
            std::string query;
            std::string at_work;  // how many sessions are at it now
        };
        Hanging all[] = {{mariadb_server(), "SELECT 'A', sleep(120)",
                          "SELECT count(*) FROM information_schema.processlist WHERE user = 'reader' AND info LIKE '%sleep(120)%'"},
                         {postgres_server(), "SELECT 'A', pg_sleep(120)",
                          "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active' AND query LIKE '%pg_sleep(120)%'"}};
        for (const auto& [server, query, at_work] : all) {
            CAPTURE(server->name());
            auto settings = settings_for(*server);
            settings.query = query;
            settings.answer_within = 300s;
            OdbcSource source{settings};
            auto reading = std::async(std::launch::async, [&source] { return read(source).error; });
            const bool hangs = wait_until([&] { return server->run(at_work) == "1\n"; }, 60s);
            source.cancel();
            CHECK(hangs);
            const bool has_ended = reading.wait_for(60s) == std::future_status::ready;
            CHECK(has_ended);
            if (!has_ended) server->stop();  // so that this ends, too
            CHECK(reading.get() != "");
        }
    }

    TEST_CASE("a source that was told to stop between two queries begins none any more") {
        REQUIRE(missing_for_servers() == "");
        const auto server = sqlite_server();
        server->run(table);
        server->run("INSERT INTO item VALUES ('A', 5, NULL, 1)");
        OdbcSource source{settings_for(*server)};
        CHECK(read(source).rows.size() == 1);
        source.cancel();
        CHECK(read(source).error == "Stopped.");
        CHECK_FALSE(source.watermark());
    }

    TEST_CASE("a query that takes too long ends with a sentence") {
        REQUIRE(missing_for_servers() == "");
        // MariaDB's sleep() ends early and says that all is well.
        for (const auto& [server, sleep] : {std::pair{mariadb_server(), "SELECT 'A', count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b"},
                                            std::pair{postgres_server(), "SELECT 'A', pg_sleep(120)"}}) {
            CAPTURE(server->name());
            auto settings = settings_for(*server);
            settings.query = sleep;
            settings.answer_within = 1s;
            OdbcSource source{settings};
            CHECK(read(source).error.starts_with("The database has not answered in time."));
        }
    }
}
