// Writes comma-separated lines that both programs and spreadsheets read as they were meant (RFC 4180).
#pragma once
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::csv {

// Cell by cell, then `end_line`. A text is quoted where that is needed. One that a spreadsheet program would
// take for a formula (it begins with = + - @, or a control character before them) gets an apostrophe; numbers
// stay numbers.
class CsvWriter {
public:
    explicit CsvWriter(std::ostream& out) : out_{out} {}

    CsvWriter& text(std::string_view cell);
    CsvWriter& number(std::optional<std::int64_t> cell);  // none: an empty cell
    void end_line();

private:
    void separate();

    std::ostream& out_;
    bool is_first_{true};
};

// A text as it was before `CsvWriter` made it harmless.
[[nodiscard]] std::string without_apostrophe(std::string text);

}  // namespace stocktray::csv
