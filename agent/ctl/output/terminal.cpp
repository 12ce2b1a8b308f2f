#include "agent/ctl/output/terminal.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "agent/ctl/platform/console.h"

namespace stocktray::ctl {
namespace {

constexpr std::string_view replacement = "\uFFFD";

std::string_view sequence(Paint paint) {
    switch (paint) {
        case Paint::red:
            return "\x1b[31m";
        case Paint::yellow:
            return "\x1b[33m";
        case Paint::green:
            return "\x1b[32m";
        case Paint::bold:
            return "\x1b[1m";
        case Paint::dim:
            return "\x1b[2m";
    }
    return "";
}

struct CodePoint {
    char32_t value;
    std::size_t bytes;  // 0: not UTF-8
};

CodePoint next_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {0, 0};
    char32_t value = lead & (0xFFu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {0, 0};
        value = value << 6 | (byte(i) & 0x3F);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least[size] || value > 0x10FFFF || is_surrogate) return {0, 0};
    return {value, size};
}

struct Range {
    char32_t first;
    char32_t last;
};

// The common blocks; a rare sign of another one costs a crooked column, nothing more.
constexpr Range widthless[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
                               {0x064B, 0x065F}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
                               {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E},
                               {0x2060, 0x2064}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
constexpr Range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
                          {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                          {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                          {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

bool is_in(char32_t value, const auto& ranges) {
    for (const auto& range : ranges)
        if (value >= range.first && value <= range.last) return true;
    return false;
}

bool is_control(char32_t value) {
    const bool turns_direction = (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
    return value < 0x20 || (value >= 0x7F && value < 0xA0) || turns_direction;
}

std::size_t columns_of(Stream stream) {
    const auto columns = console_columns(stream);
    return columns > 0 ? columns : 80;
}

}  // namespace

Terminal Terminal::of_this_process() {
    const char* no_color = std::getenv("NO_COLOR");
    const bool may_paint = !no_color || *no_color == '\0';
    const bool shows_errors = is_console(Stream::err);
    return {.out = std::cout,
            .err = std::cerr,
            .has_colours = may_paint && is_console(Stream::out),
            .can_ask = shows_errors && is_console(Stream::in),
            .can_redraw = shows_errors};
}

std::size_t Terminal::columns_of_output() {
    return is_console(Stream::out) ? columns_of(Stream::out) : 0;
}

std::size_t Terminal::columns_of_errors() {
    return columns_of(Stream::err);
}

std::string Terminal::painted(Paint paint, std::string_view text) const {
    if (!has_colours || text.empty()) return std::string{text};
    return std::string{sequence(paint)}.append(text).append("\x1b[0m");
}

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto [value, bytes] = next_code_point(text);
        if (bytes == 0 || is_control(value))
            result.append(value == '\n' || value == '\t' ? " " : replacement);
        else
            result.append(text.substr(0, bytes));
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    return result;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        if (text.starts_with("\x1b[")) {
            const auto end = text.find('m');
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            continue;
        }
        const auto [value, bytes] = next_code_point(text);
        width += is_in(value, wide) ? 2 : is_in(value, widthless) ? 0 : 1;
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    return width;
}

}  // namespace stocktray::ctl
