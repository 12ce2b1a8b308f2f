// Answers of a line per item, between `SETIResponse` and `SETIEndOfData`. A line belongs to an item that we
// asked about, or to nothing: its name is matched whole, never found by splitting.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::cart::seti {

struct ItemLines {
    std::vector<std::optional<std::string>> values;  // behind `<name>=`, per name asked for
    std::vector<bool> is_repeated;                   // the name had two lines: which one is true?
    bool has_end{false};                             // `SETIEndOfData` was there
    std::string behind;                              // what follows it
};

// `text` begins with the marker. None: its first line is not `SETIResponse` alone.
[[nodiscard]] std::optional<ItemLines> read_item_lines(std::string_view text,
                                                       const std::vector<std::string>& names);

}  // namespace stocktray::cart::seti
