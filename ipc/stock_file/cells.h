// What a cell of somebody else's file means: spreadsheet programs and languages write numbers in many ways, and
// spoil codes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace stocktray::stock_file {

// Without the spaces around it, non-breaking ones too.
[[nodiscard]] std::string_view trimmed(std::string_view cell) noexcept;

// A whole number of pieces: 50, -3, 3-, 50,00, 50.0000, 1.234.567, 1 234. The error is a sentence. `decimal`: the
// sign before decimals where that is known; else 1.000 is refused, which is one or a thousand.
[[nodiscard]] tl::expected<std::int64_t, std::string> read_pieces(std::string_view cell, std::optional<char> decimal);

enum class SkuTrust {
    strict,      // a code that looks as a spreadsheet program leaves it is refused
    as_written,  // the shop has codes like 1E5
};

// A SKU as it was meant: ="0012" and '0012 (so that a spreadsheet program keeps zeros) are 0012. The error is a
// sentence.
[[nodiscard]] tl::expected<std::string, std::string> read_sku(std::string_view cell, SkuTrust trust);

}  // namespace stocktray::stock_file
