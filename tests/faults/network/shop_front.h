// A practice store behind a front that answers as the test says, and an agent's cart of it.
#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "tests/agent/agent_process.h"
#include "tests/support/practice_store.h"
#include "tests/support/server/scripted_server.h"

namespace stocktray::tests {

// The store does what is asked first: only then does it matter what comes back.
class ShopFront {
public:
    // Plays one answer; `honest` is what the store has said. The connection ends with it.
    using Answer = std::function<void(test::Connection&, const std::string& honest)>;

    ShopFront() : ShopFront(Answer{}, std::nullopt) {}
    explicit ShopFront(Answer answer, std::optional<test::TlsIdentity> tls = std::nullopt);

    PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};

    // From now on every answer is the one given, until the front is honest again.
    void turn() noexcept { is_turned_ = true; }
    void be_honest() noexcept { is_turned_ = false; }
    // While it is turned, requests about this SKU do not reach the store.
    static constexpr const char* never_applied = "SKU-0002";

    [[nodiscard]] std::string url() const { return server_.url("/stocktray.php"); }
    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }

private:
    void serve(test::Connection& connection);

    Answer answer_;
    std::atomic<bool> is_turned_{false};
    test::ScriptedServer server_;  // the last: its threads use the rest
};

// An agent whose carts are tried often and given up soon.
struct ShortPatience {
    // `more`: lines of agent.toml.
    explicit ShortPatience(const std::string& more = "", AgentProcess::Options options = {});

    AgentProcess agent;

    void add_cart(const std::string& id, const std::string& url, const PracticeStore& store,
                  std::chrono::milliseconds patience = std::chrono::seconds{1});
    void submit(const std::string& id, const std::string& sku, std::int64_t delta);
    [[nodiscard]] ipc::agent::CartStatus cart(const std::string& id);
    // Waits until its last error is `code`. What it is in the end, with its words: the next try may have another error, or
    // none.
    [[nodiscard]] ipc::Trouble last_error(const std::string& id, const std::string& code);
    [[nodiscard]] bool says(const std::string& id, const std::string& code) { return last_error(id, code).code == code; }
    [[nodiscard]] bool is_late(const std::string& id);
    [[nodiscard]] bool rests(std::chrono::milliseconds limit = std::chrono::seconds{60});
    // Confirmed so far for this cart, while others may hang.
    [[nodiscard]] bool rests(const std::string& id, std::chrono::milliseconds limit = std::chrono::seconds{60});
};

}  // namespace stocktray::tests
