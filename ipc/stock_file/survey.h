// A first look at a whole file: what identifies it, and how its text is to be read.
#pragma once
#include <cstdint>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/stock_file/encoding.h"

namespace stocktray::stock_file {

// The beginning of a file, up to `bytes`, and its fingerprint.
struct Prefix {
    std::uint64_t bytes{0};
    std::string fingerprint{};
};

struct Survey {
    std::uint64_t bytes{0};
    std::string fingerprint{};  // of the series and the content, bytes as they are: 40 hexadecimal digits
    Encoding encoding{Encoding::utf_8};
    std::vector<Prefix> prefixes{};  // of the lengths that were asked for and lie within the file
};

// Reads `bytes` to its end, in constant memory; read it again from the beginning for its lines. `series`: the same
// content in another one is another file, as when two tills write alike. `lengths`: of other files, in growing order, to
// see whether this one begins with them. The error is a sentence: a workbook, which holds no text.
[[nodiscard]] tl::expected<Survey, std::string> survey(std::istream& bytes, std::string_view series = {},
                                                       std::span<const std::uint64_t> lengths = {});

}  // namespace stocktray::stock_file
