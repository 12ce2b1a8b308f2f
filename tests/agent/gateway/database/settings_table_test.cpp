#include "agent/gateway/database/settings_table.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/gateway/database/login.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace stocktray::gateway::database;

namespace {

Result<Settings> read(const std::string& lines) {
    const TempDir dir;
    const auto path = dir.path() / "gateway.toml";
    std::ofstream{path} << "[[database]]\n" << lines;
    const auto file = settings::File::read(path);
    REQUIRE(file);
    return read_settings(*file, *file->root().get("database")->as_array()->front().as_table());
}
std::string error_of(const std::string& lines) {
    const auto settings = read(lines);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().code == ErrorCode::invalid);
    return settings.error().message;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string whole = "name = \"erp\"\nconnection = \"DSN=erp;UID=reader\"\nquery = \"SELECT sku, qoh FROM items\"\n";

}  // namespace

TEST_SUITE("DatabaseSettings") {
    TEST_CASE("what must be there is enough; a DSN may stand alone") {
        const auto settings = read(whole);
        REQUIRE(settings);
        CHECK(settings->name == "erp");
        CHECK(settings->pace.every == std::chrono::seconds{10});
        CHECK(settings->pace.load_percent == 10);
        CHECK_FALSE(settings->handback.is_by_file());
        CHECK_FALSE(settings->handback.is_by_statement());
        CHECK(read("name = \"e\"\nconnection = \"shop\"\nquery = \"SELECT 1, 2\"")->connection == "DSN=shop");
    }

    TEST_CASE("every setting arrives where it belongs") {
        const auto settings = read(whole + "watermark = \"SELECT max(n) FROM items\"\nevery = 30\nload_percent = 5\n"
                                           "answer_within = 60\nask_above_percent = 40\nget_qoh_folder = \"/srv/get\"\n"
                                           "password_file = \"/etc/secret\"\n");
        REQUIRE(settings);
        CHECK(settings->watermark == "SELECT max(n) FROM items");
        CHECK(settings->pace.every == std::chrono::seconds{30});
        CHECK(settings->pace.load_percent == 5);
        CHECK(settings->answer_within == std::chrono::seconds{60});
        CHECK(settings->limits.percent == 40);
        CHECK(settings->handback.folder == "/srv/get");
        CHECK(settings->password_file == "/etc/secret");
    }

    TEST_CASE("what is wrong is named with its line") {
        CHECK(has(error_of(whole + "evry = 3\n"), "line 5: there is no setting database.evry."));
        CHECK(has(error_of(whole + "every = 0\n"), "line 5: database.every is at least 1 second."));
        CHECK(has(error_of(whole + "every = \"3\"\n"), "line 5: database.every has a wrong value."));
        CHECK(has(error_of(whole + "load_percent = 0\n"), "line 5: database.load_percent has a wrong value."));
        CHECK(has(error_of("name = \"a b\"\nconnection = \"x\"\nquery = \"SELECT 1\"\n"), "line 2: database.name is"));
        CHECK(has(error_of("name = \"a\"\nquery = \"SELECT 1\"\n"), "database.connection is missing"));
        CHECK(has(error_of("name = \"a\"\nconnection = \"x\"\nquery = \"DELETE FROM t\"\n"), "line 4: database.query: The query begins with DELETE"));
        CHECK(has(error_of("name = \"a\"\nconnection = \"x\"\n"), "database.query: The query is empty."));
        CHECK(has(error_of(whole + "watermark = \"SELECT 1; SELECT 2\"\n"), "line 5: database.watermark: The query has more than one"));
    }

    TEST_CASE("a password in the file is refused, however it is written") {
        for (const auto* string : {"DSN=a;PWD=x", "DSN=a;Password=x", "pwd = x", "DSN=a; Pwd =x"})
            CHECK_MESSAGE(has(error_of("name = \"a\"\nconnection = \"" + std::string{string} + "\"\nquery = \"SELECT 1\"\n"),
                              "a password does not belong"),
                          string);
        CHECK(read("name = \"a\"\nconnection = \"DSN=a;UID=pwd\"\nquery = \"SELECT 1\"\n"));
    }

    TEST_CASE("Get QOH by a statement needs the cursor's statements too") {
        const std::string statement = "get_qoh_statement = \"UPDATE i SET q = q + ? WHERE s = ?\"\n";
        const std::string store = "get_qoh_store_cursor = \"UPDATE c SET c = ?\"\n";
        const std::string cursor = "get_qoh_read_cursor = \"SELECT c FROM c\"\n";
        CHECK(read(whole + statement + store + cursor));
        CHECK(has(error_of(whole + statement), "go together"));
        CHECK(has(error_of(whole + statement + store), "go together"));
        CHECK(has(error_of(whole + store), "go together"));
        CHECK(has(error_of(whole + statement + store + cursor + "get_qoh_folder = \"/x\"\n"), "exclude each other"));
        CHECK(has(error_of(whole + "get_qoh_statement = \"UPDATE i SET q = q + 1\"\n" + store + cursor), "needs two ?"));
    }
}

TEST_SUITE("DatabaseLogin") {
    TEST_CASE("the password comes from a file that nobody else can read, or from the environment") {
        const TempDir dir;
        Settings settings;
        settings.connection = "DSN=erp";
        CHECK(login_of(settings)->string == "DSN=erp");
        settings.password_file = dir.path() / "password";
        CHECK(has(login_of(settings).error().message, "There is no password file"));
        std::ofstream{settings.password_file} << "s3cret\n";
        std::filesystem::permissions(settings.password_file, std::filesystem::perms{0640});
        CHECK(has(login_of(settings).error().message, "can be read by others: chmod 600"));
        std::filesystem::permissions(settings.password_file, std::filesystem::perms{0600});
        CHECK(login_of(settings)->string == "DSN=erp;PWD=s3cret");
        CHECK(login_of(settings)->secret == "s3cret");
        settings.password_file.clear();
        settings.password_variable = "STOCKTRAY_TEST_LOGIN";
        CHECK(has(login_of(settings).error().message, "no environment variable STOCKTRAY_TEST_LOGIN"));
        ::setenv("STOCKTRAY_TEST_LOGIN", "a;b}c", 1);
        CHECK(login_of(settings)->string == "DSN=erp;PWD={a;b}}c}");
    }
}
