#include "agent/gateway/script/cart_directory.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <condition_variable>

#include "agent/gateway/ask.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto refreshed_every = 15s;
constexpr auto unknown_asked_every = 100ms;
constexpr std::string_view remembered_as = "carts";

}  // namespace

std::optional<ipc::carts::Cart> CartDirectory::find(std::string_view id) {
    const auto known = [&]() -> std::optional<ipc::carts::Cart> {
        const std::lock_guard lock{mutex_};
        const auto found = std::ranges::find(carts_, id, &ipc::carts::Cart::cart);
        return found == carts_.end() ? std::nullopt : std::optional{*found};
    };
    if (auto cart = known()) return cart;
    refresh(unknown_asked_every);
    return known();
}

std::vector<ipc::carts::Cart> CartDirectory::all() {
    const std::lock_guard lock{mutex_};
    return carts_;
}

void CartDirectory::refresh(std::chrono::steady_clock::duration unless_within) {
    const std::lock_guard asking{asking_};
    const auto now = std::chrono::steady_clock::now();
    if (asked_ && now - *asked_ < unless_within) return;
    if (!asked_)
        if (const auto kept = ledger_.remembered(remembered_as); kept && *kept) {
            const auto document = ipc::Document::parse(**kept);
            if (auto carts = ipc::decode<ipc::carts::ListResult>(document.root(), ipc::Reading::lenient)) {
                const std::lock_guard lock{mutex_};
                carts_ = std::move(carts->carts);
            }
        }
    auto told = ask(outbox_, ipc::carts::List{}, 2s);
    asked_ = now;  // what has come while it was asked may not be in the answer
    if (!told) spdlog::debug("the carts could not be asked for: {}", told.error().message);
    if (!told || told->carts == all()) return;
    if (auto kept = ledger_.remember(remembered_as, ipc::encode(*told)); !kept) spdlog::error("{}", kept.error().message);
    const std::lock_guard lock{mutex_};
    carts_ = std::move(told->carts);
}

void CartDirectory::run(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    while (!stop.stop_requested()) {
        refresh({});
        never.wait_for(lock, stop, refreshed_every, [] { return false; });
    }
}

}  // namespace stocktray::gateway
