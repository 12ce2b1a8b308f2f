#include "ipc/csv/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <streambuf>
#include <string_view>

namespace stocktray::csv {
namespace {

using Traits = std::istream::traits_type;
constexpr std::string_view byte_order_mark{"\xEF\xBB\xBF"};

char separator_of(std::string_view line) {
    constexpr std::array separators{',', ';', '\t'};
    std::array<std::size_t, separators.size()> seen{};
    bool is_quoted = false;
    for (const char c : line) {
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (const auto at = std::ranges::find(separators, c); at != separators.end())
            ++seen[static_cast<std::size_t>(at - separators.begin())];
    }
    return separators[static_cast<std::size_t>(std::ranges::max_element(seen) - seen.begin())];
}

}  // namespace

RecordReader::RecordReader(std::istream& in) : in_{in} {
    const auto read_line = [this] {
        first_line_.clear();
        for (int c = 0; first_line_.size() < most_bytes_of_record && (c = in_.rdbuf()->sbumpc()) != Traits::eof();) {
            first_line_ += static_cast<char>(c);
            if (c == '\n') break;
        }
    };
    read_line();
    if (first_line_.starts_with(byte_order_mark)) first_line_.erase(0, byte_order_mark.size());
    if (first_line_.size() > 4 && (first_line_.starts_with("sep=") || first_line_.starts_with("SEP=")) &&
        first_line_.find_first_not_of("\r\n", 5) == first_line_.npos) {
        separator_ = first_line_[4];
        ++next_line_;
        read_line();
    } else {
        separator_ = separator_of(first_line_);
    }
}

bool RecordReader::lines_end_in_cr() const noexcept {
    // The last one may be the half of a CR LF whose LF is still to come.
    const auto first_cr = first_line_.find('\r');
    return !first_line_.ends_with('\n') && first_cr != first_line_.npos && first_cr + 1 < first_line_.size();
}

int RecordReader::take() {
    if (taken_ < first_line_.size()) return Traits::to_int_type(first_line_[taken_++]);
    return in_.rdbuf()->sbumpc();
}

int RecordReader::look() {
    if (taken_ < first_line_.size()) return Traits::to_int_type(first_line_[taken_]);
    return in_.rdbuf()->sgetc();
}

tl::expected<bool, std::string> RecordReader::next(Record& into) {
    into.line = next_line_;
    if (look() == Traits::eof()) return false;
    // The cells of the record before keep their memory.
    std::size_t count = 0;
    std::string* cell = nullptr;
    const auto begin_cell = [&] {
        if (count == into.cells.size()) into.cells.emplace_back();
        cell = &into.cells[count++];
        cell->clear();
    };
    begin_cell();
    bool is_quoted = false;
    std::size_t bytes = 0;
    has_line_end_ = false;
    for (int taken = 0; (taken = take()) != Traits::eof();) {
        const char c = Traits::to_char_type(taken);
        if (++bytes > most_bytes_of_record)
            return tl::unexpected{fmt::format("Line {}: longer than a line can be. Perhaps a quote is not closed.", into.line)};
        if (c == '\n') ++next_line_;
        if (is_quoted) {
            if (c != '"') {
                *cell += c;
            } else if (look() == '"') {
                *cell += static_cast<char>(take());
            } else {
                is_quoted = false;
            }
        } else if (c == '"' && cell->empty()) {
            is_quoted = true;
        } else if (c == separator_) {
            begin_cell();
        } else if (c == '\n') {
            has_line_end_ = true;
            break;
        } else {
            *cell += c;
        }
    }
    if (is_quoted) return tl::unexpected{fmt::format("Line {}: a quote is not closed.", into.line)};
    if (cell->ends_with('\r')) cell->pop_back();
    into.cells.resize(count);
    return true;
}

bool is_blank(const Record& record) noexcept {
    return std::ranges::all_of(record.cells, [](const std::string& cell) { return cell.find_first_not_of(" \t") == cell.npos; });
}

}  // namespace stocktray::csv
