#include "agent/gateway/database/utf16.h"

#include <cstdint>

#include "ipc/codec/utf8.h"

namespace stocktray::gateway::database {
namespace {

constexpr char32_t replacement = 0xFFFD;

void append(std::string& text, char32_t sign) {
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto rest = [&](int shift) { put(0x80U | ((static_cast<std::uint32_t>(sign) >> shift) & 0x3FU)); };
    if (sign < 0x80) {
        put(sign);
    } else if (sign < 0x800) {
        put(0xC0U | (sign >> 6));
        rest(0);
    } else if (sign < 0x10000) {
        put(0xE0U | (sign >> 12));
        rest(6);
        rest(0);
    } else {
        put(0xF0U | (sign >> 18));
        rest(12);
        rest(6);
        rest(0);
    }
}

}  // namespace

std::u16string to_utf16(std::string_view text) {
    std::u16string wide;
    wide.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        const auto bytes = text.substr(i, length);
        if (bytes.size() < length || !ipc::is_utf8(bytes)) {
            wide += static_cast<char16_t>(replacement);
            ++i;
            continue;
        }
        char32_t sign = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) sign = (sign << 6) | (static_cast<unsigned char>(bytes[k]) & 0x3FU);
        if (sign < 0x10000) {
            wide += static_cast<char16_t>(sign);
        } else {
            wide += static_cast<char16_t>(0xD800U + ((sign - 0x10000U) >> 10));
            wide += static_cast<char16_t>(0xDC00U + ((sign - 0x10000U) & 0x3FFU));
        }
        i += length;
    }
    return wide;
}

std::string to_utf8(std::u16string_view text) {
    std::string narrow;
    narrow.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char32_t unit = text[i];
        if (unit < 0xD800 || unit > 0xDFFF) {
            append(narrow, unit);
        } else if (unit < 0xDC00 && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] <= 0xDFFF) {
            append(narrow, 0x10000U + ((unit - 0xD800U) << 10) + (text[i + 1] - 0xDC00U));
            ++i;
        } else {
            append(narrow, replacement);
        }
    }
    return narrow;
}

}  // namespace stocktray::gateway::database
