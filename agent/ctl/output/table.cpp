#include "agent/ctl/output/table.h"

#include <algorithm>
#include <ostream>
#include <utility>

namespace stocktray::ctl {
namespace {

// A column that is narrower is not worth breaking: the terminal does it as well.
constexpr std::size_t narrowest = 20;
constexpr std::size_t gap_width = 2;

// Takes the first line off `text`: as many words as `width` has room for, at least one.
std::string take_line(std::string& text, std::size_t width) {
    std::size_t end = text.find(' ');
    while (end != text.npos) {
        const auto next = text.find(' ', end + 1);
        if (display_width(text.substr(0, next)) > width) break;
        end = next;
    }
    if (end == text.npos || display_width(text) <= width) return std::exchange(text, {});
    std::string line = text.substr(0, end);
    text.erase(0, text.find_first_not_of(' ', end));
    return line;
}

}  // namespace

void Table::print(const Terminal& terminal, std::size_t columns) const {
    std::vector<std::size_t> shown;
    std::vector<std::size_t> widths(columns_.size());
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        std::size_t widest = 0;
        for (const auto& row : rows_) widest = std::max(widest, display_width(row[column]));
        if (widest == 0) continue;
        shown.push_back(column);
        widths[column] = std::max(widest, display_width(columns_[column].title));
    }
    std::size_t before_last = 0;
    for (std::size_t i = 0; i + 1 < shown.size(); ++i) before_last += widths[shown[i]] + gap_width;
    const bool is_broken = !shown.empty() && columns >= before_last + narrowest;
    if (is_broken) widths[shown.back()] = std::min(widths[shown.back()], columns - before_last);
    const auto print_row = [&](const auto& cell_of) {
        std::string line;
        std::string rest;
        for (const std::size_t column : shown) {
            std::string cell = cell_of(column);
            if (is_broken && column == shown.back() && display_width(cell) > widths[column]) {
                rest = std::move(cell);
                line += take_line(rest, widths[column]);
                break;
            }
            const std::string gap(widths[column] - display_width(cell), ' ');
            line += columns_[column].align == Align::right ? gap + cell : cell + gap;
            line += std::string(gap_width, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        terminal.out << line << '\n';
        while (!rest.empty())
            terminal.out << std::string(before_last, ' ') << take_line(rest, widths[shown.back()]) << '\n';
    };
    print_row([&](std::size_t column) { return terminal.painted(Paint::bold, columns_[column].title); });
    for (const auto& row : rows_) print_row([&](std::size_t column) { return row[column]; });
}

}  // namespace stocktray::ctl
