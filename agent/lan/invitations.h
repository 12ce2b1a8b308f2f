// Tokens by which a workstation becomes a client: good once, for ten minutes, and gone with the agent's run.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/lan/rights.h"

namespace stocktray::agent {

class Invitations {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::minutes good_for{10};
    static constexpr std::size_t most = 100;  // at a time; the oldest goes

    // The token: 32 hexadecimal digits.
    [[nodiscard]] std::string draw(Rights rights, Clock::time_point now);
    // What it gives the owner of this key, who uses it up: the same key may ask again, whose answer was lost. None: it
    // never was, is used up or too old, and nobody is told which.
    [[nodiscard]] std::optional<Rights> redeem(std::string_view token, std::string_view key, Clock::time_point now);
    // What this key has used is used up for it, too: a person has decided anew what it may.
    void forget(std::string_view key);

private:
    struct Open {
        std::string token;
        Rights rights;
        Clock::time_point until;
        std::string used_by{};  // a key; empty: nobody
    };
    std::vector<Open> open_;
};

}  // namespace stocktray::agent
