// Files as texts, read.
#pragma once
#include <sstream>
#include <string>

#include "ipc/stock_file/stock_file.h"
#include "ipc/stock_file/survey.h"

namespace stocktray::stock_file::testing {

// As somebody who has the whole file reads it: surveyed, then read in its charset. A survey that fails is `wrong`.
inline tl::expected<Contents, Unreadable> read(const std::string& bytes, const Recipe& recipe = {}) {
    std::istringstream in{bytes};
    const auto surveyed = survey(in);
    if (!surveyed) return tl::unexpected{Unreadable{Unreadable::Why::wrong, surveyed.error()}};
    std::istringstream again{bytes};
    return read_stock_file(again, recipe, recipe.encoding.value_or(surveyed->encoding));
}

inline std::string why(const tl::expected<Contents, Unreadable>& contents) {
    return contents ? "" : contents.error().sentence;
}

// "2: sentence" for each bad line.
inline std::string bad(const Contents& contents) {
    std::string text;
    for (const auto& line : contents.bad) text += std::to_string(line.line) + ": " + line.why + "\n";
    return text;
}

}  // namespace stocktray::stock_file::testing
