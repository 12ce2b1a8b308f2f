// downloadqoh and getproductscount, answered from what the agent knows: a store that hangs does not keep the Order
// Manager waiting, and the counts are those that the Order Manager should have.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "agent/gateway/door.h"
#include "core/cart/seti/form_fields.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

using cart::seti::FormFields;

class CountsDesk {
public:
    explicit CountsDesk(const Surroundings& surroundings) noexcept : surroundings_{surroundings} {}

    // None: the agent cannot be asked, or knows no count of this cart; then the store is.
    //
    // What is told is the store's latest count and what has not arrived there yet: posts under way, pieces kept back (the buffer),
    // and pieces of web orders that the Order Manager will still take off by itself.
    [[nodiscard]] std::optional<std::string> page(const ipc::carts::Cart& cart, const std::string& client, const FormFields& form);
    [[nodiscard]] std::optional<std::int64_t> products(const ipc::carts::Cart& cart);

private:
    // Where a client's last page ended.
    struct Place {
        std::int64_t next{1};
        std::optional<std::string> after;
    };

    const Surroundings& surroundings_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Place> places_;
    std::map<std::string, std::pair<std::int64_t, std::chrono::steady_clock::time_point>> counted_;
};

}  // namespace stocktray::gateway
