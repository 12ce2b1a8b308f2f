#include "ipc/keys/curve_key.h"

#include <zmq.h>

#include <fmt/format.h>
#include <array>
#include <cstdint>

namespace stocktray::ipc {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t z85_size = 41;  // with the zero at its end

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::array<std::uint8_t, key_bytes>> bytes_of(std::string_view hex) {
    std::array<std::uint8_t, key_bytes> bytes{};
    if (hex.size() != 2 * key_bytes) return std::nullopt;
    for (std::size_t i = 0; i < key_bytes; ++i) {
        const int high = digit(hex[2 * i]);
        const int low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return bytes;
}

std::string hex_of(const std::uint8_t* bytes) {
    std::string hex;
    for (std::size_t i = 0; i < key_bytes; ++i) hex += fmt::format("{:02x}", bytes[i]);
    return hex;
}

std::string z85_of(std::string_view hex) {
    const auto bytes = bytes_of(hex);
    std::array<char, z85_size> text{};
    if (bytes) zmq_z85_encode(text.data(), bytes->data(), bytes->size());
    return text.data();
}

std::string hex_of_z85(const char* text) {
    std::array<std::uint8_t, key_bytes> bytes{};
    return zmq_z85_decode(bytes.data(), text) ? hex_of(bytes.data()) : "";
}

}  // namespace

std::optional<PublicKey> PublicKey::from_hex(std::string_view hex) {
    const auto bytes = bytes_of(hex);
    if (!bytes) return std::nullopt;
    return PublicKey{hex_of(bytes->data())};
}

std::optional<PublicKey> PublicKey::from_bytes(std::string_view bytes) {
    if (bytes.size() != key_bytes) return std::nullopt;
    std::array<std::uint8_t, key_bytes> copy{};
    for (std::size_t i = 0; i < key_bytes; ++i) copy[i] = static_cast<std::uint8_t>(bytes[i]);
    return PublicKey{hex_of(copy.data())};
}

std::string PublicKey::z85() const { return z85_of(hex_); }

KeyPair KeyPair::draw() {
    std::array<char, z85_size> public_text{};
    std::array<char, z85_size> secret_text{};
    zmq_curve_keypair(public_text.data(), secret_text.data());
    return {*PublicKey::from_hex(hex_of_z85(public_text.data())), Secret{hex_of_z85(secret_text.data())}};
}

std::optional<KeyPair> KeyPair::of(std::string_view public_hex, std::string_view secret_hex) {
    auto public_key = PublicKey::from_hex(public_hex);
    if (!public_key || !bytes_of(secret_hex)) return std::nullopt;
    std::array<char, z85_size> derived{};
    if (zmq_curve_public(derived.data(), z85_of(secret_hex).c_str()) != 0) return std::nullopt;
    if (hex_of_z85(derived.data()) != public_key->hex()) return std::nullopt;
    return KeyPair{std::move(*public_key), Secret{secret_hex}};
}

std::string KeyPair::secret_z85() const { return z85_of(secret_key.reveal()); }

}  // namespace stocktray::ipc
