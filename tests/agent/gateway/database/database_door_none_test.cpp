#include "agent/gateway/database/database_door.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/temp_dir.h"

using namespace stocktray;

TEST_SUITE("gateway: a build without ODBC") {
    TEST_CASE("a database in its configuration is refused in words, with the line") {
        const tests::TempDir dir;
        const auto path = dir.path() / "gateway.toml";
        std::ofstream{path} << "\n[[database]]\nname = \"erp\"\n";
        const auto file = settings::File::read(path);
        REQUIRE(file);
        auto outbox = ipc::Outbox::open({.endpoint = "ipc:///nowhere/rpc.sock", .spool = dir.path() / "spool.db"});
        REQUIRE(outbox);
        const gateway::Surroundings surroundings{**outbox, {}, dir.path(), {}};
        const auto& table = *file->root()["database"].as_array()->get(0)->as_table();
        const auto door = gateway::database::make_database_door(*file, table, surroundings);
        REQUIRE(!door);
        CHECK(door.error().code == ErrorCode::invalid);
        CHECK(door.error().message == path.string() + ", line 2: this stocktray-gateway was built without ODBC and cannot watch a database.");
    }
}
