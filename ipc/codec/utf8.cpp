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

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size();) {
        auto [count, low, high] = follow(static_cast<std::uint8_t>(bytes[i++]));
        if (count < 0) return false;
        for (; count > 0; --count, low = 0x80, high = 0xBF) {
            if (i == bytes.size()) return false;
            const auto byte = static_cast<std::uint8_t>(bytes[i++]);
            if (byte < low || byte > high) return false;
        }
    }
    return true;
}

}  // namespace stocktray::ipc
