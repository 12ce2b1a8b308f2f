// The agent and X-Cart's shops on real servers: MariaDB, PHP and nginx with TLS, and everything that goes
// wrong with them. Each case begins with a connector that remembers nothing.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "tests/agent/agent_process.h"
#include "tests/integration/connector_fixture.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

std::string prefix_of(Shop shop) {
    return shop == Shop::xcart5 ? "xc_" : "xcart_";
}
std::string keys_of(Shop shop) {
    return prefix_of(shop) + "stocktray_keys";
}
std::string meta_of(Shop shop) {
    return prefix_of(shop) + "stocktray_meta";
}

std::string lock_product(Shop shop, const std::string& sku) {
    return shop == Shop::xcart5
               ? "START TRANSACTION; SELECT amount FROM xc_products WHERE sku = '" + sku + "' FOR UPDATE"
               : "START TRANSACTION; SELECT avail FROM xcart_products WHERE productcode = '" + sku +
                     "' FOR UPDATE";
}

enum class Trust { rig, nobody };

AgentProcess::Options agent_options(Trust trust) {
    AgentProcess::Options options;
    if (trust == Trust::rig) options.configuration += "[tls]\nca_file = \"" + rig().ca_file() + "\"\n";
    return options;
}

// An agent that keeps one of the rig's shops.
class Keeper {
public:
    explicit Keeper(Shop shop, std::vector<std::string> skus, Trust trust = Trust::rig, Door door = Door::tls)
        : shop_{shop}, skus_{std::move(skus)}, agent{agent_options(trust)} {
        agent.start();
        set_parameter(agent, "SynchQOH", true);
        set_parameter(agent, "SettleSeconds", std::int64_t{1});
        set_parameter(agent, "PositiveGapHours", std::int64_t{0});
        set_parameter(agent, "SlowSeconds", std::int64_t{1});
        take_counts();
        auto cart = cart_for("shop", rig().url(shop, door), rig().user(), rig().password());
        cart.allow_http = door != Door::tls;
        agent.must(cart);
    }

    void take_counts() {
        ipc::qoh::Snapshot all{"om", fmt::format("s{}", ++last_), 1, true, {}};
        for (const auto& sku : skus_) {
            book[sku] = rig().count(shop_, sku);
            all.items.push_back({.sku = sku, .qoh = book[sku]});
        }
        agent.must(all);
    }

    void change(const std::string& sku, std::int64_t delta) { change(std::vector{std::pair{sku, delta}}); }
    void change(const std::vector<std::pair<std::string, std::int64_t>>& all) {
        ipc::qoh::Submit submit{"om", {}};
        for (const auto& [sku, delta] : all) {
            ipc::qoh::Change one;
            one.id = fmt::format("c{}", ++last_);
            one.sku = sku;
            one.delta = delta;
            one.reason = ipc::Reason::adjustment;
            submit.changes.push_back(one);
            book[sku] += delta;
        }
        CHECK(agent.must(submit).accepted == static_cast<std::int64_t>(all.size()));
    }

    [[nodiscard]] ipc::agent::CartStatus cart() { return agent.must(ipc::agent::Status{}).carts.at(0); }
    [[nodiscard]] std::string trouble() {
        const auto status = cart();
        return status.last_error ? status.last_error->code : "";
    }
    [[nodiscard]] std::vector<ipc::stack::Post> posts() { return agent.must(ipc::stack::List{}).posts; }
    [[nodiscard]] bool has_alert(ipc::AlertKind kind) {
        return std::ranges::count(agent.must(ipc::alerts::List{}).alerts, kind, &ipc::alerts::Alert::kind) >
               0;
    }
    [[nodiscard]] bool rests(std::chrono::milliseconds limit = 40s) {
        const bool does_rest = eventually(
            [&] {
                const auto stack = agent.must(ipc::agent::Status{}).stack;
                return stack.queued + stack.sending + stack.uncertain + stack.rejected == 0;
            },
            limit);
        if (!does_rest) {
            MESSAGE(fmt::format("health {}, error {}", ipc::to_string(cart().health), trouble()));
            for (const auto& post : posts())
                MESSAGE(fmt::format(
                    "{} {:+}: {} {}", post.sku, post.delta, ipc::to_string(post.state),
                    post.last_error ? post.last_error->code + ": " + post.last_error->message : ""));
        }
        return does_rest;
    }
    void check_counts() {
        for (const auto& [sku, count] : book) {
            CAPTURE(sku);
            CHECK(rig().count(shop_, sku) == count);
        }
    }
    void update(const std::function<void(ipc::carts::Update&)>& what) {
        ipc::carts::Update update;
        update.cart = "shop";
        what(update);
        agent.must(update);
    }
    void import_orders(const std::string& last, std::vector<ipc::orders::WebOrder> orders) {
        ipc::orders::Imported imported;
        imported.cart = "shop";
        imported.at = static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
        imported.last_order = last;
        imported.count = static_cast<std::int64_t>(orders.size());
        imported.orders = std::move(orders);
        CHECK(agent.must(imported).complete);
    }

private:
    Shop shop_;
    std::vector<std::string> skus_;
    int last_{0};

public:
    AgentProcess agent;
    std::map<std::string, std::int64_t> book;
};

// A connector as on the day of its installation.
void forget(Shop shop) {
    rig().session(shop).query("DROP TABLE IF EXISTS " + keys_of(shop) + ", " + meta_of(shop));
}

// A keyed change is in its transaction and waits for a lock.
bool somebody_waits(MariadbSession& watcher) {
    return wait_until(
        [&] {
            return watcher.number(
                       "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'") >
                   0;
        },
        20s, 130ms);
}

}  // namespace

TEST_SUITE("AgentAndXCart") {
    TEST_CASE("differences reach every shop over https, variants and odd SKUs too") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            const std::vector<std::string> skus{"P-0501",
                                                "P-0502",
                                                "V-1811-A",
                                                "V-1811-B",
                                                "MiXed-1",
                                                "12345",
                                                "Gr\xc3\xb6\xc3\x9f"
                                                "e-1"};
            Keeper keeper{shop, skus};
            for (int round = 0; round < 3; ++round)
                for (std::size_t n = 0; n < skus.size(); ++n)
                    keeper.change(skus[n], n % 2 == 0 ? -static_cast<std::int64_t>(n) - 1 : 2);
            REQUIRE(keeper.rests());
            keeper.check_counts();
            CHECK(keeper.cart().health == ipc::Health::ok);
        }
    }

    TEST_CASE("a certificate that nobody vouches for is named, and nothing is sent") {
        STOCKTRAY_NEEDS_RIG();
        forget(Shop::classic_innodb);
        const int before = rig().calls("invupdate") + rig().calls("sendversion");
        Keeper keeper{Shop::classic_innodb, {"P-0503"}, Trust::nobody};
        const auto count = rig().count(Shop::classic_innodb, "P-0503");
        keeper.change("P-0503", -1);
        REQUIRE(eventually([&] { return keeper.trouble() == "tls"; }));
        CHECK(eventually([&] { return keeper.cart().health != ipc::Health::ok; }));
        CHECK(!keeper.cart().last_error->hint.empty());
        ipc::carts::Test test;
        test.cart = "shop";
        const auto tested = keeper.agent.must(test);
        CHECK(!tested.ok);
        REQUIRE(!tested.problems.empty());
        CHECK(tested.problems[0].code == "tls");
        CHECK(keeper.cart().queued == 1);
        CHECK(rig().count(Shop::classic_innodb, "P-0503") == count);
        CHECK(rig().calls("invupdate") + rig().calls("sendversion") == before);
    }

    TEST_CASE("a wrong password stops the cart, the right one makes it go on") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper keeper{shop, {"P-0504"}};
            keeper.change("P-0504", -1);
            REQUIRE(keeper.rests());
            keeper.update([](auto& update) { update.password = ipc::Secret{"wrong"}; });
            keeper.change("P-0504", -1);
            REQUIRE(eventually([&] { return keeper.cart().health == ipc::Health::credentials; }));
            CHECK(keeper.has_alert(ipc::AlertKind::credentials));
            CHECK(keeper.posts().at(0).waiting_for == ipc::WaitingFor::credentials);
            keeper.update([](auto& update) { update.password = ipc::Secret{rig().password()}; });
            REQUIRE(keeper.rests());
            keeper.check_counts();
            CHECK(!keeper.has_alert(ipc::AlertKind::credentials));
        }
    }

    TEST_CASE("a wrong URL is named, and the posts wait for the right one") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::xcart5;
        forget(shop);
        Keeper keeper{shop, {"P-0505"}};
        keeper.change("P-0505", -1);
        REQUIRE(keeper.rests());
        keeper.update([&](auto& update) {
            update.url = rig().url(shop, Door::tls) + ".moved.php";
            update.same_store = true;
        });
        keeper.change("P-0505", -1);
        REQUIRE(eventually([&] { return keeper.trouble() == "page_not_found"; }));
        CHECK(keeper.cart().queued == 1);
        keeper.update([&](auto& update) {
            update.url = rig().url(shop, Door::tls);
            update.same_store = true;
        });
        REQUIRE(keeper.rests());
        keeper.check_counts();
    }

    TEST_CASE("without the web server a cart is late with its cause, and drains when the server is back") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_innodb;
        forget(shop);
        Keeper keeper{shop, {"P-0506", "P-0507"}};
        set_parameter(keeper.agent, "LatenessSeconds", std::int64_t{1});
        keeper.change("P-0506", -1);
        REQUIRE(keeper.rests());
        rig().stop_web_server();
        keeper.change("P-0506", -1);
        keeper.change("P-0507", 5);
        REQUIRE(eventually([&] { return keeper.has_alert(ipc::AlertKind::late); }));
        CHECK(eventually([&] { return keeper.cart().late == 2; }));
        CHECK(eventually([&] { return keeper.trouble() == "connect"; }));
        rig().start_web_server();
        REQUIRE(keeper.rests());
        keeper.check_counts();
        CHECK(!keeper.has_alert(ipc::AlertKind::late));
    }

    TEST_CASE("without PHP a post is in doubt, and its repeat under the key applies it once") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper keeper{shop, {"P-0508"}};
            keeper.change("P-0508", -1);
            REQUIRE(keeper.rests());
            rig().stop_php();
            keeper.change("P-0508", -1);
            REQUIRE(eventually([&] { return keeper.cart().uncertain == 1; }));
            rig().start_php();
            REQUIRE(keeper.rests());
            keeper.check_counts();
        }
    }

    TEST_CASE("a PHP worker that is killed in mid-request leaves a doubt that ends with one change") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper keeper{shop, {"P-0509", "P-0510"}};
            keeper.change("P-0510", -1);
            REQUIRE(keeper.rests());
            auto watcher = rig().session(shop);
            auto holder = rig().session(shop);
            holder.query(lock_product(shop, "P-0509"));
            keeper.change("P-0509", -3);
            REQUIRE(somebody_waits(watcher));
            rig().kill_php_workers();
            REQUIRE(eventually([&] { return keeper.cart().uncertain == 1; }));
            holder.query("ROLLBACK");
            REQUIRE(keeper.rests());
            keeper.check_counts();
        }
    }

    TEST_CASE(
        "a database that is stopped, crashes and comes back in the middle of the work loses and doubles "
        "nothing") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) forget(shop);
        Keeper innodb{Shop::classic_innodb, {"P-0511", "P-0512", "P-0513"}};
        Keeper five{Shop::xcart5, {"P-0511", "P-0512", "P-0513"}};
        const auto work = [&] {
            for (const char* sku : {"P-0511", "P-0512", "P-0513"})
                for (auto* keeper : {&innodb, &five}) keeper->change(sku, sku[5] % 2 == 0 ? -1 : 1);
        };
        for (int round = 0; round < 2; ++round) {
            work();
            if (round == 0)
                rig().stop_database();
            else
                rig().crash_database();
            work();
            REQUIRE(eventually([&] { return !innodb.trouble().empty() && !five.trouble().empty(); }));
            rig().start_database();
            work();
            for (auto* keeper : {&innodb, &five}) {
                ipc::stack::Retry retry;  // sooner than the script has asked for
                retry.cart = "shop";
                keeper->agent.must(retry);
                REQUIRE(keeper->rests());
                keeper->check_counts();
            }
        }
    }

    TEST_CASE(
        "a web server that gives up before the change is done leaves a doubt that ends with one change") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper keeper{shop, {"P-0514", "P-0515"}, Trust::rig, Door::hasty};
            keeper.change("P-0515", -1);
            REQUIRE(keeper.rests());
            auto watcher = rig().session(shop);
            auto holder = rig().session(shop);
            holder.query(lock_product(shop, "P-0514"));
            keeper.change("P-0514", -2);
            REQUIRE(somebody_waits(watcher));
            REQUIRE(eventually([&] { return keeper.cart().uncertain == 1; }));
            CHECK(keeper.posts().at(0).last_error->code == "http_error");
            holder.query("ROLLBACK");
            REQUIRE(keeper.rests());
            keeper.check_counts();
        }
    }

    TEST_CASE("a second agent is refused until it takes the store over; the first one then stops") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper first{shop, {"P-0516"}};
            first.change("P-0516", -1);
            REQUIRE(first.rests());
            Keeper second{shop, {"P-0516"}};
            second.change("P-0516", -2);
            REQUIRE(eventually([&] { return second.trouble() == "other_agent"; }));
            CHECK(second.has_alert(ipc::AlertKind::other_agent));
            CHECK(rig().count(shop, "P-0516") == first.book["P-0516"]);
            ipc::carts::Takeover takeover;
            takeover.cart = "shop";
            second.agent.must(takeover);
            REQUIRE(second.rests());
            second.check_counts();
            first.change("P-0516", -4);
            REQUIRE(eventually([&] { return first.trouble() == "other_agent"; }));
            second.check_counts();
            CHECK(first.posts().size() == 1);
        }
    }

    TEST_CASE(
        "a store that was restored from a backup is noticed at the next post and goes on once accepted") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            Keeper keeper{shop, {"P-0517", "P-0518"}};
            for (int n = 0; n < 2; ++n) {
                keeper.change("P-0517", -1);
                REQUIRE(keeper.rests());
            }
            auto database = rig().session(shop);
            const auto backed_up = rig().count(shop, "P-0517");
            for (const auto& table : {keys_of(shop), meta_of(shop)})
                database.query("DROP TABLE IF EXISTS kept_" + table + "; CREATE TABLE kept_" + table +
                               " AS SELECT * FROM " + table);
            for (int n = 0; n < 3; ++n) {
                keeper.change("P-0517", -1);
                REQUIRE(keeper.rests());
            }
            for (const auto& table : {keys_of(shop), meta_of(shop)})
                database.query("DELETE FROM " + table + "; INSERT INTO " + table + " SELECT * FROM kept_" +
                               table + "; DROP TABLE kept_" + table);
            rig().set_count(shop, "P-0517", backed_up);
            keeper.change("P-0518", -1);
            REQUIRE(eventually([&] { return keeper.trouble() == "store_restored"; }));
            CHECK(keeper.has_alert(ipc::AlertKind::restored));
            keeper.change("P-0518", -1);
            CHECK(keeper.cart().queued == 1);
            ipc::carts::AcceptStore accept;
            accept.cart = "shop";
            keeper.agent.must(accept);
            REQUIRE(keeper.rests());
            CHECK(rig().count(shop, "P-0518") == keeper.book["P-0518"]);
            CHECK(keeper.cart().health == ipc::Health::ok);
            CHECK(!keeper.has_alert(ipc::AlertKind::restored));
        }
    }

    TEST_CASE("many posts that waited go out together") {
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            CAPTURE(name_of(shop));
            forget(shop);
            std::vector<std::string> skus;
            for (int n = 600; n < 1'000; ++n) skus.push_back(fmt::format("P-{:04}", n));
            const int before = rig().calls("invupdate");
            Keeper keeper{shop, skus};
            keeper.change("P-0600", -1);
            REQUIRE(keeper.rests());
            // A web server notes a call behind its answer.
            REQUIRE(wait_until([&] { return rig().calls("invupdate") > before; }));
            ipc::stack::Pause pause;
            pause.cart = "shop";
            keeper.agent.must(pause);
            std::vector<std::pair<std::string, std::int64_t>> changes;
            for (const auto& sku : skus) changes.emplace_back(sku, -1);
            keeper.change(changes);
            const int single = rig().calls("invupdate");
            const int batches = rig().calls("invbatch");
            ipc::stack::Resume resume;
            resume.cart = "shop";
            keeper.agent.must(resume);
            REQUIRE(keeper.rests());
            keeper.check_counts();
            CHECK(rig().calls("invupdate") == single);
            CHECK(wait_until([&] { return rig().calls("invbatch") > batches; }));
            CHECK(rig().calls("invbatch") - batches <= 8);
        }
    }

    TEST_CASE("without keys a doubt ends when the Order Manager has imported the shop's orders") {
        STOCKTRAY_NEEDS_RIG();
        const Shop shop = Shop::classic_myisam;
        forget(shop);
        Keeper keeper{shop, {"P-0519", "P-0520"}};
        keeper.change("P-0520", -1);
        REQUIRE(keeper.rests());
        auto watcher = rig().session(shop);
        auto holder = rig().session(shop);
        // Readers pass, the change waits; whether the killed worker's change is done later, only the counts
        // can tell.
        holder.query("LOCK TABLES xcart_products READ, xcart_variants READ");
        keeper.change("P-0519", -3);
        REQUIRE(wait_until([&] {
            return watcher.number(
                       "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for "
                       "table%'") > 0;
        }));
        rig().kill_php_workers();
        REQUIRE(eventually([&] { return keeper.cart().uncertain == 1; }));
        holder.query("UNLOCK TABLES");
        const auto order = rig().sell(shop, "P-0519", 2);
        REQUIRE(eventually([&] { return keeper.cart().parked == 1; }));
        CHECK(keeper.posts().at(0).waiting_for == ipc::WaitingFor::order_import);
        // Later differences do not wait for the doubt.
        keeper.change("P-0519", -1);
        REQUIRE(eventually([&] { return keeper.cart().queued + keeper.cart().sending == 0; }));

        ipc::qoh::Change import;
        import.id = "w1";
        import.sku = "P-0519";
        import.delta = -2;
        import.reason = ipc::Reason::web_order_imported;
        import.origin_cart = "shop";
        import.order = std::to_string(order);
        CHECK(keeper.agent.must(ipc::qoh::Submit{"om", {import}}).accepted == 1);
        keeper.book["P-0519"] -= 2;
        keeper.import_orders(std::to_string(order), {{std::to_string(order), {{.sku = "P-0519", .qty = 2}}}});
        REQUIRE(keeper.rests());
        keeper.check_counts();
    }
}
