// CURVE keys: who an agent is, and who a workstation is. Shown and kept as 64 hexadecimal digits.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/secret.h"

namespace stocktray::ipc {

class PublicKey {
public:
    // None: not 64 hexadecimal digits.
    [[nodiscard]] static std::optional<PublicKey> from_hex(std::string_view hex);
    // As ZeroMQ hands a client's key to its authenticator: 32 bytes.
    [[nodiscard]] static std::optional<PublicKey> from_bytes(std::string_view bytes);

    [[nodiscard]] const std::string& hex() const noexcept { return hex_; }
    // The first 8 digits: what people compare on two screens.
    [[nodiscard]] std::string fingerprint() const { return hex_.substr(0, 8); }
    [[nodiscard]] std::string z85() const;  // as ZeroMQ's options take it

    auto operator<=>(const PublicKey&) const = default;

private:
    explicit PublicKey(std::string hex) : hex_{std::move(hex)} {}
    std::string hex_;  // lower case
};

struct KeyPair {
    PublicKey public_key;
    Secret secret_key;  // 64 hexadecimal digits

    [[nodiscard]] static KeyPair draw();
    // None: one of them is not 64 hexadecimal digits, or they do not belong together.
    [[nodiscard]] static std::optional<KeyPair> of(std::string_view public_hex, std::string_view secret_hex);
    [[nodiscard]] std::string secret_z85() const;
};

}  // namespace stocktray::ipc
