// A file of changes or counts that was named on the command line.
#pragma once
#include <istream>
#include <memory>
#include <string>

namespace stocktray::ctl {

// Opened to be read twice, from the beginning; `-` is standard input, which is kept in memory for that. Null: it
// cannot be read.
[[nodiscard]] std::unique_ptr<std::istream> open_stock_file(const std::string& file);

}  // namespace stocktray::ctl
