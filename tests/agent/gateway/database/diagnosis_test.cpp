#include "agent/gateway/database/diagnosis.h"

#include <doctest/doctest.h>

#include "agent/gateway/database/utf16.h"

using namespace stocktray::gateway::database;

TEST_SUITE("Diagnosis") {
    // As the drivers really say it.
    TEST_CASE("each driver's words for the same cause become the same sentence") {
        const auto first_sentence = [](const char* state, const char* text) {
            const auto explained = explain({state, 0, text});
            return explained.text.substr(0, explained.text.find(" It says"));
        };
        CHECK(first_sentence("01000", "[unixODBC][Driver Manager]Can't open lib 'libmaodbc.so' : file not found") ==
              "The ODBC driver cannot be loaded.");
        CHECK(first_sentence("IM002", "[unixODBC][Driver Manager]Data source name not found and no default driver specified") ==
              "There is no such data source or driver.");
        CHECK(first_sentence("28000", "[ma-3.1.15]Access denied for user 'reader'@'localhost' (using password: YES)") ==
              "The database refuses the user or the password.");
        CHECK(first_sentence("08001", "FATAL:  password authentication failed for user \"reader\"") ==
              "The database refuses the user or the password.");
        CHECK(first_sentence("42S02", "[ma-3.1.15][10.11.6-MariaDB]Table 'shop.item' doesn't exist") == "There is no such table.");
        CHECK(first_sentence("HY000", "[SQLite]no such table: item (1)") == "There is no such table.");
        CHECK(first_sentence("HY000", "[SQLite]no such column: qty (1)") == "There is no such column.");
        CHECK(first_sentence("42000", "[ma-3.1.15][10.11.6-MariaDB]SELECT command denied to user 'reader'@'localhost' for table") ==
              "The user has no right to read that.");
        CHECK(first_sentence("08S01", "[FreeTDS][SQL Server]Unable to connect to data source") == "The database cannot be reached.");
        CHECK(first_sentence("57014", "ERROR: canceling statement due to statement timeout") ==
              "The database has not answered in time.");
    }

    TEST_CASE("the driver's own words and the state are kept, without the components' names") {
        CHECK(explain({"42S02", 1, "[a][b]Table 'x' doesn't exist.\n"}).text ==
              "There is no such table. It says: Table 'x' doesn't exist (42S02).");
        CHECK(explain({"XX000", 1, "[a]something odd"}).text == "The database says: something odd (XX000).");
    }

    TEST_CASE("whatever the driver says, there is something to do") {
        CHECK(explain({"HY000", 0, "[SQLite]connect failed"}).text.starts_with("There is no such database, or this user may not open it."));
        CHECK(explain({"HY000", 0, "[SQLite]connect failed"}).hint.find("the path of the file") != std::string::npos);
        CHECK_FALSE(explain({"XX000", 1, "[a]something odd"}).hint.empty());
    }

    TEST_CASE("a password does not come into any sentence") {
        const auto explained = explain({"28000", 0, "login failed for reader with s3cret, really s3cret"}, "s3cret");
        CHECK(explained.text.find("s3cret") == std::string::npos);
    }
}

TEST_SUITE("Utf16") {
    TEST_CASE("texts of all planes come back as they were") {
        for (const std::string text : {"", "A-1", "Größe", "日本語", "\xF0\x9F\x93\xA6 box", "a\xEF\xBF\xBD"}) CHECK(to_utf8(to_utf16(text)) == text);
        CHECK(to_utf16("\xF0\x9F\x93\xA6").size() == 2);
    }

    TEST_CASE("what is no text becomes a stand-in") {
        CHECK(to_utf8(to_utf16("a\xFF" "b")) == "a\xEF\xBF\xBD" "b");
        CHECK(to_utf8(std::u16string{0xD800}) == "\xEF\xBF\xBD");
        CHECK(to_utf8(std::u16string{0xDC00, 'x'}) == "\xEF\xBF\xBDx");
        CHECK(to_utf16("\xE2\x82") == std::u16string{0xFFFD, 0xFFFD});
    }
}
