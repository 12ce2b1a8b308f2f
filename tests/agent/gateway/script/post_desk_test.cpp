#include "agent/gateway/script/post_desk.h"

#include <doctest/doctest.h>

#include <atomic>

#include "ipc/messages/agent.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

// A desk for the cart `main`, without an agent.
struct Desk {
    ipc::testing::Scratch scratch;
    tests::TempDir dir;
    Ledger ledger = Ledger::open(dir.path() / "script.db").value();
    tests::SqliteFile file{dir.path() / "script.db"};
    std::unique_ptr<ipc::Outbox> outbox =
        ipc::Outbox::open({"gateway test", scratch.endpoints().requests, dir.path() / "spool.db"}).value();
    std::vector<Problem> told;
    Surroundings surroundings{*outbox, {}, dir.path(), [this](std::string_view, std::vector<Problem> problems) { told = std::move(problems); }};
    PostDesk desk{surroundings, ledger, FanOut::stocktray};
    WebRequest request{"10.0.0.1", "POST", "/main", {}, {}, {}, [] { return true; }};

    WebReply take(const std::string& form) {
        ipc::carts::Cart cart;
        cart.cart = "main";
        return desk.take(cart, true, *FormFields::parse(form), request);
    }
};

}  // namespace

TEST_SUITE("gateway: post desk") {
    TEST_CASE("an agent that does not take the change is not asked for a count as well") {
        const ipc::testing::Scratch scratch;
        ipc::testing::FakeAgent agent{scratch.endpoints()};
        std::atomic<int> asked{0};
        const auto say_nothing = [](ipc::RpcServer&, ipc::IncomingRequest&) {};
        agent.on_raw("agent.hello", say_nothing);
        agent.on_raw("qoh.submit", say_nothing);
        agent.on_raw("qoh.list", [&](ipc::RpcServer&, ipc::IncomingRequest&) { ++asked; });
        const tests::TempDir dir;
        auto ledger = Ledger::open(dir.path() / "script.db").value();
        const auto outbox = ipc::Outbox::open({"gateway test", scratch.endpoints().requests, dir.path() / "spool.db"}).value();
        const Surroundings surroundings{*outbox, {}, dir.path(), [](std::string_view, std::vector<Problem>) {}};
        PostDesk desk{surroundings, ledger, FanOut::stocktray};
        ipc::carts::Cart cart;
        cart.cart = "main";
        const WebRequest request{"10.0.0.1", "POST", "/main", {}, {}, {}, [] { return true; }};
        const auto reply = desk.take(cart, true, *FormFields::parse("update=A-1~-2"), request);
        CHECK(reply.body == "SETIResponse=OK;SKU=A-1;NOTE=");
        agent.run([](ipc::RpcServer&) {});  // what was asked has been heard
        CHECK(asked == 0);
    }

    TEST_CASE("a post that cannot be kept is refused, and people are told until one is kept again") {
        Desk bench;
        auto& told = bench.told;
        auto& file = bench.file;
        const auto post = [&] {
            const auto reply = bench.take("update=A-1~-2");
            if (reply.sent) reply.sent(Sent::written);
            return reply.body;
        };
        for (const std::string at : {"INSERT ON posts", "UPDATE ON posts WHEN NEW.answer = 'begun'", "UPDATE ON posts WHEN NEW.answer = 'written'"}) {
            CAPTURE(at);
            file.query("CREATE TRIGGER full BEFORE " + at + " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
            const bool is_answered = at.ends_with("'written'");
            CHECK(post().starts_with(is_answered ? "SETIResponse=OK" : "SETIError: "));
            REQUIRE(told.size() == 1);
            CHECK(told[0].message.find("disk is full") != std::string::npos);
            CHECK_FALSE(told[0].hint.empty());
            file.query("DROP TRIGGER full");
            CHECK(post() == "SETIResponse=OK;SKU=A-1;NOTE=");
            CHECK(told.empty());
        }
        // Of the first two the client was told that they were not taken, and it posted each again; the third was another one.
        CHECK(file.number("SELECT count(*) FROM posts") == 4);
        CHECK(file.number("SELECT count(*) FROM posts WHERE answer <> 'written'") == 0);
    }

    TEST_CASE("a client that goes while its answer is noted has not read it: its repeat is no doubt") {
        Desk bench;
        bench.request.is_client_there = [&] { return bench.file.number("SELECT count(*) FROM posts WHERE answer = 'begun'") == 0; };
        CHECK_FALSE(bench.take("update=A-1~-2").sent);
        CHECK(bench.file.number("SELECT count(*) FROM posts WHERE answer = 'unread'") == 1);
        CHECK(bench.ledger.arrive({"10.0.0.1", "main", "A-1", -2}, true, 1).value().as == Arrived::As::repeat);
    }

    TEST_CASE("a post whose second piece cannot be kept is said to have a first one that is") {
        Desk bench;
        bench.file.query(
            "CREATE TRIGGER full BEFORE INSERT ON posts WHEN NEW.sku = 'B' BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
        CHECK(bench.take("update=B~-2").body.ends_with("Nothing was changed."));
        CHECK(bench.take("update=A~-2|B~-2|").body.ends_with("Post it again; it counts once."));
    }
}
