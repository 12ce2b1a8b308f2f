// The table [script] of gateway.toml.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "agent/settings.h"
#include "core/result.h"

namespace stocktray::gateway {

// Who sends a change of one count to all carts.
enum class FanOut {
    stocktray,      // one cart's posts are counted and go to all carts; the others' are answered and not counted
    order_manager,  // it posts to each cart itself: each post goes to its own cart only
};

struct ScriptOptions {
    std::string address{"127.0.0.1"};
    std::uint16_t port{5780};
    bool allows_plain_http{false};  // also where others could listen in
    std::string certificate{};      // files, PEM; with both of them it is https
    std::string key{};
    FanOut fan_out{FanOut::stocktray};
    std::string source{};  // the cart whose posts are counted; empty: the only one there is
    std::string ca_file{}; // certificates trusted for the stores beside the system's
    std::chrono::milliseconds store_silent_for{60'000};

    [[nodiscard]] bool is_https() const noexcept { return !certificate.empty(); }
    // What is entered in the Order Manager before a cart's id.
    [[nodiscard]] std::string url() const;
};

// `invalid`, with the line: a wrong value, or plain http where others could listen in and nobody has allowed it.
[[nodiscard]] Result<ScriptOptions> read_script_options(const settings::File& file, const toml::table& table);

}  // namespace stocktray::gateway
