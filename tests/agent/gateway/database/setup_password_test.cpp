// stocktrayctl setup database: where its password comes from and where it goes.
#include <doctest/doctest.h>

#include "tests/agent/ctl/typed.h"
#include "tests/agent/gateway/setup_desk.h"

using namespace stocktray;
using namespace stocktray::tests;

TEST_SUITE("gateway: setup of a database") {
    TEST_CASE("a database's password lies in a file of its own, and goes again if nothing comes of it") {
        SetupDesk desk;
        const auto password_file = desk.file.parent_path() / "erp.password";
        const std::vector<std::string> words{"database", "--password-fd", "0", "query=SELECT sku, qoh FROM items",
                                             "connection=Driver={SQLite3};Database=/nowhere/erp.db"};
        const auto with = [&](std::initializer_list<std::string> more) {
            auto all = words;
            all.insert(all.end(), more);
            return desk.setup(all, "s3cret word\n");
        };
        CHECK(with({}).errors.find("add name=NAME") != std::string::npos);
        const auto refused = with({"name=erp", "evry=5"});
        CHECK(refused.exit_code == 5);
        CHECK(refused.errors.find("there is no setting database.evry") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(password_file));
        CHECK(desk.written().empty());

        const auto done = with({"name=erp"});
        CHECK_MESSAGE(done.exit_code == 2, done.output, done.errors);
        CHECK((done.output + done.errors).find("s3cret") == std::string::npos);
        CHECK(desk.written().find("password_file = \"" + password_file.string() + "\"") != std::string::npos);
        CHECK(SetupDesk::text_of(password_file) == "s3cret word\n");
        CHECK(std::filesystem::status(password_file).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    }

    TEST_CASE("at the keyboard a database's password is asked for twice and never shown") {
        SetupDesk desk;
        const auto password_file = desk.file.parent_path() / "erp.password";
        const auto typed = [&](const std::string& first, const std::string& second) {
            return ctl::testing::type_to({"--endpoint", desk.bench.agent.endpoint(), "setup", "database", "--password", "name=erp",
                                          "query=SELECT sku, qoh FROM items", "connection=Driver={SQLite3};Database=/nowhere/erp.db"},
                                         {{"Password for erp: ", first + "\n"}, {"Re-enter Password: ", second + "\n"}}, desk.environment());
        };
        const auto differ = typed("s3cret word", "s3cret work");
        CHECK(differ.code == 5);
        CHECK(differ.screen.find("The two passwords differ. Nothing was changed.") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(password_file));
        CHECK(desk.written().empty());

        const auto done = typed("s3cret word", "s3cret word");
        CHECK_MESSAGE(done.code == 2, done.screen);
        CHECK(done.screen.find("Written to") != std::string::npos);
        CHECK((differ.screen + done.screen).find("s3cret") == std::string::npos);
        CHECK(SetupDesk::text_of(password_file) == "s3cret word\n");
        CHECK(desk.written().find("s3cret") == std::string::npos);
    }
}
