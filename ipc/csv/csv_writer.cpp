#include "ipc/csv/csv_writer.h"

#include <ostream>

namespace stocktray::csv {
namespace {

constexpr std::string_view begins_formula = "=+-@\t\r\n";

}  // namespace

void CsvWriter::separate() {
    if (!is_first_) out_ << ',';
    is_first_ = false;
}

CsvWriter& CsvWriter::text(std::string_view cell) {
    separate();
    const bool is_formula = !cell.empty() && begins_formula.find(cell.front()) != begins_formula.npos;
    if (!is_formula && cell.find_first_of(",;\"\t\r\n") == cell.npos) {
        out_ << cell;
        return *this;
    }
    out_ << '"' << (is_formula ? "'" : "");
    for (const char c : cell) {
        if (c == '"') out_ << '"';
        out_ << c;
    }
    out_ << '"';
    return *this;
}

CsvWriter& CsvWriter::number(std::optional<std::int64_t> cell) {
    separate();
    if (cell) out_ << *cell;
    return *this;
}

void CsvWriter::end_line() {
    out_ << "\r\n";
    is_first_ = true;
}

std::string without_apostrophe(std::string text) {
    if (text.size() > 1 && text[0] == '\'' && begins_formula.find(text[1]) != begins_formula.npos)
        text.erase(0, 1);
    return text;
}

}  // namespace stocktray::csv
