// Reads comma-separated files as programs write them: RFC 4180, and what Excel makes of it.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace stocktray::csv {

// Rows by the names of the header. A byte order mark is passed over; the separator is `;` or a tab where the
// header has that and no comma; quotes may hold separators, line ends and doubled quotes.
class CsvReader {
public:
    struct Row {
        std::size_t line;                // where it begins, for messages
        std::vector<std::string> cells;  // in the order of `columns`; empty where the file has none
    };

    // `columns`: the names wanted; those behind the first `needed` may be missing. The error is a sentence.
    [[nodiscard]] static tl::expected<CsvReader, std::string> open(std::istream& in,
                                                                   std::vector<std::string> columns,
                                                                   std::size_t needed);

    // None at the end; empty lines are passed over.
    [[nodiscard]] tl::expected<std::optional<Row>, std::string> next();

private:
    explicit CsvReader(std::istream& in) : in_{&in} {}
    [[nodiscard]] tl::expected<std::optional<std::vector<std::string>>, std::string> record();

    std::istream* in_;
    char separator_{','};
    std::size_t line_{0};  // of the record read last
    std::size_t next_line_{1};
    std::vector<std::optional<std::size_t>> places_;  // of each column in a record
    std::size_t width_{0};
};

// A whole number, and nothing else; spaces around it are passed over.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

// "true", "yes", "1" and their opposites, in any case of letters.
[[nodiscard]] std::optional<bool> yes_or_no(std::string_view text);

}  // namespace stocktray::csv
