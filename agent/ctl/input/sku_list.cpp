#include "agent/ctl/input/sku_list.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "ipc/csv/csv_reader.h"
#include "ipc/csv/csv_writer.h"
#include "ipc/path_text.h"

namespace stocktray::ctl {
namespace {

std::string without_mark(std::string text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        const auto from = line.find_first_not_of(" \t\r");
        if (from == line.npos) continue;
        lines.push_back(line.substr(from, line.find_last_not_of(" \t\r") - from + 1));
    }
    return lines;
}

}  // namespace

tl::expected<std::vector<std::string>, InputProblem> read_skus(const std::string& file) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(ipc::path_of(file), std::ios::binary);
        if (!opened)
            return tl::unexpected{
                InputProblem{ExitCode::no_input, fmt::format("'{}' cannot be read.", file)}};
    }
    auto& in = file == "-" ? std::cin : opened;
    const std::string text = without_mark({std::istreambuf_iterator<char>{in}, {}});
    std::vector<std::string> skus;
    std::istringstream as_csv{text};
    if (auto reader = csv::CsvReader::open(as_csv, {"sku"}, 1)) {
        for (;;) {
            auto row = reader->next();
            if (!row) return tl::unexpected{InputProblem{ExitCode::wrong_data, std::move(row.error())}};
            if (!*row) break;
            if (!(*row)->cells[0].empty()) skus.push_back((*row)->cells[0]);
        }
    } else {
        skus = lines_of(text);
    }
    // As our own CSV files write SKUs that look like formulas.
    for (auto& sku : skus) sku = csv::without_apostrophe(std::move(sku));
    if (skus.empty())
        return tl::unexpected{InputProblem{ExitCode::wrong_data, fmt::format("'{}' names no SKU.", file)}};
    return skus;
}

}  // namespace stocktray::ctl
