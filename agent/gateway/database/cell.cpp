#include "agent/gateway/database/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/control_characters.h"
#include "ipc/codec/utf8.h"
#include "ipc/messages/field.h"

namespace stocktray::gateway::database {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

std::string_view without_trailing_blanks(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// Up to 255 bytes, not cut within a sign.
std::string as_line(std::string_view text) {
    std::string line;
    for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    line.resize(ipc::cut_utf8(line, ipc::rules::line.max_bytes).size());
    return line;
}

std::optional<double> number_of(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

bool says_no(std::string_view text) {
    std::string low;
    for (const char c : text) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    for (const auto* word : {"0", "f", "false", "n", "no", "off", ""})
        if (low == word) return true;
    return false;
}

}  // namespace

tl::expected<Counted, BadRow> read_row(const RawRow& raw) {
    const auto bad = [](std::string sku, std::string why) { return tl::unexpected(BadRow{std::move(sku), std::move(why)}); };
    if (!raw.sku) return bad("", "its SKU is NULL");
    Counted counted;
    counted.sku = without_trailing_blanks(*raw.sku);
    if (counted.sku.empty()) return bad("", "its SKU is empty");
    if (counted.sku.size() > ipc::rules::sku.max_bytes)
        return bad(as_line(counted.sku), fmt::format("its SKU is longer than {} bytes", ipc::rules::sku.max_bytes));
    if (has_control_character(counted.sku)) return bad(as_line(counted.sku), "its SKU has a control character");
    if (raw.name && *raw.name) counted.name = as_line(trimmed(**raw.name));
    if (raw.tracked) counted.is_tracked = *raw.tracked && !says_no(trimmed(**raw.tracked));
    if (!raw.qoh) {
        if (!counted.is_tracked) return counted;
        return bad(counted.sku, "its count is NULL");
    }
    const auto text = trimmed(*raw.qoh);
    const auto number = number_of(text);
    if (!number) return bad(counted.sku, fmt::format("its count “{}” is no number", as_line(text)));
    if (*number != std::trunc(*number)) return bad(counted.sku, fmt::format("its count {} is no whole number", text));
    if (std::abs(*number) > static_cast<double>(ipc::rules::most_pieces))
        return bad(counted.sku, fmt::format("its count {} is beyond ±2,000,000,000", text));
    counted.qoh = static_cast<std::int64_t>(*number);
    return counted;
}

}  // namespace stocktray::gateway::database
