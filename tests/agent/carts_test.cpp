// carts.*: stores are defined, changed, tested and removed.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "ipc/client/whole_list.h"
#include "tests/agent/bench.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

ipc::carts::Update an_update(const std::string& cart) {
    ipc::carts::Update update;
    update.cart = cart;
    return update;
}

ipc::carts::Create idle_cart(const std::string& id) {
    auto cart = cart_for(id, "https://shop.invalid/stocktray.php", "user", "secret");
    cart.allow_http = false;
    cart.synchronize_inventory = false;
    return cart;
}

}  // namespace

TEST_SUITE("Carts") {
    TEST_CASE("a cart is listed as it was defined, without its password, and survives a kill") {
        AgentProcess agent;
        agent.start();
        auto cart = idle_cart("shop-1");
        cart.name = "Shop \xc3\xa4 1";
        cart.store_code = "X7";
        cart.buffer = 2;
        cart.exclude = {"KIT-1"};
        cart.sku_map["A"].skus = {"A-red", "A-blue"};
        cart.timeout_ms = 12'000;
        agent.must(cart);
        agent.must(idle_cart("shop-0"));
        agent.kill();
        agent.start();
        const auto carts = agent.must(ipc::carts::List{}).carts;
        REQUIRE(carts.size() == 2);
        CHECK(carts[0].cart == "shop-0");
        CHECK(carts[1].name == cart.name);
        CHECK(carts[1].store_code == "X7");
        CHECK(carts[1].buffer == 2);
        CHECK(carts[1].exclude == cart.exclude);
        CHECK(carts[1].sku_map.at("A").skus.size() == 2);
        CHECK(carts[1].timeout_ms == 12'000);
        CHECK(carts[1].connections == 4);
    }

    TEST_CASE("carts whose lists of SKUs are long together come in pages") {
        AgentProcess agent;
        agent.start();
        const auto with_skus = [](const std::string& id, int count) {
            auto cart = idle_cart(id);
            for (int i = 0; i < count; ++i) cart.exclude.push_back(id + "-" + std::string(90, 'x') + std::to_string(i));
            return cart;
        };
        for (const char* id : {"a", "b", "c", "d"}) agent.must(with_skus(id, 30'000));
        const auto first = agent.must(ipc::carts::List{});
        CHECK(first.carts.size() == 1);
        REQUIRE(first.next);
        auto client = agent.client();
        const auto all = ipc::whole_list(ipc::carts::List{}, &ipc::carts::ListResult::carts,
                                         [&](const auto& page) { return client.call(page, std::chrono::seconds{20}); });
        REQUIRE(all);
        REQUIRE(all->carts.size() == 4);
        CHECK(all->carts[3].cart == "d");
        CHECK(agent.must(ipc::carts::List{.limit = 3}).carts.size() == 1);
        // One that no answer could hold is not made, nor does one become so.
        CHECK(outcome(agent, with_skus("e", 80'000)) == "too_large");
        ipc::carts::Update longer{};
        longer.cart = "a";
        longer.sku_map.emplace();
        for (int i = 0; i < 50'000; ++i)
            (*longer.sku_map)["m" + std::to_string(i)].skus = {std::string(90, 'y') + std::to_string(i)};
        CHECK(outcome(agent, longer) == "too_large");
        CHECK(agent.must(ipc::carts::List{.limit = 1}).carts.at(0).sku_map.empty());
    }

    TEST_CASE("a cart whose password cannot be read is sent nothing, and goes on when it can be") {
        const auto configured = [](const std::string& place) {
            return "[secrets]\nstore = \"" + place + "\"\n[retry]\nbase_ms = 20\ncap_ms = 200\n";
        };
        Bench bench{{.agent = {.environment = {{"DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus"}}}}};
        const auto count = bench.store.count("SKU-0002");
        CHECK(bench.agent.stop() == 0);
        std::ofstream{bench.agent.folder() / "agent.toml"} << configured("keyring");
        bench.agent.start_without_waiting();
        REQUIRE(bench.agent.answers_or_ends());
        if (!bench.agent.is_running()) {
            CHECK(bench.agent.state().find("built without a keyring") != std::string::npos);
            return;
        }
        const auto asked = [&] { return bench.valve.seen("sendversion") + bench.valve.seen("invupdate") + bench.valve.seen("invbatch"); };
        const int before = asked();
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.cart().last_error && bench.cart().last_error->code == "no_password"; }));
        CHECK(bench.cart().last_error->hint.find("Unlock the keyring") == 0);
        CHECK(bench.cart().health != ipc::Health::credentials);
        ipc::carts::Test test{};
        test.cart = "main";
        CHECK(!bench.agent.call(test));
        CHECK(asked() == before);
        CHECK(bench.agent.stop() == 0);
        std::ofstream{bench.agent.folder() / "agent.toml"} << configured("file");
        bench.agent.start();
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == count - 1);
    }

    TEST_CASE("a second cart of the same id is a conflict") {
        AgentProcess agent;
        agent.start();
        agent.must(idle_cart("shop"));
        CHECK(outcome(agent, idle_cart("shop")) == "conflict");
        CHECK(agent.must(ipc::carts::List{}).carts.size() == 1);
    }

    TEST_CASE("wrong fields are named") {
        AgentProcess agent;
        agent.start();
        auto cart = idle_cart("Shop 1");
        CHECK(complaint(agent, cart).starts_with("cart "));
        cart = idle_cart("shop");
        cart.connections = 0;
        CHECK(complaint(agent, cart).starts_with("connections "));
        cart = idle_cart("shop");
        cart.timeout_ms = 999;
        CHECK(complaint(agent, cart).starts_with("timeout_ms "));
        cart = idle_cart("shop");
        cart.buffer = -1;
        CHECK(complaint(agent, cart).starts_with("buffer "));
        cart = idle_cart("shop");
        cart.url = "ftp://shop.invalid/";
        CHECK(outcome(agent, cart) == "invalid_params");
        CHECK(agent.must(ipc::carts::List{}).carts.empty());
    }

    TEST_CASE("plain http is unsupported unless it is allowed") {
        AgentProcess agent;
        agent.start();
        auto cart = idle_cart("shop");
        cart.url = "http://shop.invalid/stocktray.php";
        CHECK(outcome(agent, cart) == "unsupported");
        cart.allow_http = true;
        CHECK(outcome(agent, cart) == "answered");
        auto update = an_update("shop");
        update.allow_http = false;
        CHECK(outcome(agent, update) == "unsupported");
        auto rest = idle_cart("rest");
        rest.kind = ipc::CartKind::xcart_rest;
        rest.url = "http://shop.invalid/";
        CHECK(outcome(agent, rest) == "unsupported");
    }

    TEST_CASE(
        "a cart can be spoken to by a script or by the shop's own interface, and change from one to the "
        "other") {
        AgentProcess agent;
        agent.start();
        auto rest = idle_cart("rest");
        rest.kind = ipc::CartKind::xcart_rest;
        rest.url = "https://shop.invalid/";
        rest.user.clear();
        agent.must(rest);
        CHECK(agent.must(ipc::carts::List{}).carts.at(0).kind == ipc::CartKind::xcart_rest);
        auto update = an_update("rest");
        update.kind = ipc::CartKind::seti;
        agent.must(update);
        CHECK(agent.must(ipc::carts::List{}).carts.at(0).kind == ipc::CartKind::seti);
    }

    TEST_CASE("two of the Order Manager's SKUs on one of the store's are a conflict") {
        AgentProcess agent;
        agent.start();
        auto cart = idle_cart("shop");
        cart.sku_map["A"].skus = {"X"};
        cart.sku_map["B"].skus = {"X"};
        CHECK(outcome(agent, cart) == "conflict");
        cart.sku_map.erase("B");
        agent.must(cart);
        auto update = an_update("shop");
        update.sku_map = cart.sku_map;
        (*update.sku_map)["B"].skus = {"X"};
        CHECK(outcome(agent, update) == "conflict");
        CHECK(agent.must(ipc::carts::List{}).carts.at(0).sku_map.size() == 1);
    }

    TEST_CASE("update changes only what is given") {
        AgentProcess agent;
        agent.start();
        agent.must(idle_cart("shop"));
        const auto before = agent.must(ipc::carts::List{}).carts.at(0);
        auto update = an_update("shop");
        update.buffer = 4;
        agent.must(update);
        auto after = agent.must(ipc::carts::List{}).carts.at(0);
        CHECK(after.buffer == 4);
        after.buffer = before.buffer;
        CHECK(after == before);
        CHECK(outcome(agent, an_update("nowhere")) == "not_found");
    }

    TEST_CASE(
        "a repeat with the same id is answered with the first answer, with other params it is a conflict") {
        AgentProcess agent;
        agent.start();
        auto cart = idle_cart("shop");
        cart.id = "call-1";
        agent.must(cart);
        CHECK(outcome(agent, cart) == "answered");
        auto other = idle_cart("another");
        other.id = "call-1";
        CHECK(outcome(agent, other) == "conflict");
        ipc::carts::Delete remove;
        remove.cart = "shop";
        remove.id = "call-2";
        agent.must(remove);
        CHECK(outcome(agent, remove) == "answered");
        remove.id.reset();
        CHECK(outcome(agent, remove) == "not_found");
        agent.kill();
        agent.start();
        remove.id = "call-2";
        CHECK(outcome(agent, remove) == "answered");
        CHECK(agent.must(ipc::carts::List{}).carts.empty());
    }

    TEST_CASE("a cart with unconfirmed posts is deleted only when they are given up with a reason") {
        Bench bench;
        bench.valve.set(Flow::hang_before);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        ipc::carts::Delete remove;
        remove.cart = "main";
        CHECK(outcome(bench.agent, remove) == "conflict");
        remove.cancel_posts = true;
        CHECK(outcome(bench.agent, remove) == "invalid_params");
        bench.agent.kill();  // what was being sent is then uncertain, and can be given up
        bench.agent.start();
        remove.reason = "the shop is closed";
        CHECK(outcome(bench.agent, remove) == "answered");
        const auto status = bench.agent.must(ipc::agent::Status{});
        CHECK(status.carts.empty());
        CHECK(status.stack == ipc::agent::StackCounts{});
        const auto entries = bench.agent.must(ipc::history::List{}).entries;
        CHECK(std::ranges::any_of(entries, [](const auto& entry) {
            return entry.text.find("the shop is closed") != std::string::npos;
        }));
    }

    TEST_CASE("a cart that is deleted while the store is being asked leaves no trace of the answer") {
        Bench bench;
        bench.valve.set(Flow::hang_before);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.valve.hanging() > 0; }));
        ipc::carts::Delete remove;
        remove.cart = "main";
        remove.cancel_posts = true;
        remove.reason = "closed";
        const auto result = outcome(bench.agent, remove);
        CAPTURE(result);
        CHECK(bench.agent.must(ipc::agent::Status{}).carts.size() == (result == "answered" ? 0 : 1));
        bench.valve.set(Flow::open);
        CHECK(outcome(bench.agent, ipc::agent::Status{}) == "answered");
    }

    TEST_CASE("turned off, what was never sent is folded and later changes are only recorded") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        ipc::stack::Pause pause;
        pause.cart = "main";
        bench.agent.must(pause);
        bench.submit("c1", "SKU-0002", -1);
        auto update = an_update("main");
        update.synchronize_inventory = false;
        bench.agent.must(update);
        CHECK(bench.posts().empty());
        CHECK(bench.posts({ipc::PostState::folded}).size() == 1);
        bench.submit("c2", "SKU-0002", -1);
        CHECK(bench.posts().empty());
        CHECK(bench.store.count("SKU-0002") == before);
        CHECK(bench.cart().health == ipc::Health::off);
    }

    TEST_CASE("test tells what a script can do") {
        Bench bench;
        ipc::carts::Test test;
        test.cart = "main";
        const auto result = bench.agent.must(test);
        CHECK(result.ok);
        CHECK(result.problems.empty());
        CHECK(result.product_count == 3);
        CHECK(std::ranges::count(result.capabilities, "postid") == 1);
    }

    TEST_CASE("test takes an unsaved cart, and names what is wrong") {
        AgentProcess agent;
        agent.start();
        PracticeStore store;
        ipc::carts::Test test;
        test.cart = "unsaved";
        CHECK(outcome(agent, test) == "not_found");
        test.url = store.url();
        test.user = store.user();
        test.password = ipc::Secret{store.password()};
        test.allow_http = true;
        CHECK(agent.must(test).ok);
        test.password = ipc::Secret{"wrong"};
        const auto wrong = agent.must(test);
        CHECK(!wrong.ok);
        REQUIRE(!wrong.problems.empty());
        CHECK(wrong.problems[0].code == "auth");
        CHECK(!wrong.problems[0].hint.empty());
        test.password = ipc::Secret{store.password()};
        test.url = store.url() + ".nowhere";
        const auto missing = agent.must(test);
        CHECK(!missing.ok);
        CHECK(!missing.problems.empty());
        store.stop();
        test.url = store.url();
        const auto dead = agent.must(test);
        CHECK(!dead.ok);
        REQUIRE(!dead.problems.empty());
        CHECK(!dead.problems[0].message.empty());
        CHECK(agent.must(ipc::carts::List{}).carts.empty());
    }

    TEST_CASE("many tests at once are all answered while others work") {
        Bench bench;
        bench.valve.set(Flow::hang_before);
        auto client = bench.agent.client();
        std::vector<ipc::Pending<ipc::carts::Test>> pending;
        ipc::carts::Test test;
        test.cart = "main";
        test.timeout_ms = 1'000;
        for (int n = 0; n < 20; ++n) pending.push_back(client.send(test).value());
        CHECK(outcome(bench.agent, ipc::agent::Status{}) == "answered");
        CHECK(eventually([&] {
            client.poll(std::chrono::milliseconds{50});
            std::erase_if(pending, [&](const auto& one) { return client.take(one).has_value(); });
            return pending.empty();
        }));
    }

    TEST_CASE("there is nothing to take over or to accept at a cart that is ours") {
        Bench bench;
        ipc::carts::Takeover takeover;
        takeover.cart = "main";
        CHECK(outcome(bench.agent, takeover) == "conflict");
        takeover.cart = "nowhere";
        CHECK(outcome(bench.agent, takeover) == "not_found");
        ipc::carts::AcceptStore accept;
        accept.cart = "main";
        CHECK(outcome(bench.agent, accept) == "conflict");
        accept.cart = "nowhere";
        CHECK(outcome(bench.agent, accept) == "not_found");
    }

    TEST_CASE("wrong credentials stop a cart, right ones make it go on") {
        Bench bench;
        const auto before = bench.store.count("SKU-0002");
        auto update = an_update("main");
        update.password = ipc::Secret{"wrong"};
        bench.agent.must(update);
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.cart().health == ipc::Health::credentials; }));
        const auto cart = bench.cart();
        CHECK(cart.waiting_for == ipc::WaitingFor::credentials);
        REQUIRE(cart.last_error);
        CHECK(cart.last_error->code == "credentials");
        CHECK(bench.alert(ipc::AlertKind::credentials));
        CHECK(bench.posts().at(0).waiting_for == ipc::WaitingFor::credentials);
        update.password = ipc::Secret{bench.store.password()};
        bench.agent.must(update);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 1);
        CHECK(!bench.alert(ipc::AlertKind::credentials));
        CHECK(bench.cart().health == ipc::Health::ok);
    }

    TEST_CASE("changes are told without the password") {
        AgentProcess agent;
        agent.start();
        Listener listener{agent};
        agent.must(idle_cart("shop"));
        const auto created = listener.wait_for<ipc::events::CartChanged>();
        REQUIRE(created);
        CHECK(created->cart == "shop");
        CHECK(created->user == "user");
        ipc::carts::Delete remove;
        remove.cart = "shop";
        agent.must(remove);
        const auto deleted = listener.wait_for<ipc::events::CartChanged>(
            [](const auto& event) { return event.deleted.value_or(false); });
        REQUIRE(deleted);
        CHECK(deleted->cart == "shop");
        CHECK(!deleted->url);
    }
}
