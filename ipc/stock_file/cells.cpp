#include "ipc/stock_file/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ipc/csv/csv_writer.h"
#include "ipc/messages/field.h"

namespace stocktray::stock_file {
namespace {

constexpr std::string_view no_break_space{"\xC2\xA0"};
constexpr std::string_view narrow_space{"\xE2\x80\xAF"};
constexpr std::string_view minus_sign{"\xE2\x88\x92"};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_digit); }

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

// 1E5, 1.23457E+12, 1,00E+05: what a spreadsheet program makes of a long number or of a code with an E.
bool is_scientific(std::string_view text) noexcept {
    const auto e = text.find_first_of("Ee");
    if (e == text.npos) return false;
    auto mantissa = text.substr(0, e);
    auto exponent = text.substr(e + 1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
    if (mantissa.starts_with('-')) mantissa.remove_prefix(1);
    if (const auto point = mantissa.find_first_of(".,"); point != mantissa.npos)
        return are_digits(mantissa.substr(0, point)) && are_digits(mantissa.substr(point + 1)) && are_digits(exponent);
    return are_digits(mantissa) && are_digits(exponent);
}

// #NAME?, #REF!, #N/A, #WERT!, #BEZUG!, and a column that was too narrow.
bool is_spreadsheet_error(std::string_view text) noexcept {
    if (!text.starts_with('#') || text.size() < 3) return false;
    return text.ends_with('!') || text == "#NAME?" || text == "#N/A" || text == "#NV" ||
           text.find_first_not_of('#') == text.npos;
}

// 2-Jan, 02. Jan, Jan-24: what becomes of codes like 1-2.
bool is_spreadsheet_date(std::string_view text) noexcept {
    constexpr std::array months{"Jan", "Feb", "Mar", "Mrz", "Mär", "Apr", "May", "Mai", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Okt", "Nov", "Dec", "Dez"};
    for (const std::string_view month : months) {
        if (text.starts_with(month)) {
            const auto rest = text.substr(month.size());
            if (rest.size() == 3 && (rest[0] == '-' || rest[0] == ' ') && are_digits(rest.substr(1))) return true;
        }
        if (text.ends_with(month)) {
            auto rest = text.substr(0, text.size() - month.size());
            for (const std::string_view between : {"-", ". "})
                if (rest.ends_with(between) && rest.size() <= between.size() + 2 &&
                    are_digits(rest.substr(0, rest.size() - between.size())))
                    return true;
        }
    }
    return false;
}

// Are there three digits in each group behind the first one, which has one to three and does not begin with 0?
bool are_thousands(std::string_view text, char sign) noexcept {
    const auto first = text.find(sign);
    if (first == 0 || first > 3 || text.front() == '0') return false;
    for (auto from = first; from < text.size(); from += 4)
        if (text[from] != sign || !are_digits(text.substr(from + 1, 3)) || text.size() - from < 4) return false;
    return are_digits(text.substr(0, first));
}

}  // namespace

std::string_view trimmed(std::string_view cell) noexcept {
    for (bool is_done = false; !is_done;) {
        is_done = true;
        for (const std::string_view space : {std::string_view{" "}, std::string_view{"\t"}, std::string_view{"\r"}, no_break_space}) {
            while (cell.starts_with(space)) cell.remove_prefix(space.size()), is_done = false;
            while (cell.ends_with(space)) cell.remove_suffix(space.size()), is_done = false;
        }
    }
    return cell;
}

tl::expected<std::int64_t, std::string> read_pieces(std::string_view cell, std::optional<char> decimal) {
    const std::string_view shown = trimmed(cell);
    const auto refuse = [&](std::string_view why) { return tl::unexpected{fmt::format("“{}” {}", shown, why)}; };
    if (shown.empty()) return tl::unexpected<std::string>{"There is no number."};
    std::string text{shown};
    replace_all(text, minus_sign, "-");
    for (const std::string_view space : {no_break_space, narrow_space}) replace_all(text, space, " ");
    bool is_negative = false;
    if (text.starts_with('-') || text.starts_with('+')) {
        is_negative = text.front() == '-';
        text.erase(0, 1);
    } else if (text.ends_with('-')) {
        is_negative = true;
        text.pop_back();
    }
    if (is_scientific(text))
        return refuse("is a number that a spreadsheet program has shortened: write it out.");
    // Groups of thousands first, where the sign cannot be anything else.
    for (const char sign : {' ', '\''})
        if (const auto whole = text.substr(0, text.find_first_of(".,")); whole.find(sign) != whole.npos) {
            if (!are_thousands(whole, sign)) return refuse("is no whole number.");
            std::erase(text, sign);
        }
    const auto points = std::ranges::count(text, '.');
    const auto commas = std::ranges::count(text, ',');
    char mark = decimal.value_or(0);  // the sign before decimals
    if (!mark && points && commas)
        mark = text.find_last_of('.') > text.find_last_of(',') ? '.' : ',';
    else if (!mark && points + commas == 1) {
        mark = points ? '.' : ',';
        if (are_thousands(text, mark)) return refuse("is one or a thousand times as much: the sign before decimals must be known.");
    } else if (!mark) {
        mark = points ? ',' : '.';
    }
    const char thousands = mark == '.' ? ',' : '.';
    const auto point = text.find(mark);
    std::string whole = text.substr(0, point);
    if (whole.find(thousands) != whole.npos) {
        if (!are_thousands(whole, thousands)) return refuse("is no whole number.");
        std::erase(whole, thousands);
    }
    if (point != text.npos) {
        const auto decimals = std::string_view{text}.substr(point + 1);
        if (!are_digits(decimals) || decimals.find_first_not_of('0') != decimals.npos) return refuse("is no whole number.");
    }
    if (!are_digits(whole)) return refuse("is no whole number.");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (error != std::errc{} || value > ipc::rules::most_pieces) return refuse("is more than any store can hold.");
    return is_negative ? -value : value;
}

tl::expected<std::string, std::string> read_sku(std::string_view cell, SkuTrust trust) {
    std::string_view text = trimmed(cell);
    if (text.size() > 3 && text.starts_with("=\"") && text.ends_with('"')) text = trimmed(text.substr(2, text.size() - 3));
    std::string sku = csv::without_apostrophe(std::string{text});
    if (sku.size() > 1 && sku[0] == '\'' && is_digit(sku[1])) sku.erase(0, 1);
    if (sku.empty()) return tl::unexpected<std::string>{"There is no SKU."};
    if (sku.size() > ipc::rules::sku.max_bytes)
        return tl::unexpected<std::string>{"The SKU is longer than 255 bytes."};
    if (std::ranges::any_of(sku, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        return tl::unexpected<std::string>{"The SKU has a control character or a line end in it."};
    if (trust == SkuTrust::as_written) return sku;
    if (is_scientific(sku))
        return tl::unexpected{fmt::format("The SKU “{}” is a number that a spreadsheet program has shortened: its digits are lost. "
                                          "Export the file anew and do not save it from the spreadsheet.",
                                          sku)};
    if (is_spreadsheet_error(sku))
        return tl::unexpected{fmt::format("The SKU “{}” is an error of a spreadsheet program.", sku)};
    if (is_spreadsheet_date(sku))
        return tl::unexpected{fmt::format("The SKU “{}” is a date that a spreadsheet program has made of a code. Export the file anew "
                                          "and do not save it from the spreadsheet.",
                                          sku)};
    return sku;
}

}  // namespace stocktray::stock_file
