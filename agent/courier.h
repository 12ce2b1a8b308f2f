// Carries the controller's questions to the carts: a dialogue each, by HTTP, and brings back what came of it.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/http/http_client.h"
#include "core/random.h"
#include "core/stack/asks.h"
#include "ipc/codec/framing.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

// What came back. The pages of an exchange come before its answer, in their order.
struct CountsPage {
    stack::ExchangeId exchange{0};
    std::vector<cart::ReadCount> items;
    std::int32_t answer{0};  // of the store, in which they stand
};
struct Answer {
    stack::ExchangeId exchange{0};
    cart::Done done;
};
using Delivery = std::variant<CountsPage, Answer>;

// A test of a cart that a client waits for.
struct TestAnswer {
    ipc::ReplyTo to;
    cart::ProbeResult result;
};

class Courier {
public:
    Courier(http::HttpClient& http, Random random) noexcept : http_{http}, random_{random} {}

    // `no_password`: why the cart's password cannot be read. Then nothing leaves; it comes back as a cart that was not reached.
    void carry(stack::Ask ask, cart::Access access, const cart::Learned& learned, std::int64_t batch_size,
               std::optional<std::string> no_password);
    void test(ipc::ReplyTo to, cart::Access access);

    // Takes what libcurl has finished, lets each dialogue go on, and collects what is done.
    void go_on();

    // No more than a turn can take in without keeping others waiting; answers before pages. A list that comes in
    // faster than that is stopped on its way.
    [[nodiscard]] std::vector<Delivery> take_deliveries();
    [[nodiscard]] std::vector<TestAnswer> take_tests() { return std::exchange(tests_, {}); }
    // Questions still under way.
    [[nodiscard]] std::size_t running() const noexcept { return errands_.size(); }
    [[nodiscard]] bool has_deliveries() const noexcept { return !answers_.empty() || !pages_.empty() || !tests_.empty(); }

    // Ends what is under way. Posts whose answer has not come stay `sending`: in doubt at the next start.
    void abandon();

    // Pages that have come and were not taken yet.
    using Pages = std::deque<CountsPage>;

private:
    using For = std::variant<stack::ExchangeId, ipc::ReplyTo>;
    struct Errand {
        For whom;
        std::unique_ptr<cart::Dialogue> dialogue;
        std::optional<std::string> no_password{};
    };

    struct Remembered {
        std::string url;
        std::shared_ptr<cart::xcart_rest::Memory> memory;
    };

    [[nodiscard]] std::shared_ptr<cart::xcart_rest::Memory> memory_of(stack::CartKey cart, const cart::Access& access);
    void begin(Errand errand);
    void next(http::HttpClient::Id id, cart::Step step);

    http::HttpClient& http_;
    Random random_;
    std::map<http::HttpClient::Id, Errand> errands_;
    std::map<stack::CartKey, Remembered> memories_;
    std::deque<Answer> answers_;
    Pages pages_;
    std::vector<TestAnswer> tests_;
    http::HttpClient::Id last_{0};
};

}  // namespace stocktray::agent
