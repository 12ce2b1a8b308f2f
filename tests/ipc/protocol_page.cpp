#include "tests/ipc/protocol_page.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace stocktray::ipc::testing {
namespace {

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == text.npos) return {};
    return std::string{text.substr(begin, text.find_last_not_of(' ') - begin + 1)};
}

// The cells of "| a | b |"; none for the line under a table's head.
std::vector<std::string> cells(std::string_view line) {
    std::vector<std::string> result;
    if (!line.starts_with('|') || line.starts_with("| ---")) return result;
    std::size_t from = 1;
    for (std::size_t to; (to = line.find('|', from)) != line.npos; from = to + 1)
        result.push_back(trimmed(line.substr(from, to - from)));
    return result;
}

// "all fields of [Cart](#cart), only `cart` required" -> the rows of Cart, as the text says.
Rows rows_of_type(const std::string& text, const std::map<std::string, Rows>& types) {
    const auto from = text.find('[') + 1;
    Rows rows = types.at(text.substr(from, text.find(']') - from));
    if (!text.ends_with("required")) return rows;
    for (auto& row : rows) {
        row.type = row.type.substr(0, row.type.find(", default"));
        if (!row.name.ends_with("?`") && row.name != "`cart`") row.name.insert(row.name.size() - 1, "?");
    }
    return rows;
}

std::string without_backticks(std::string text) {
    std::erase(text, '`');
    return text;
}

}  // namespace

Rows Entry::table(std::string_view label, const std::map<std::string, Rows>& types) const {
    auto line = lines.begin();
    if (!label.empty())
        line = std::ranges::find_if(lines, [&](const auto& l) { return l.starts_with(label); });
    if (line == lines.end()) throw std::runtime_error{"no line " + std::string{label}};
    if (line->ends_with("none.")) return {};
    line = std::find_if(line, lines.end(), [](const auto& l) { return l.starts_with("| field |"); });
    Rows rows;
    for (; line != lines.end() && line->starts_with('|'); ++line) {
        const auto row = cells(*line);
        if (row.empty() || row[0] == "field") continue;
        if (row.size() != 3) throw std::runtime_error{"a row without three cells: " + *line};
        if (row[0].starts_with("all fields of"))
            std::ranges::copy(rows_of_type(row[0], types), std::back_inserter(rows));
        else
            rows.push_back({row[0], row[1]});
    }
    return rows;
}

bool Entry::has_line(std::string_view line) const {
    return std::ranges::find(lines, line) != lines.end();
}

bool Entry::has_line_that_begins_with(std::string_view text) const {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.starts_with(text); });
}

std::vector<std::string> Entry::words() const {
    std::vector<std::string> result;
    for (const auto& line : lines) {
        if (!line.starts_with('`')) continue;
        for (std::size_t from = 0, to; (from = line.find('`', from)) != line.npos; from = to + 1) {
            to = line.find('`', from + 1);
            result.push_back(line.substr(from + 1, to - from - 1));
        }
    }
    return result;
}

ProtocolPage ProtocolPage::read() {
    std::ifstream file{STOCKTRAY_SOURCE_DIR "/ipc/PROTOCOL.md"};
    ProtocolPage page;
    std::string section, entry;
    bool is_code = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) is_code = !is_code;
        if (!is_code && line.starts_with("## ")) {
            section = line.substr(3);
            entry.clear();
        } else if (!is_code && line.starts_with("### ")) {
            entry = line.substr(4);
        }
        page.sections_[section][entry].lines.push_back(line);
    }
    for (auto& [name, entries] : page.sections_) entries.try_emplace("");
    return page;
}

const std::map<std::string, Entry>& ProtocolPage::entries(const std::string& section) const {
    return sections_.at(section);
}

std::vector<std::string> ProtocolPage::first_column(const std::string& section) const {
    std::vector<std::string> result;
    for (const auto& line : sections_.at(section).at("").lines)
        if (const auto row = cells(line); !row.empty()) result.push_back(without_backticks(row[0]));
    if (!result.empty()) result.erase(result.begin());  // the table's head
    return result;
}

std::string ProtocolPage::dump(std::size_t n) const {
    std::string bytes;
    std::size_t dumps = 0;
    bool is_inside = false;
    for (const auto& line : sections_.at("An example in bytes").at("").lines) {
        const bool is_dump = line.starts_with("    ") && !line.starts_with("     ");
        if (is_dump && !is_inside) ++dumps;
        is_inside = is_dump;
        if (!is_dump || dumps != n + 1) continue;
        for (std::size_t at = 4; at + 1 < line.size() && at < 4 + 16 * 3 && line[at] != ' '; at += 3)
            bytes += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
    return bytes;
}

}  // namespace stocktray::ipc::testing
