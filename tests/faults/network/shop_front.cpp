#include "tests/faults/network/shop_front.h"

#include <fmt/format.h>

#include "tests/agent/bench.h"

namespace stocktray::tests {

ShopFront::ShopFront(Answer answer, std::optional<test::TlsIdentity> tls)
    : answer_{std::move(answer)}, server_{[this](test::Connection& connection) { serve(connection); }, std::move(tls)} {}

void ShopFront::serve(test::Connection& connection) {
    while (const auto request = connection.read_request()) {
        FormPost post;
        post.url = store.url();
        post.raw_body = request->substr(request->find("\r\n\r\n") + 4);
        const bool is_turned = is_turned_;
        std::string honest;
        if (!is_turned || post.raw_body.find(never_applied) == std::string::npos) honest = send(post).body;
        if (is_turned && answer_) return answer_(connection, honest);
        if (!connection.send(test::answer(honest))) return;
    }
}

ShortPatience::ShortPatience(const std::string& more, AgentProcess::Options options)
    : agent{[&] {
          options.configuration += more;
          return std::move(options);
      }()} {
    agent.start();
    set_parameter(agent, "SynchQOH", true);
    set_parameter(agent, "SettleSeconds", std::int64_t{1});
    set_parameter(agent, "LatenessSeconds", std::int64_t{2});
}

void ShortPatience::add_cart(const std::string& id, const std::string& url, const PracticeStore& store, std::chrono::milliseconds patience) {
    auto cart = cart_for(id, url, store.user(), store.password());
    cart.timeout_ms = patience.count();
    agent.must(cart);
}

void ShortPatience::submit(const std::string& id, const std::string& sku, std::int64_t delta) {
    agent.must(a_submit({a_change(id, sku, delta)}));
}

ipc::agent::CartStatus ShortPatience::cart(const std::string& id) {
    for (auto& status : agent.must(ipc::agent::Status{}).carts)
        if (status.cart == id) return status;
    throw std::runtime_error{"there is no cart " + id};
}

ipc::Trouble ShortPatience::last_error(const std::string& id, const std::string& code) {
    ipc::Trouble error;
    (void)eventually([&] {
        error = cart(id).last_error.value_or(ipc::Trouble{});
        return error.code == code;
    });
    return error;
}

bool ShortPatience::is_late(const std::string& id) {
    for (const auto& alert : agent.must(ipc::alerts::List{}).alerts)
        if (alert.kind == ipc::AlertKind::late && alert.cart == id) return true;
    return false;
}

bool ShortPatience::rests(std::chrono::milliseconds limit) {
    return eventually([&] {
        const auto stack = agent.must(ipc::agent::Status{}).stack;
        return stack.queued + stack.sending + stack.uncertain + stack.parked + stack.rejected == 0;
    }, limit);
}

bool ShortPatience::rests(const std::string& id, std::chrono::milliseconds limit) {
    return eventually([&] {
        const auto status = cart(id);
        return status.queued + status.sending + status.uncertain + status.parked + status.rejected == 0;
    }, limit);
}

}  // namespace stocktray::tests
