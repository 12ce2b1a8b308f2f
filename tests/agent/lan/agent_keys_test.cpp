#include "agent/lan/agent_keys.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;
using agent::AgentKeys;
using agent::OldKey;

namespace {

constexpr WallTime noon{Milliseconds{1'700'000'000'000}};
constexpr Milliseconds day{24 * 3'600'000};

}  // namespace

TEST_SUITE("AgentKeys") {
    TEST_CASE("drawn once, the same after each start, readable by its owner alone") {
        TempDir dir;
        const auto file = dir.path() / "agent-keys.json";
        const auto first = AgentKeys::open(file).value().current().public_key;
        CHECK(AgentKeys::open(file).value().current().public_key == first);
        struct stat found {};
        REQUIRE(::stat(file.c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0600);
    }

    TEST_CASE("a new one leaves the one before good for a day, also after a start") {
        TempDir dir;
        auto keys = AgentKeys::open(dir.path() / "keys").value();
        const auto first = keys.current().public_key;
        REQUIRE(keys.rotate(OldKey::stays_a_day, noon));
        CHECK(keys.current().public_key != first);
        const auto again = AgentKeys::open(dir.path() / "keys").value();
        REQUIRE(again.old());
        CHECK(again.current().public_key == keys.current().public_key);
        CHECK(again.old()->keys.public_key == first);
        CHECK(again.old()->until == noon + day);
    }

    TEST_CASE("a second one within the day would shut workstations out: refused, unless it is meant") {
        TempDir dir;
        auto keys = AgentKeys::open(dir.path() / "keys").value();
        REQUIRE(keys.rotate(OldKey::stays_a_day, noon));
        const auto second = keys.current().public_key;
        const auto refused = keys.rotate(OldKey::stays_a_day, noon + day - Milliseconds{1});
        REQUIRE(!refused);
        CHECK(refused.error().code == ErrorCode::conflict);
        CHECK(keys.current().public_key == second);
        REQUIRE(keys.rotate(OldKey::ends_at_once, noon));
        CHECK(keys.current().public_key != second);
        CHECK(!keys.old());
        CHECK(!AgentKeys::open(dir.path() / "keys").value().old());
    }

    TEST_CASE("the day over, the old one is forgotten and a new one may be drawn") {
        TempDir dir;
        auto keys = AgentKeys::open(dir.path() / "keys").value();
        REQUIRE(keys.rotate(OldKey::stays_a_day, noon));
        REQUIRE(keys.end_old());
        CHECK(!AgentKeys::open(dir.path() / "keys").value().old());
        CHECK(keys.rotate(OldKey::stays_a_day, noon + day));
    }

    TEST_CASE("a damaged file is named, not replaced") {
        TempDir dir;
        const auto file = dir.path() / "keys";
        for (const char* content : {"", "{", "[]", R"({"public_key":"ab"})"}) {
            CAPTURE(content);
            std::ofstream{file} << content;
            const auto opened = AgentKeys::open(file);
            REQUIRE(!opened);
            CHECK(opened.error().code == ErrorCode::damaged);
            CHECK(opened.error().message.find(file.string()) != std::string::npos);
            CHECK(std::filesystem::file_size(file) == std::string_view{content}.size());
        }
    }

    TEST_CASE("where it cannot be written, the key stays what it was") {
        TempDir dir;
        const auto file = dir.path() / "sub" / "keys";
        std::filesystem::create_directory(file.parent_path());
        auto keys = AgentKeys::open(file).value();
        const auto first = keys.current().public_key;
        std::filesystem::remove_all(file.parent_path());
        CHECK(!keys.rotate(OldKey::stays_a_day, noon));
        CHECK(keys.current().public_key == first);
    }
}
