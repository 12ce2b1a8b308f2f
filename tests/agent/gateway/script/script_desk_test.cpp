#include "agent/gateway/script/script_desk.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "core/cart/seti/ascii.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

constexpr const char* a_list =
    "<?xml version=\"1.0\"?><SETIOrders><Response><ResponseCode>1</ResponseCode></Response><Order><OrderNumber>7</OrderNumber>"
    "<Shipping><Product><SKU>A</SKU><Quantity>1</Quantity></Product></Shipping></Order></SETIOrders>";

// A desk between an Order Manager and a store that answers what the test wants.
struct Between {
    ipc::testing::Scratch scratch;
    tests::TempDir dir;
    std::mutex mutex;
    std::string answer;
    Headers asked_with;
    std::map<std::string, std::vector<Problem>, std::less<>> told;
    std::unique_ptr<WebServer> store = WebServer::start({}, [this](const WebRequest& request) {
                                           const std::lock_guard lock{mutex};
                                           asked_with = request.headers;
                                           return WebReply{.body = answer};
                                       }).value();
    ipc::testing::FakeAgent agent{scratch.endpoints()};
    std::unique_ptr<ipc::Outbox> outbox =
        ipc::Outbox::open({"gateway test", scratch.endpoints().requests, dir.path() / "spool.db"}).value();
    Ledger ledger = Ledger::open(dir.path() / "script.db").value();
    Surroundings surroundings{*outbox, {}, dir.path(), [this](std::string_view door, std::vector<Problem> problems) {
                                  told[std::string{door}] = std::move(problems);
                              }};
    ScriptOptions options{};
    ScriptDesk desk{surroundings, ledger, options};

    Between() {
        agent.on<ipc::carts::List>([this](const ipc::carts::List&) -> ipc::Expected<ipc::carts::ListResult> {
            ipc::carts::Cart cart;
            cart.cart = "main";
            cart.name = "Main Store";
            cart.url = fmt::format("http://127.0.0.1:{}/script.php", store->port());
            cart.allow_http = true;
            return ipc::carts::ListResult{{cart}};
        });
    }

    // What the Order Manager gets.
    std::string download(std::string store_answers) {
        {
            const std::lock_guard lock{mutex};
            answer = std::move(store_answers);
        }
        auto reply = desk.answer({"10.0.0.1", "POST", "/main", {}, {{"Accept-Encoding", "gzip, deflate"}},
                                  "setifunction=downloadorders&lastorder=0", [] { return true; }});
        std::string body;
        std::array<char, 512> piece{};
        for (std::int64_t size = 1; reply.stream && size > 0;) {
            size = reply.stream(piece.data(), piece.size());
            if (size > 0) body.append(piece.data(), static_cast<std::size_t>(size));
        }
        return body;
    }
    [[nodiscard]] std::vector<Problem> unread() const {
        const auto found = told.find("orders-unread-main");
        return found == told.end() ? std::vector<Problem>{} : found->second;
    }
};

}  // namespace

TEST_SUITE("gateway: script desk") {
    TEST_CASE("the store is not asked for a compressed answer, whatever the Order Manager takes") {
        Between between;
        CHECK(between.download(a_list) == a_list);
        std::vector<std::string> encodings;
        for (const auto& [name, value] : between.asked_with)
            if (cart::seti::equals_ignoring_case(name, "Accept-Encoding")) encodings.push_back(value);
        CHECK(encodings == std::vector<std::string>{"identity"});
        CHECK(between.unread().empty());
    }

    TEST_CASE("web orders that pass by and cannot be read are told until the next list that can") {
        Between between;
        std::string answer;
        SUBCASE("compressed") { answer = std::string{"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xB3\x09", 12}; }
        SUBCASE("broken off") { answer = std::string{a_list}.substr(0, 150); }
        SUBCASE("a page") { answer = "<html><body>We are busy.</body></html>"; }
        SUBCASE("nothing") {}
        CHECK(between.download(answer) == answer);
        REQUIRE(between.unread().size() == 1);
        CHECK(between.unread().front().cart == "main");
        CHECK(between.unread().front().message.find("could not read the answer") != std::string::npos);
        CHECK(between.unread().front().hint.find("compare the counts") != std::string::npos);
        (void)between.download("SETIError: Access denied");  // says nothing about the orders of before
        CHECK(between.unread().size() == 1);
        (void)between.download("<SETIOrders><Response><ResponseCode>2</ResponseCode></Response></SETIOrders>");
        CHECK(between.unread().empty());
    }

    TEST_CASE("the script's own error is no order that was lost") {
        Between between;
        (void)between.download("SETIError: Access denied");
        CHECK(between.unread().empty());
        (void)between.download("<SETIOrders><Response><ResponseCode>3</ResponseCode></Response></SETIOrders>");
        CHECK(between.unread().empty());
    }

    TEST_CASE("web orders that cannot be kept are told like those that cannot be read") {
        Between between;
        tests::SqliteFile file{between.dir.path() / "script.db"};
        file.query("CREATE TRIGGER full BEFORE INSERT ON orders BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
        CHECK(between.download(a_list) == a_list);
        CHECK(between.unread().size() == 1);
        file.query("DROP TRIGGER full");
        (void)between.download(a_list);
        CHECK(between.unread().empty());
    }

    TEST_CASE("orders of before that are downloaded again are named and not counted") {
        Between between;
        REQUIRE(between.ledger.imported("main", "100", 1));  // as each call of the Order Manager names it
        (void)between.download(a_list);
        REQUIRE(between.told["orders-main"].size() == 1);
        CHECK(between.told["orders-main"].front().message ==
              "The Order Manager was given web orders of main again that it had imported before Stocktray looked (7). "
              "Their pieces are not counted once more.");
        CHECK(between.ledger.imported("main", "100", 2).value()->orders.empty());
    }

    TEST_CASE("fields that do not stand in the form are refused: the store would take them past the count") {
        Between between;
        WebRequest request{"10.0.0.1", "POST", "/main", {}, {}, "setifunction=sendversion", [] { return true; }};
        SUBCASE("behind the URL") { request.query = "setifunction=invupdate&update=A~-1"; }
        SUBCASE("behind the URL, alone") {
            request.method = "GET";
            request.query = "x=1&setifunction=invupdate&update=A~-1";
            request.body.clear();
        }
        SUBCASE("in parts") { request.headers = {{"content-type", "Multipart/form-data; boundary=x"}}; }
        const auto reply = between.desk.answer(request);
        CHECK(reply.body.starts_with("SETIError: The fields must be posted"));
        CHECK_FALSE(reply.stream);
    }
}
