#include "ipc/csv/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <istream>

namespace stocktray::csv {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

}  // namespace

tl::expected<CsvReader, std::string> CsvReader::open(std::istream& in, std::vector<std::string> columns,
                                                     std::size_t needed) {
    CsvReader reader{in};
    Record header;
    if (auto read = reader.records_.next(header); !read) return tl::unexpected{std::move(read.error())};
    std::vector<std::string> names;
    for (const auto& cell : header.cells) names.push_back(lower(trimmed(cell)));
    reader.width_ = names.size();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto at = std::ranges::find(names, columns[i]);
        const bool is_there = at != names.end();
        if (!is_there && i < needed)
            return tl::unexpected{fmt::format("Line {}: the header has no column '{}'.", header.line, columns[i])};
        reader.places_.push_back(is_there ? std::optional{static_cast<std::size_t>(at - names.begin())}
                                          : std::nullopt);
    }
    return reader;
}

tl::expected<std::optional<CsvReader::Row>, std::string> CsvReader::next() {
    for (Record record;;) {
        auto is_there = records_.next(record);
        if (!is_there) return tl::unexpected{std::move(is_there.error())};
        if (!*is_there) return std::nullopt;
        auto& cells = record.cells;
        if (cells.size() == 1 && is_blank(record)) continue;
        if (cells.size() != width_)
            return tl::unexpected{
                fmt::format("Line {}: {} columns where the header has {}.", record.line, cells.size(), width_)};
        Row row{record.line, {}};
        for (const auto& place : places_) row.cells.push_back(place ? std::move(cells[*place]) : std::string{});
        return row;
    }
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<bool> yes_or_no(std::string_view text) {
    const std::string word = lower(trimmed(text));
    if (word == "true" || word == "yes" || word == "1") return true;
    if (word == "false" || word == "no" || word == "0") return false;
    return std::nullopt;
}

}  // namespace stocktray::csv
