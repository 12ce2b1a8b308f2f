#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/agent/gateway/script/gateway_process.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

// The same store's script under a second cart would be two carts on one count: so a second store.
struct TwoCarts : GatewayBench {
    explicit TwoCarts(const std::string& table) : GatewayBench{{.table = table}} {
        std::filesystem::copy_file(std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "tests/support/shops/order_script.php",
                                   second.directory() / "public/order_script.php");
        const auto url = second.url();
        bench.agent.must(cart_for("second", url.substr(0, url.rfind('/') + 1) + "order_script.php", second.user(), second.password()));
    }

    Reply call_second(const std::string& function, const Fields& more = {}) const {
        FormPost post;
        post.url = gateway.url("second");
        post.fields = fields(function, more);
        for (auto& [name, value] : post.fields)
            if (name == "password") value = second.password();
        return send(post);
    }
    std::string post_second(const std::string& sku, int delta) const {
        return call_second("invupdate", {{"update", fmt::format("{}~{}|", sku, delta)}}).body;
    }
    bool second_has(const std::string& sku, long long count) {
        return eventually([&] { return second.count(sku) == count; }) && rests() && second.count(sku) == count;
    }

    PracticeStore second{{.products = 5, .floor = PracticeStore::Floor::none}};
};

}  // namespace

TEST_SUITE("gateway: fan out") {
    TEST_CASE("with several carts the source must be named") {
        TwoCarts om{""};
        CHECK(eventually([&] { return om.post("SKU-0001", -1).find("it is not said which one's changes count") != std::string::npos; },
                         std::chrono::seconds{60}));  // it looks for new carts every quarter of a minute
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        CHECK(om.bench.alert(ipc::AlertKind::gateway)->message.find("several carts") != std::string::npos);
        const auto test = om.gateway.test();
        CHECK(test.exit_code == 1);
        CHECK(test.output.find("which one's changes count") != std::string::npos);
    }

    TEST_CASE("a source that is no cart: posts are refused in words instead of being answered and not counted") {
        GatewayBench om{{.table = "source = \"shop\""}};
        const auto before = om.bench.book("SKU-0001");
        CHECK(om.post("SKU-0001", -1) == "SETIError: The Order Manager's changes are refused: those for the cart shop count, and there is no "
                                         "such cart. Nothing was changed.");
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::gateway).has_value(); }));
        CHECK(om.bench.book("SKU-0001") == before);
    }

    TEST_CASE("Stocktray fans out: the source's posts go to all carts, the others' are answered and not counted") {
        TwoCarts om{"source = \"main\""};
        const auto main = om.bench.store.count("SKU-0002");
        const auto second = om.second.count("SKU-0002");
        // A phone order, which the Order Manager posts to each of its carts.
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK;SKU=SKU-0002;"));
        CHECK(om.post_second("SKU-0002", -2) == "SETIResponse=OK;SKU=SKU-0002;NOTE=");
        CHECK(om.second_has("SKU-0002", second - 2));
        CHECK(om.store_has("SKU-0002", main - 2));
        CHECK(om.book_has("SKU-0002", main - 2));
    }

    TEST_CASE("an order of the source: the Order Manager posts it to the other cart only, and it leaves there once") {
        TwoCarts om{"source = \"main\""};
        const auto main = om.bench.store.count("SKU-0002");
        const auto second = om.second.count("SKU-0002");
        const auto number = om.bench.store.sell("SKU-0002", 3).value();
        (void)om.call("downloadorders", {{"lastorder", "0"}});
        CHECK(om.post_second("SKU-0002", -3) == "SETIResponse=OK;SKU=SKU-0002;NOTE=");
        (void)om.call("ordercount", {{"lastorder", std::to_string(number)}});
        CHECK(om.second_has("SKU-0002", second - 3));
        CHECK(om.store_has("SKU-0002", main - 3));
        CHECK(om.book_has("SKU-0002", main - 3));
    }

    TEST_CASE("an order of the other cart: its import is posted to the source only, and does not come back to it") {
        TwoCarts om{"source = \"main\""};
        const auto main = om.bench.store.count("SKU-0002");
        const auto second = om.second.count("SKU-0002");
        const auto number = om.second.sell("SKU-0002", 3).value();
        CHECK(om.call_second("downloadorders", {{"lastorder", "0"}}).body.find("<OrderNumber>") != std::string::npos);
        CHECK(om.post("SKU-0002", -3).starts_with("SETIResponse=OK"));
        (void)om.call_second("ordercount", {{"lastorder", std::to_string(number)}});
        CHECK(om.store_has("SKU-0002", main - 3));
        CHECK(om.second_has("SKU-0002", second - 3));
        CHECK(om.book_has("SKU-0002", main - 3));
        CHECK(eventually([&] { return om.bench.cart("second").import_complete == true; }));
        // A phone order afterwards is one again.
        CHECK(om.post("SKU-0002", -3).starts_with("SETIResponse=OK"));
        CHECK(om.second_has("SKU-0002", second - 6));
    }

    TEST_CASE("the Order Manager fans out: each post goes to its own cart, and moves no count of ours") {
        TwoCarts om{"fan_out = \"order_manager\""};
        const auto main = om.bench.store.count("SKU-0002");
        const auto second = om.second.count("SKU-0002");
        const auto book = om.bench.book("SKU-0002");
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(om.store_has("SKU-0002", main - 2));
        CHECK(om.second.count("SKU-0002") == second);
        CHECK(om.post_second("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(om.second_has("SKU-0002", second - 2));
        CHECK(om.bench.book("SKU-0002") == book);
        // No verdict and no Send until the Order Manager has counted: its own count is not known here.
        ipc::jobs::Start start;
        start.kind = ipc::JobKind::send_qoh;
        start.cart = "main";
        start.options.skus = std::vector<std::string>{"SKU-0002"};
        const auto job = om.bench.agent.must(start).job;
        CHECK(eventually([&] { return om.bench.agent.must(ipc::jobs::Get{job}).counts.waiting == 1; }));
        CHECK(om.store_has("SKU-0002", main - 2));
    }
}
