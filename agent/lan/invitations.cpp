#include "agent/lan/invitations.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace stocktray::agent {

std::string Invitations::draw(Rights rights, Clock::time_point now) {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string token;
    for (const unsigned byte : bytes) token += fmt::format("{:02x}", byte);
    if (open_.size() == most) open_.erase(open_.begin());
    open_.push_back({token, std::move(rights), now + good_for, {}});
    return token;
}

std::optional<Rights> Invitations::redeem(std::string_view token, std::string_view key, Clock::time_point now) {
    std::erase_if(open_, [now](const Open& open) { return open.until <= now; });
    const auto found = std::ranges::find_if(open_, [token](const Open& open) {
        return open.token.size() == token.size() && sodium_memcmp(open.token.data(), token.data(), token.size()) == 0;
    });
    if (found == open_.end()) return std::nullopt;
    if (!found->used_by.empty() && found->used_by != key) return std::nullopt;
    found->used_by = key;
    return found->rights;
}

void Invitations::forget(std::string_view key) {
    std::erase_if(open_, [key](const Open& open) { return open.used_by == key; });
}

}  // namespace stocktray::agent
