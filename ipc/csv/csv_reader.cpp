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

// The separator that the header uses, which quotes nothing.
char separator_of(std::string_view header) {
    for (const char separator : {',', ';', '\t'})
        if (header.find(separator) != header.npos) return separator;
    return ',';
}

}  // namespace

tl::expected<CsvReader, std::string> CsvReader::open(std::istream& in, std::vector<std::string> columns,
                                                     std::size_t needed) {
    std::string header;
    std::getline(in, header);
    if (header.starts_with("\xEF\xBB\xBF")) header.erase(0, 3);
    if (header.ends_with('\r')) header.pop_back();
    CsvReader reader{in};
    reader.separator_ = separator_of(header);
    reader.next_line_ = 2;
    std::vector<std::string> names;
    for (std::size_t from = 0; from <= header.size();) {
        const auto to = std::min(header.find(reader.separator_, from), header.size());
        std::string name = lower(trimmed(std::string_view{header}.substr(from, to - from)));
        std::erase(name, '"');
        names.push_back(std::move(name));
        from = to + 1;
    }
    reader.width_ = names.size();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto at = std::ranges::find(names, columns[i]);
        const bool is_there = at != names.end();
        if (!is_there && i < needed)
            return tl::unexpected{fmt::format("Line 1: the header has no column '{}'.", columns[i])};
        reader.places_.push_back(is_there ? std::optional{static_cast<std::size_t>(at - names.begin())}
                                          : std::nullopt);
    }
    return reader;
}

tl::expected<std::optional<std::vector<std::string>>, std::string> CsvReader::record() {
    line_ = next_line_;
    if (in_->peek() == std::istream::traits_type::eof()) return std::nullopt;
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    char c = 0;
    while (in_->get(c)) {
        if (c == '\n') ++next_line_;
        if (is_quoted) {
            if (c != '"')
                cells.back() += c;
            else if (in_->peek() == '"')
                cells.back() += static_cast<char>(in_->get());
            else
                is_quoted = false;
        } else if (c == '"' && cells.back().empty()) {
            is_quoted = true;
        } else if (c == separator_) {
            cells.emplace_back();
        } else if (c == '\n') {
            break;
        } else {
            cells.back() += c;
        }
    }
    if (is_quoted) return tl::unexpected{fmt::format("Line {}: a quote is not closed.", line_)};
    if (cells.back().ends_with('\r')) cells.back().pop_back();
    return cells;
}

tl::expected<std::optional<CsvReader::Row>, std::string> CsvReader::next() {
    for (;;) {
        auto cells = record();
        if (!cells) return tl::unexpected{std::move(cells.error())};
        if (!*cells) return std::nullopt;
        if ((*cells)->size() == 1 && trimmed((*cells)->front()).empty()) continue;
        if ((*cells)->size() != width_)
            return tl::unexpected{
                fmt::format("Line {}: {} columns where the header has {}.", line_, (*cells)->size(), width_)};
        Row row{line_, {}};
        for (const auto& place : places_)
            row.cells.push_back(place ? std::move((**cells)[*place]) : std::string{});
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
