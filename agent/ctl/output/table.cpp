#include "agent/ctl/output/table.h"

#include <algorithm>
#include <ostream>

namespace stocktray::ctl {

void Table::print(const Terminal& terminal) const {
    std::vector<std::size_t> shown;
    std::vector<std::size_t> widths(columns_.size());
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        std::size_t widest = 0;
        for (const auto& row : rows_) widest = std::max(widest, display_width(row[column]));
        if (widest == 0) continue;
        shown.push_back(column);
        widths[column] = std::max(widest, display_width(columns_[column].title));
    }
    const auto print_row = [&](const auto& cell_of) {
        std::string line;
        for (const std::size_t column : shown) {
            const std::string cell = cell_of(column);
            const std::string gap(widths[column] - display_width(cell), ' ');
            line += columns_[column].align == Align::right ? gap + cell : cell + gap;
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        terminal.out << line << '\n';
    };
    print_row([&](std::size_t column) { return terminal.painted(Paint::bold, columns_[column].title); });
    for (const auto& row : rows_) print_row([&](std::size_t column) { return row[column]; });
}

}  // namespace stocktray::ctl
