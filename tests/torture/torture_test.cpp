// Hundreds of random changes to a store that fails in every way, an agent that is killed at random instants,
// submissions repeated with their ids until they are answered, and buyers in between. At the end the store's
// counts agree to the piece.
//
// STOCKTRAY_SEED=n runs one seed; STOCKTRAY_SEEDS=n so many; STOCKTRAY_LONG=1 twenty of each kind: more than 1,000 kills.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>

#include "core/random.h"
#include "tests/agent/agent_process.h"
#include "tests/support/faulty_proxy.h"
#include "tests/support/practice_store.h"
#include "tests/support/random_killer.h"
#include "tests/support/seed.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr int skus = 20;
constexpr int least_kills = 13;

std::string sku_of(std::uint64_t n) { return fmt::format("SKU-{:04}", n + 1); }

std::uint16_t port_in(const std::string& url) {
    const auto colon = url.find(':', 7);
    return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

struct WebOrder {
    std::string number;
    std::string sku;
    std::int64_t pieces{0};
};

enum class Sales { none, some };

class Torture {
public:
    Torture(std::uint64_t seed, FaultyProxy::Extension extension, Sales sales)
        : random_{seed},
          sales_{sales},
          store_{PracticeStore::Options{.products = skus, .floor = PracticeStore::Floor::none}},
          proxy_{{.store_port = port_in(store_.url()), .seed = seed * 7 + 1, .faults_in_hundred = 25, .extension = extension}},
          killer_{seed * 11 + 1, 1'000ms} {}

    void run() {
        set_up();
        killer_.watch(agent_.process().id());
        const int least_changes = is_long() ? 250 : 120;
        for (int n = 0; n < least_changes || killer_.kills() < least_kills; ++n) {
            submit(random_change());
            if (sales_ == Sales::some && random_.below(5) == 0) sell();
            if (sales_ == Sales::some && random_.below(20) == 0) import_orders();
        }
        killer_.rest();
        proxy_.heal();
        come_to_rest();
        compare();
    }

private:
    void set_up() {
        agent_.start();
        set_parameter(agent_, "SynchQOH", true);
        set_parameter(agent_, "SettleSeconds", std::int64_t{2});
        set_parameter(agent_, "PositiveGapHours", std::int64_t{0});
        ipc::qoh::Snapshot open{.source = "om", .snapshot = "first", .part = 0};
        agent_.must(open);
        ipc::qoh::Snapshot part{.source = "om", .snapshot = "first", .part = 1, .last = true};
        for (int n = 0; n < skus; ++n) {
            const auto sku = sku_of(static_cast<std::uint64_t>(n));
            book_[sku] = store_.count(sku);
            part.items.push_back({.sku = sku, .qoh = book_[sku]});
        }
        agent_.must(part);
        auto cart = cart_for("main", fmt::format("http://127.0.0.1:{}/stocktray.php", proxy_.port()), store_.user(),
                             store_.password());
        cart.timeout_ms = 1'000;
        agent_.must(cart);
    }

    ipc::qoh::Change random_change() {
        ipc::qoh::Change change;
        change.id = fmt::format("c{}", ++last_id_);
        change.sku = sku_of(random_.below(skus));
        change.delta = static_cast<std::int64_t>(random_.below(12)) - 5;
        change.reason = *change.delta < 0 ? ipc::Reason::phone_order : ipc::Reason::purchase_order_received;
        return change;
    }

    // As an Order Manager does: no answer means unknown, and the same ids are safe.
    template <ipc::Request T>
    typename T::Result ask_until_answered(const T& request) {
        for (;;) {
            if (!agent_.is_running()) {
                agent_.start_without_waiting();
                killer_.watch(agent_.process().id());
            }
            if (auto result = agent_.call(request, 5s)) return std::move(*result);
        }
    }

    void submit(const ipc::qoh::Change& change) {
        const auto result = ask_until_answered(ipc::qoh::Submit{"om", {change}});
        REQUIRE(result.rejected.empty());
        CHECK(result.accepted + result.duplicates == 1);
        book_[change.sku] += *change.delta;
    }

    void sell() {
        WebOrder order;
        order.sku = sku_of(random_.below(skus));
        order.pieces = 1 + static_cast<std::int64_t>(random_.below(3));
        const auto number = store_.sell(order.sku, static_cast<int>(order.pieces));
        if (!number) return;
        order.number = std::to_string(*number);
        not_imported_.push_back(order);
    }

    void import_orders() {
        ipc::orders::Imported imported;
        imported.cart = "main";
        imported.at = static_cast<std::int64_t>(std::time(nullptr)) * 1'000;
        imported.orders.emplace();
        for (const auto& order : not_imported_) {
            ipc::qoh::Change change;
            change.id = fmt::format("c{}", ++last_id_);
            change.sku = order.sku;
            change.delta = -order.pieces;
            change.reason = ipc::Reason::web_order_imported;
            change.origin_cart = "main";
            change.order = order.number;
            submit(change);
            imported.orders->push_back({order.number, {{.sku = order.sku, .qty = order.pieces}}});
            last_order_ = order.number;
        }
        not_imported_.clear();
        imported.last_order = last_order_;
        imported.count = static_cast<std::int64_t>(imported.orders->size());
        (void)ask_until_answered(imported);
    }

    void come_to_rest() {
        if (!agent_.is_running()) agent_.start();
        // The Order Manager goes on importing every now and then, with or without new orders.
        auto next_import = std::chrono::steady_clock::now();
        const bool rests = eventually(
            [&] {
                if (std::chrono::steady_clock::now() >= next_import) {
                    import_orders();
                    next_import = std::chrono::steady_clock::now() + 1'500ms;
                }
                const auto status = agent_.must(ipc::agent::Status{});
                return status.stack.queued + status.stack.sending + status.stack.uncertain + status.stack.rejected == 0;
            },
            90s);
        if (!rests) {
            const auto cart = agent_.must(ipc::agent::Status{}).carts.front();
            MESSAGE(fmt::format("cart {} waits for {}: {}", ipc::to_string(cart.health),
                                cart.waiting_for ? ipc::to_string(*cart.waiting_for) : "nothing",
                                cart.last_error ? cart.last_error->message : ""));
            for (const auto& post : agent_.must(ipc::stack::List{}).posts)
                MESSAGE(fmt::format("post {} {:+} of {}: {} parked {} error {}", post.post, post.delta, post.sku,
                                    ipc::to_string(post.state), post.parked.value_or(false),
                                    post.last_error ? post.last_error->message : ""));
            for (const auto& alert : agent_.must(ipc::alerts::List{}).alerts) MESSAGE(alert.message);
        }
        CHECK(rests);
    }

    void compare() {
        ipc::qoh::List list;
        list.limit = 1'000;
        for (const auto& item : agent_.must(list).items) CHECK(item.om_qoh == book_[item.sku]);
        for (const auto& [sku, count] : book_) {
            CAPTURE(sku);
            CHECK(store_.count(sku) == count);
        }
        std::string faults;
        for (const auto& [fault, count] : proxy_.counts()) faults += fmt::format(" {}:{}", static_cast<int>(fault), count);
        std::cout << fmt::format("  {} changes, {} kills at random instants, requests by fault{}\n", last_id_, killer_.kills(), faults);
    }

    Random random_;
    Sales sales_;
    PracticeStore store_;
    FaultyProxy proxy_;
    AgentProcess agent_;
    RandomKiller killer_;
    std::map<std::string, std::int64_t> book_;
    std::vector<WebOrder> not_imported_;
    std::string last_order_;
    int last_id_{0};
};

std::vector<std::uint64_t> seeds() {
    if (const char* one = std::getenv("STOCKTRAY_SEED")) return {std::stoull(one)};
    std::vector<std::uint64_t> list;
    std::ifstream kept{STOCKTRAY_SOURCE_DIR "/tests/torture/seeds.txt"};  // every seed that ever failed
    for (std::string line; std::getline(kept, line);)
        if (!line.empty() && line.front() != '#') list.push_back(std::stoull(line));
    std::uint64_t more = is_long() ? 20 : 1;
    if (const char* count = std::getenv("STOCKTRAY_SEEDS")) more = std::stoull(count);
    const auto fresh = first_seed();
    for (std::uint64_t n = 0; n < more; ++n) list.push_back(fresh + n);
    return list;
}

void torture(FaultyProxy::Extension extension, Sales sales) {
    for (const auto seed : seeds()) {
        std::cout << fmt::format("torture seed {}\n", seed) << std::flush;
        CAPTURE(seed);
        Torture{seed, extension, sales}.run();
    }
}

}  // namespace

TEST_SUITE("Torture") {
    TEST_CASE("with the extension every count agrees to the piece") {
        torture(FaultyProxy::Extension::visible, Sales::none);
    }
    TEST_CASE("with the extension and buyers every count agrees to the piece") {
        torture(FaultyProxy::Extension::visible, Sales::some);
    }
    TEST_CASE("with any script every doubt ends after the imports and every count agrees") {
        torture(FaultyProxy::Extension::hidden, Sales::none);
    }
    TEST_CASE("with any script and buyers every doubt ends after the imports and every count agrees") {
        torture(FaultyProxy::Extension::hidden, Sales::some);
    }
}
