// What the agent tells in the middle of what it does slice by slice.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "ipc/codec/framing.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/parameters.h"
#include "ipc/messages/qoh.h"
#include "tests/agent/in_process_agent.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

template <class Result>
Result result_in(const std::string& answer) {
    const auto message = ipc::Document::parse(answer);
    const auto response = ipc::read_response(message);
    REQUIRE(response);
    REQUIRE(response->error.is(ipc::Kind::nil));
    auto result = ipc::decode<Result>(response->result);
    REQUIRE(result.has_value());
    return *result;
}

}  // namespace

TEST_SUITE("the agent in one process") {
    TEST_CASE("each listing tells the buffer that its target keeps back, while a changed one goes to them") {
        const TempDir folder;
        InProcessAgent agent{folder.path(), ":memory:", [](const std::string&, std::string_view) { return std::string{}; }};
        ipc::qoh::Snapshot snapshot{.source = "om", .snapshot = "first", .part = 1, .last = true};
        for (int n = 0; n < 600; ++n) snapshot.items.push_back({.sku = fmt::format("S-{:04}", n), .qoh = 10});
        ipc::carts::Create create;
        create.cart = "main";
        create.name = "Main Store";
        create.url = "https://shop.test/stocktray.php";
        create.user = "om";
        create.password = ipc::Secret{"secret"};
        create.synchronize_inventory = true;
        (void)agent.turn({ipc::request(1, ipc::qoh::Snapshot{.source = "om", .snapshot = "first", .part = 0}),
                          ipc::request(2, create)});
        agent.now.steady += Milliseconds{1};
        (void)agent.turn({ipc::request(3, snapshot)});
        for (int i = 0; i < 20; ++i) (void)agent.turn();

        ipc::carts::Update update;
        update.cart = "main";
        update.buffer = 3;
        (void)agent.turn({ipc::request(4, update)});
        ipc::qoh::List list;
        list.cart = "main";
        list.limit = 1'000;
        const auto answers = agent.turn({ipc::request(5, list)});
        REQUIRE(answers.size() == 1);
        const auto told = result_in<ipc::qoh::ListResult>(answers.front());
        REQUIRE(told.items.size() == 600);
        for (const auto& item : told.items) {
            REQUIRE(item.listings.size() == 1);
            REQUIRE(item.listings[0].buffer);
            REQUIRE(*item.listings[0].target == 10 - *item.listings[0].buffer);
        }
        CHECK(told.items.front().listings[0].buffer == 3);
        CHECK(told.items.back().listings[0].buffer == 0);
    }
}
