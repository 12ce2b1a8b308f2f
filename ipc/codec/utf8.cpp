#include "ipc/codec/utf8.h"

#include <cstddef>
#include <cstdint>

namespace stocktray::ipc {
namespace {

// How many bytes follow `lead`, and what the first of them must lie between; -1: no lead byte.
struct Follow {
    int count;
    std::uint8_t low;
    std::uint8_t high;
};

constexpr Follow follow(std::uint8_t lead) noexcept {
    if (lead < 0x80) return {0, 0, 0};
    if (lead < 0xC2) return {-1, 0, 0};
    if (lead < 0xE0) return {1, 0x80, 0xBF};
    if (lead == 0xE0) return {2, 0xA0, 0xBF};
    if (lead == 0xED) return {2, 0x80, 0x9F};
    if (lead < 0xF0) return {2, 0x80, 0xBF};
    if (lead == 0xF0) return {3, 0x90, 0xBF};
    if (lead < 0xF4) return {3, 0x80, 0xBF};
    if (lead == 0xF4) return {3, 0x80, 0x8F};
    return {-1, 0, 0};
}

// The bytes of the sign that `bytes`, which are some, begin with; 0: of none.
std::size_t first_sign(std::string_view bytes) noexcept {
    auto [count, low, high] = follow(static_cast<std::uint8_t>(bytes[0]));
    if (count < 0) return 0;
    std::size_t size = 1;
    for (; count > 0; --count, low = 0x80, high = 0xBF, ++size) {
        if (size == bytes.size()) return 0;
        const auto byte = static_cast<std::uint8_t>(bytes[size]);
        if (byte < low || byte > high) return 0;
    }
    return size;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size();) {
        const auto size = first_sign(bytes.substr(i));
        if (size == 0) return false;
        i += size;
    }
    return true;
}

std::string as_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const auto size = first_sign(bytes.substr(i));
        if (size == 0)
            text += '?';
        else
            text += bytes.substr(i, size);
        i += size == 0 ? 1 : size;
    }
    return text;
}

std::string_view cut_utf8(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xC0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace stocktray::ipc
