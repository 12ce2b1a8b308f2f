// A table for people: columns as wide as their widest cell, numbers to the right.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/ctl/output/terminal.h"

namespace stocktray::ctl {

enum class Align { left, right };

class Table {
public:
    struct Column {
        std::string title;
        Align align{Align::left};
    };

    explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}

    // As many cells as columns; they must be printable already (`printable`), and may hold colours.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    [[nodiscard]] bool is_empty() const noexcept { return rows_.empty(); }

    // With its titles; columns in which every cell is empty are left out. Where `columns` are given, the last
    // column is broken between words so that it ends there.
    void print(const Terminal& terminal, std::size_t columns = 0) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace stocktray::ctl
