// The last line of a file, by which a program says that it has written everything.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stocktray::stock_file {

struct Trailer {
    std::optional<std::int64_t> rows{};  // how many it says that there are
};

// None if the line does not begin with `mark`, in any case of ASCII letters: "END", "END;120", "Total: 120 rows".
[[nodiscard]] std::optional<Trailer> read_trailer(std::span<const std::string> cells, std::string_view mark);

}  // namespace stocktray::stock_file
