#include <doctest/doctest.h>

#include <fstream>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

Reply with_password(const GatewayBench& om, const std::string& password, const std::string& function, const Fields& more) {
    FormPost post;
    post.url = om.gateway.url();
    post.fields = om.fields(function, more);
    for (auto& [name, value] : post.fields)
        if (name == "password") value = password;
    return send(post);
}

}  // namespace

TEST_SUITE("gateway: log-in") {
    TEST_CASE("a wrong password is refused in the store's words and changes nothing") {
        GatewayBench om;
        const auto before = om.bench.book("SKU-0001");
        const auto refused = with_password(om, "wrong", "invupdate", {{"update", "SKU-0001~-1"}});
        CHECK(refused.body == "SETIError: Access denied");
        CHECK(with_password(om, "wrong", "qohreplace", {{"update", "SKU-0001~0"}, {"count", "1"}}).body.starts_with("SETIError: "));
        CHECK(with_password(om, "wrong", "downloadqoh", {}).body.starts_with("SETIError: "));
        CHECK(with_password(om, "", "getproductscount", {}).body.starts_with("SETIError: "));
        CHECK(om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        CHECK(om.rests());
        CHECK(om.bench.book("SKU-0001") == before);
    }

    TEST_CASE("somebody who guesses asks the store once for each guess") {
        GatewayBench om;
        const int before = om.bench.valve.seen("getproductscount");
        for (int i = 0; i < 20; ++i) (void)with_password(om, "guess", "invupdate", {{"update", "SKU-0001~-1"}});
        CHECK(om.bench.valve.seen("getproductscount") == before + 1);
    }

    TEST_CASE("a password that the store has seen is good while the store is away, over a restart too; another one is not") {
        GatewayBench om;
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        // It is written down behind the first answer.
        SqliteFile ledger{om.gateway.data_dir() / "script.db"};
        CHECK(eventually([&] { return ledger.number("SELECT count(*) FROM known WHERE name = 'login:main'") == 1; }));
        om.bench.store.stop();
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        om.gateway.kill();
        om.gateway.start();
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        const auto unknown = with_password(om, "other", "invupdate", {{"update", "SKU-0001~-1"}});
        CHECK(unknown.body.find("could not be checked yet; nothing was changed") != std::string::npos);
        om.bench.store.start();
        CHECK(with_password(om, "other", "invupdate", {{"update", "SKU-0001~-1"}}).body == "SETIError: Access denied");
    }

    TEST_CASE("no password stands in a file, in the log or in the process list") {
        GatewayBench om;
        CHECK(om.post("SKU-0001", -1).starts_with("SETIResponse=OK"));
        (void)with_password(om, "guessed-by-somebody", "invupdate", {{"update", "SKU-0001~-1"}});
        const auto files = everything_in(om.gateway.data_dir());
        CHECK(files.size() > 10'000);
        const auto log = om.gateway.process().errors() + om.gateway.process().output();
        CHECK(log.find("was not taken") != std::string::npos);
        std::ifstream arguments{"/proc/" + std::to_string(om.gateway.process().id()) + "/cmdline"};
        const std::string line{std::istreambuf_iterator<char>{arguments}, {}};
        CHECK(line.find("stocktray-gateway") != std::string::npos);
        for (const auto& secret : {om.bench.store.password(), std::string{"guessed-by-somebody"}}) {
            CHECK(files.find(secret) == std::string::npos);
            CHECK(log.find(secret) == std::string::npos);
            CHECK(line.find(secret) == std::string::npos);
        }
        for (const auto& entry : std::filesystem::directory_iterator{om.gateway.data_dir()})
            CHECK((entry.status().permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
                  std::filesystem::perms::none);
    }
}
