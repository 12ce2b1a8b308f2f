#include "agent/gateway/script/counts_desk.h"

#include <doctest/doctest.h>

#include "tests/ipc/fake_agent.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

// An item of which the store has 7, and from which `buffer` pieces are kept back.
ipc::qoh::Item an_item(const std::string& sku, std::optional<std::int64_t> buffer) {
    ipc::qoh::Item item{.sku = sku, .om_qoh = 10};
    ipc::qoh::Listing listing;
    listing.cart = "main";
    listing.store_sku = sku;
    listing.store_qoh = 7;
    listing.buffer = buffer;
    item.listings.push_back(std::move(listing));
    return item;
}

}  // namespace

TEST_SUITE("gateway: counts") {
    TEST_CASE("while a changed buffer goes to the listings each count has back what is kept from that listing") {
        const tests::TempDir dir;
        const auto endpoint = "ipc://" + (dir.path() / "run" / "rpc.sock").string();
        ipc::testing::FakeAgent agent{*ipc::endpoints_of(endpoint)};
        agent.on<ipc::agent::Hello>([](const ipc::agent::Hello&) -> ipc::Expected<ipc::agent::HelloResult> {
            return ipc::agent::HelloResult{.run = "run-1", .incarnation = "one"};
        });
        agent.on<ipc::qoh::List>([](const ipc::qoh::List&) -> ipc::Expected<ipc::qoh::ListResult> {
            return ipc::qoh::ListResult{{an_item("DONE", 3), an_item("NOT-YET", 0), an_item("OF-AN-OLD-AGENT", std::nullopt)}, {}};
        });
        auto outbox = ipc::Outbox::open({"test 1.0", endpoint, dir.path() / "spool.db"});
        REQUIRE(outbox.has_value());
        const Surroundings surroundings{**outbox, endpoint, dir.path(), {}};
        CountsDesk desk{surroundings};
        ipc::carts::Cart cart;
        cart.cart = "main";
        cart.buffer = 3;
        const auto page = desk.page(cart, "10.0.0.5", *FormFields::parse("startnum=1&batchsize=100"));
        REQUIRE(page);
        const auto has = [&](const std::string& sku, int qoh) {
            return page->find("<Code>" + sku + "</Code><WebID>" + sku + "</WebID><QOH>" + std::to_string(qoh) + "</QOH>") != page->npos;
        };
        CHECK(has("DONE", 10));
        CHECK(has("NOT-YET", 7));
        CHECK(has("OF-AN-OLD-AGENT", 10));
    }
}
