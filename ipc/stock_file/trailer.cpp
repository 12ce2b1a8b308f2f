#include "ipc/stock_file/trailer.h"

#include <algorithm>
#include <charconv>

#include "ipc/stock_file/cells.h"

namespace stocktray::stock_file {

std::optional<Trailer> read_trailer(std::span<const std::string> cells, std::string_view mark) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    if (cells.empty()) return std::nullopt;
    const auto first = trimmed(cells.front());
    if (first.size() < mark.size() || !std::ranges::equal(first.substr(0, mark.size()), mark, {}, lower, lower)) return std::nullopt;
    std::string line{first.substr(mark.size())};
    // “END” is no beginning of the SKU ENDLESS-1.
    if (!line.empty() && std::string_view{" :=#"}.find(line.front()) == std::string_view::npos) return std::nullopt;
    for (const auto& cell : cells.subspan(1)) line.append(" ").append(cell);
    const auto begin = line.find_first_of("0123456789");
    if (begin == line.npos) return Trailer{};
    std::int64_t rows = 0;
    std::from_chars(line.data() + begin, line.data() + line.size(), rows);
    return Trailer{rows};
}

}  // namespace stocktray::stock_file
