// Reads records of cells with one separator between them: RFC 4180, and what Excel makes of it.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace stocktray::csv {

struct Record {
    std::size_t line{0};  // where it begins, for messages; from 1
    std::vector<std::string> cells{};
};

// A byte order mark is passed over, and so is a line `sep=;`, which Excel obeys. Without one the separator is the
// sign of `,` `;` and tab that the first line has most of outside its quotes. Quotes may hold separators, line
// ends and doubled quotes. Memory: one record.
class RecordReader {
public:
    // A longer one is a quote that somebody forgot to close.
    static constexpr std::size_t most_bytes_of_record = 1 << 20;

    // `in` must outlive it. UTF-8, or any charset in which ASCII means itself.
    explicit RecordReader(std::istream& in);

    // False at the end. Empty lines are records with one empty cell. The error is a sentence; nothing can be read
    // behind it.
    [[nodiscard]] tl::expected<bool, std::string> next(Record& into);

    void separate_by(char separator) noexcept { separator_ = separator; }
    [[nodiscard]] char separator() const noexcept { return separator_; }
    // Do its lines end as old Macs wrote them? They are not told apart then: all of it would be one line.
    [[nodiscard]] bool lines_end_in_cr() const noexcept;
    // Did the record read last end with a line end, or with the file?
    [[nodiscard]] bool has_line_end() const noexcept { return has_line_end_; }

private:
    [[nodiscard]] int take();
    [[nodiscard]] int look();

    std::istream& in_;
    std::string first_line_{};  // read to find the separator; taken before the rest
    std::size_t taken_{0};      // of it
    char separator_{','};
    std::size_t next_line_{1};
    bool has_line_end_{true};
};

// Nothing but spaces?
[[nodiscard]] bool is_blank(const Record& record) noexcept;

}  // namespace stocktray::csv
