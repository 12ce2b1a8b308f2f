// The agent and a desktop's keyring: a session bus of its own with a Secret Service behind it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/agent/bench.h"
#include "tests/support/wait_until.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

class Desktop {
public:
    // `items`: what the keyring has, as secret_service.py writes it down.
    explicit Desktop(const std::string& items = {}) {
        if (!items.empty()) std::ofstream{dir_.path() / "items.json"} << items;
        bus_.emplace(Command{{"dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + address()}, {}, {}});
        REQUIRE(wait_until([&] { return std::filesystem::exists(dir_.path() / "bus"); }));
        service_.emplace(Command{{"/usr/bin/python3", STOCKTRAY_SOURCE_DIR "/tests/agent/keyring/secret_service.py", dir_.path().string()},
                                 {{"DBUS_SESSION_BUS_ADDRESS", address()}},
                                 {}});
        REQUIRE_MESSAGE(wait_until([&] { return std::filesystem::exists(dir_.path() / "ready") || !service_->is_running(); }),
                        service_->errors());
    }

    [[nodiscard]] AgentProcess::Options options() const {
        AgentProcess::Options options;
        const auto at = options.configuration.find("\"file\"");
        options.configuration.replace(at, 6, "\"auto\"");
        options.environment = {{"DBUS_SESSION_BUS_ADDRESS", address()}};
        return options;
    }
    void lock() { std::ofstream{dir_.path() / "locked"}; }
    void unlock() { std::filesystem::remove(dir_.path() / "locked"); }
    [[nodiscard]] bool has_asked() const { return std::filesystem::exists(dir_.path() / "asked"); }
    [[nodiscard]] std::string items() const {
        std::ifstream file{dir_.path() / "items.json"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    [[nodiscard]] std::string address() const { return "unix:path=" + (dir_.path() / "bus").string(); }

    TempDir dir_;
    std::optional<Process> bus_;
    std::optional<Process> service_;
};

ipc::carts::Test test_of_cart() {
    ipc::carts::Test test;
    test.cart = "main";
    return test;
}

void define_without_password(AgentProcess& agent, const PracticeStore& store) {
    auto cart = cart_for("main", store.url(), store.user(), "");
    cart.password.reset();
    agent.must(cart);
}

bool is_usable(AgentProcess& agent) { return agent.must(test_of_cart()).ok; }

bool is_in_file(AgentProcess& agent) { return std::filesystem::exists(agent.data_dir() / "passwords.json"); }

}  // namespace

TEST_SUITE("Keyring") {
    TEST_CASE("passwords are in it, under the agent's own id, and read again after a start") {
        Desktop desktop;
        Bench bench{{.agent = desktop.options()}};
        CHECK(!is_in_file(bench.agent));
        const auto agent = bench.agent.must(ipc::agent::Hello{"test", 1}).agent;
        CHECK(desktop.items().find(fmt::format("\"agent\": \"{}\"", agent)) != std::string::npos);
        CHECK(desktop.items().find(bench.store.password()) != std::string::npos);
        bench.agent.kill();
        bench.agent.start();
        const auto count = bench.store.count("SKU-0002");
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(bench.rests());
        CHECK(bench.store.count("SKU-0002") == count - 1);
        bench.agent.must(ipc::carts::Delete{.cart = "main"});
        CHECK(eventually([&] { return desktop.items() == "{}"; }));
    }

    TEST_CASE("one that is locked holds up its cart and nothing else, until somebody unlocks it") {
        Desktop desktop;
        Bench bench{{.agent = desktop.options()}};
        const auto count = bench.store.count("SKU-0002");
        CHECK(bench.agent.stop() == 0);
        desktop.lock();
        bench.agent.start();
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.cart().last_error && bench.cart().last_error->code == "no_password"; }));
        CHECK(bench.store.count("SKU-0002") == count);
        ipc::carts::Update update;
        update.cart = "main";
        update.password = ipc::Secret{"never kept"};
        CHECK(complaint(bench.agent, update).starts_with("The keyring has not taken the password"));
        desktop.unlock();
        REQUIRE(bench.rests(60s));
        CHECK(bench.store.count("SKU-0002") == count - 1);
        CHECK(desktop.items().find("never kept") == std::string::npos);
    }

    TEST_CASE("an agent that is stopped while it is locked ends in time") {
        Desktop desktop;
        Bench bench{{.agent = desktop.options()}};
        CHECK(bench.agent.stop() == 0);
        desktop.lock();
        bench.agent.start();
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.cart().last_error && bench.cart().last_error->code == "no_password"; }));
        CHECK(bench.agent.stop() == 0);
    }

    TEST_CASE("an agent whose passwords are in it does not look for them elsewhere when there is none") {
        auto desktop = std::make_unique<Desktop>();
        Bench bench{{.agent = desktop->options()}};
        CHECK(bench.agent.stop() == 0);
        desktop.reset();
        bench.agent.start();
        bench.submit("c1", "SKU-0002", -1);
        REQUIRE(eventually([&] { return bench.cart().last_error && bench.cart().last_error->code == "no_password"; }));
        CHECK(bench.cart().health != ipc::Health::credentials);
        CHECK(!is_in_file(bench.agent));
    }

    TEST_CASE("a cart that is deleted while it is locked leaves no password in it") {
        Desktop desktop;
        Bench bench{{.agent = desktop.options()}};
        desktop.lock();
        bench.agent.must(ipc::carts::Delete{.cart = "main"});
        REQUIRE(eventually([&] { return desktop.has_asked(); }));
        CHECK(desktop.items() != "{}");
        desktop.unlock();
        CHECK(eventually([&] { return desktop.items() == "{}"; }));
    }

    TEST_CASE("an agent whose passwords are in its file does not look for them in a keyring that is there now") {
        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        Desktop desktop;
        AgentProcess agent{desktop.options()};
        std::filesystem::create_directories(agent.data_dir());
        std::ofstream{agent.data_dir() / "passwords.json"} << fmt::format(R"({{"main": "{}"}})", store.password());
        agent.start();
        define_without_password(agent, store);
        CHECK(is_usable(agent));
        CHECK(desktop.items().empty());
    }

    TEST_CASE("a password that versions before kept for all agents of a user is taken over, also from a locked one") {
        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        Desktop desktop{fmt::format(R"({{"/org/freedesktop/secrets/collection/login/1": {{"label": "Stocktray: cart main", "secret": "{}",
            "attributes": {{"xdg:schema": "org.stocktray.Cart", "cart": "main"}}}}}})", store.password())};
        desktop.lock();
        AgentProcess agent{desktop.options()};
        agent.start();
        define_without_password(agent, store);
        CHECK(complaint(agent, test_of_cart()) == "The keyring has not told the password yet.");
        REQUIRE(eventually([&] { return desktop.has_asked(); }));
        desktop.unlock();
        REQUIRE_MESSAGE(eventually([&] { return agent.call(test_of_cart()).has_value(); }), complaint(agent, test_of_cart()));
        CHECK(is_usable(agent));
        const auto id = agent.must(ipc::agent::Hello{"test", 1}).agent;
        CHECK(desktop.items().find(fmt::format("\"agent\": \"{}\"", id)) != std::string::npos);
    }
}
