// Reads comma-separated files as programs write them: RFC 4180, and what Excel makes of it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/csv/record_reader.h"

namespace stocktray::csv {

// Rows by the names of the header.
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
    explicit CsvReader(std::istream& in) : records_{in} {}

    RecordReader records_;
    std::vector<std::optional<std::size_t>> places_{};  // of each column in a record
    std::size_t width_{0};
};

// A whole number, and nothing else; spaces around it are passed over.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

// "true", "yes", "1" and their opposites, in any case of letters.
[[nodiscard]] std::optional<bool> yes_or_no(std::string_view text);

}  // namespace stocktray::csv
