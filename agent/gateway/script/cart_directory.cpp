#include "agent/gateway/script/cart_directory.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <condition_variable>

#include "agent/gateway/ask.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto refreshed_every = 15s;
constexpr std::string_view remembered_as = "carts";

}  // namespace

std::optional<ipc::carts::Cart> CartDirectory::find(std::string_view id) {
    const auto known = [&]() -> std::optional<ipc::carts::Cart> {
        const std::lock_guard lock{mutex_};
        const auto found = std::ranges::find(carts_, id, &ipc::carts::Cart::cart);
        return found == carts_.end() ? std::nullopt : std::optional{*found};
    };
    if (auto cart = known()) return cart;
    refresh(std::chrono::steady_clock::now());
    return known();
}

std::vector<ipc::carts::Cart> CartDirectory::all() {
    const std::lock_guard lock{mutex_};
    return carts_;
}

void CartDirectory::refresh(std::chrono::steady_clock::time_point unless_since) {
    const std::lock_guard asking{asking_};
    const auto now = std::chrono::steady_clock::now();
    if (asked_ && *asked_ >= unless_since) return;
    if (!asked_)
        if (const auto kept = ledger_.remembered(remembered_as); kept && *kept) {
            const auto document = ipc::Document::parse(**kept);
            if (auto carts = ipc::decode<ipc::carts::ListResult>(document.root(), ipc::Reading::lenient)) {
                const std::lock_guard lock{mutex_};
                carts_ = std::move(carts->carts);
            }
        }
    auto told = ask_for_carts(outbox_, 2s);
    asked_ = now;  // what has come while it was asked may not be in the answer
    if (!told) spdlog::debug("the carts could not be asked for: {}", told.error().message);
    if (!told) return;
    for (auto& cart : told->carts) {  // long lists that only the agent needs: a cart is copied for each request
        cart.exclude.clear();
        cart.sku_map.clear();
    }
    if (told->carts == all()) return;
    if (auto kept = ledger_.remember(remembered_as, ipc::encode(*told)); !kept) spdlog::error("{}", kept.error().message);
    const std::lock_guard lock{mutex_};
    carts_ = std::move(told->carts);
}

void CartDirectory::run(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    while (!stop.stop_requested()) {
        refresh(std::chrono::steady_clock::now());
        never.wait_for(lock, stop, refreshed_every, [] { return false; });
    }
}

}  // namespace stocktray::gateway
