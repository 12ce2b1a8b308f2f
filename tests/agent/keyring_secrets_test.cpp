// Passwords in a keyring that is slow, locked or away.
#include "agent/keyring_secrets.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "tests/support/wait_until.h"

namespace stocktray::agent {
namespace {

using namespace std::chrono_literals;
using tests::wait_until;

// What all agents of one user see.
struct Drawer {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::pair<std::string, std::string>, std::string> items;  // by agent and cart
    bool is_locked{false};  // calls wait, as for a person who does not come
    bool is_broken{false};
    bool asks_to_store{false};  // what is stored waits for a person, and nothing else does
    bool lets_go{true};  // of a call when the agent ends
    int looks{0};
    int waiting{0};
    int stored{0};
    bool is_gone{false};  // the last keyring

    void unlock() {
        const std::lock_guard lock{mutex};
        is_locked = asks_to_store = false;
        changed.notify_all();
    }
    [[nodiscard]] bool waits() {
        return wait_until([this] {
            const std::lock_guard lock{mutex};
            return waiting > 0;
        });
    }
    [[nodiscard]] bool has(const std::string& agent, const std::string& cart) {
        const std::lock_guard lock{mutex};
        return items.contains({agent, cart});
    }
    void set_broken(bool broken) {
        const std::lock_guard lock{mutex};
        is_broken = broken;
    }
};

class FakeKeyring final : public Keyring {
public:
    explicit FakeKeyring(Drawer& drawer) : drawer_{drawer} {}
    ~FakeKeyring() override {
        const std::lock_guard lock{drawer_.mutex};
        drawer_.is_gone = true;
    }

    Result<void> unlock() override {
        std::unique_lock lock{drawer_.mutex};
        return open(lock);
    }
    Result<std::optional<std::string>> look_up(const Item& item) override {
        std::unique_lock lock{drawer_.mutex};
        ++drawer_.looks;
        if (auto opened = open(lock); !opened) return Failure{opened.error()};
        const auto found = drawer_.items.find({item.agent, item.cart});
        return found == drawer_.items.end() ? std::nullopt : std::optional{found->second};
    }
    Result<void> store(const Item& item, const std::string& password) override {
        std::unique_lock lock{drawer_.mutex};
        ++drawer_.waiting;
        drawer_.changed.wait(lock, [this] { return !drawer_.asks_to_store || has_ended_; });
        --drawer_.waiting;
        if (auto opened = open(lock); !opened) return opened;
        ++drawer_.stored;
        drawer_.items[{item.agent, item.cart}] = password;
        return {};
    }
    Result<void> clear(const Item& item) override {
        std::unique_lock lock{drawer_.mutex};
        if (auto opened = open(lock); !opened) return opened;
        drawer_.items.erase({item.agent, item.cart});
        return {};
    }
    void end() noexcept override {
        const std::lock_guard lock{drawer_.mutex};
        has_ended_ = drawer_.lets_go;
        drawer_.changed.notify_all();
    }

private:
    Result<void> open(std::unique_lock<std::mutex>& lock) {
        ++drawer_.waiting;
        drawer_.changed.wait(lock, [this] { return !drawer_.is_locked || has_ended_; });
        --drawer_.waiting;
        if (has_ended_) return fail(ErrorCode::busy, "It was given up.");
        if (drawer_.is_broken) return fail(ErrorCode::storage, "The keyring cannot be read: it is broken.");
        return {};
    }

    Drawer& drawer_;
    bool has_ended_{false};
};

// Long waits where an answer comes, short ones where none does.
constexpr KeyringSecrets::Patience patient{.reading = 60s, .writing = 60s, .again_after = 0ms, .ending = 60s};
constexpr KeyringSecrets::Patience hasty{.reading = 20ms, .writing = 20ms, .again_after = 0ms, .ending = 60s};

struct Agent {
    std::atomic<int> uses{0};
    KeyringSecrets secrets;
    Agent(Drawer& drawer, const std::string& id, KeyringSecrets::Patience patience = patient)
        : secrets{std::make_unique<FakeKeyring>(drawer), id, patience, [this] { ++uses; }} {}
};

}  // namespace

TEST_SUITE("KeyringSecrets") {
    TEST_CASE("what_was_put_is_told_and_read_once_only") {
        Drawer drawer;
        {
            Agent agent{drawer, "one"};
            CHECK(agent.secrets.get("main").value() == "");
            CHECK(agent.uses == 0);
            REQUIRE(agent.secrets.put("main", "secret"));
            CHECK(agent.secrets.get("main").value() == "secret");
            CHECK(agent.uses == 1);
        }
        Agent agent{drawer, "one"};
        CHECK(agent.secrets.get("main").value() == "secret");
        const int looks = drawer.looks;
        CHECK(agent.secrets.get("main").value() == "secret");
        CHECK(drawer.looks == looks);
    }

    TEST_CASE("two_agents_of_a_user_do_not_share_a_password") {
        Drawer drawer;
        Agent one{drawer, "one"};
        Agent two{drawer, "two"};
        REQUIRE(one.secrets.put("main", "of one"));
        REQUIRE(two.secrets.put("main", "of two"));
        CHECK(one.secrets.get("main").value() == "of one");
        Agent again{drawer, "one"};
        CHECK(again.secrets.get("main").value() == "of one");
    }

    TEST_CASE("a_password_that_was_kept_for_all_agents_becomes_each_ones_own") {
        Drawer drawer;
        drawer.items[{"", "main"}] = "shared";
        Agent one{drawer, "one"};
        CHECK(one.secrets.get("main").value() == "shared");
        CHECK(drawer.has("one", "main"));
        Agent two{drawer, "two"};
        CHECK(two.secrets.get("main").value() == "shared");
        REQUIRE(one.secrets.put("main", "new"));
        CHECK(Agent{drawer, "two"}.secrets.get("main").value() == "shared");
        CHECK(Agent{drawer, "one"}.secrets.get("main").value() == "new");
    }

    TEST_CASE("a_locked_keyring_is_no_empty_password_and_holds_nobody_up") {
        Drawer drawer;
        drawer.items[{"one", "main"}] = "secret";
        drawer.is_locked = true;
        Agent agent{drawer, "one", hasty};
        agent.secrets.expect("main");
        REQUIRE(drawer.waits());
        CHECK(agent.secrets.get("main").error().message == "The keyring has not told the password yet.");
        drawer.unlock();
        CHECK(wait_until([&] { return agent.secrets.get("main").has_value(); }));
        CHECK(agent.secrets.get("main").value() == "secret");
    }

    TEST_CASE("a_keyring_that_fails_is_told_in_its_words_and_asked_again") {
        Drawer drawer;
        drawer.items[{"one", "main"}] = "secret";
        drawer.is_broken = true;
        Agent agent{drawer, "one"};
        CHECK(agent.secrets.get("main").error().message == "The keyring cannot be read: it is broken.");
        CHECK(!agent.secrets.put("main", "other"));
        drawer.set_broken(false);
        CHECK(agent.secrets.get("main").value() == "secret");
    }

    TEST_CASE("a_password_that_was_not_taken_in_time_is_not_written_later") {
        Drawer drawer;
        drawer.items[{"one", "main"}] = "before";
        drawer.is_locked = true;
        Agent agent{drawer, "one", hasty};
        CHECK(!agent.secrets.put("main", "late"));
        REQUIRE(drawer.waits());
        drawer.unlock();
        CHECK(wait_until([&] { return agent.secrets.get("main").has_value(); }));
        CHECK(agent.secrets.get("main").value() == "before");
        const std::lock_guard lock{drawer.mutex};
        CHECK(drawer.stored == 0);
    }

    TEST_CASE("a_password_that_a_person_lets_in_too_late_is_taken_back") {
        for (const bool is_first : {false, true}) {
            Drawer drawer;
            if (!is_first) drawer.items[{"one", "main"}] = "before";
            drawer.asks_to_store = true;
            Agent agent{drawer, "one", hasty};
            CHECK(!agent.secrets.put("main", "late"));
            REQUIRE(drawer.waits());
            drawer.unlock();
            CHECK(wait_until([&] {
                const std::lock_guard lock{drawer.mutex};
                if (is_first) return drawer.stored == 1 && drawer.items.empty();
                return drawer.stored == 2 && drawer.items.at({"one", "main"}) == "before";
            }));
            CHECK(wait_until([&] { return agent.secrets.get("main").has_value(); }));
            CHECK(agent.secrets.get("main").value() == (is_first ? "" : "before"));
        }
    }

    TEST_CASE("what_is_forgotten_is_gone_from_the_keyring") {
        Drawer drawer;
        drawer.items[{"", "main"}] = "shared";
        Agent agent{drawer, "one"};
        REQUIRE(agent.secrets.put("main", "secret"));
        agent.secrets.forget("main");
        CHECK(wait_until([&] { return !drawer.has("one", "main") && !drawer.has("", "main"); }));
        CHECK(agent.secrets.get("main").value() == "");
    }

    TEST_CASE("an_agent_ends_while_its_keyring_is_locked") {
        Drawer drawer;
        drawer.is_locked = true;
        Agent agent{drawer, "one", hasty};
        agent.secrets.expect("main");
        CHECK(drawer.waits());
    }

    TEST_CASE("an_agent_ends_although_its_keyring_does_not_let_go") {
        Drawer drawer;
        drawer.is_locked = true;
        drawer.lets_go = false;
        {
            KeyringSecrets secrets{std::make_unique<FakeKeyring>(drawer), "one", {.ending = 20ms}, [] {}};
            secrets.expect("main");
            REQUIRE(drawer.waits());
        }
        drawer.unlock();  // the thread that was left behind goes on with what is its own
        CHECK(wait_until([&] {
            const std::lock_guard lock{drawer.mutex};
            return drawer.is_gone;
        }));
    }
}

}  // namespace stocktray::agent
