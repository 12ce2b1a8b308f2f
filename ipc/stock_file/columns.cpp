#include "ipc/stock_file/columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "ipc/stock_file/cells.h"

namespace stocktray::stock_file {
namespace {

struct Alias {
    Column column;
    std::string_view name;  // as `plain` leaves it
};

// In the order of preference: the first that a header has is taken.
constexpr Alias aliases[] = {
    {Column::sku, "sku"},
    {Column::sku, "localsku"},
    {Column::sku, "itemcode"},
    {Column::sku, "productcode"},
    {Column::sku, "itemnumber"},
    {Column::sku, "itemno"},
    {Column::sku, "articlenumber"},
    {Column::sku, "partnumber"},
    {Column::sku, "artikelnummer"},
    {Column::sku, "artikelnr"},
    {Column::sku, "artnr"},
    {Column::sku, "code"},
    {Column::sku, "item"},
    {Column::sku, "artikel"},
    {Column::delta, "delta"},
    {Column::delta, "change"},
    {Column::delta, "difference"},
    {Column::delta, "qtychange"},
    {Column::delta, "quantitychange"},
    {Column::delta, "aenderung"},
    {Column::delta, "differenz"},
    {Column::delta, "veraenderung"},
    {Column::delta, "bewegung"},
    {Column::qoh, "qoh"},
    {Column::qoh, "quantityonhand"},
    {Column::qoh, "qtyonhand"},
    {Column::qoh, "onhand"},
    {Column::qoh, "instock"},
    {Column::qoh, "stock"},
    {Column::qoh, "bestand"},
    {Column::qoh, "lagerbestand"},
    {Column::name, "name"},
    {Column::name, "productname"},
    {Column::name, "itemname"},
    {Column::name, "description"},
    {Column::name, "title"},
    {Column::name, "bezeichnung"},
    {Column::name, "artikelbezeichnung"},
    {Column::tracked, "tracked"},
    {Column::tracked, "trackinventory"},
    {Column::tracked, "bestandsgefuehrt"},
    {Column::id, "id"},
    {Column::id, "changeid"},
    {Column::id, "transactionid"},
    {Column::id, "buchungsid"},
    {Column::reason, "reason"},
    {Column::reason, "grund"},
    {Column::reason_text, "reasontext"},
    {Column::reason_text, "comment"},
    {Column::reason_text, "note"},
    {Column::reason_text, "bemerkung"},
    {Column::reason_text, "kommentar"},
    {Column::by, "by"},
    {Column::by, "user"},
    {Column::by, "benutzer"},
    {Column::by, "mitarbeiter"},
    {Column::order, "order"},
    {Column::order, "ordernumber"},
    {Column::order, "auftrag"},
    {Column::order, "auftragsnummer"},
    {Column::cart, "cart"},
};
// What a column of pieces is called that may be a difference or a count.
constexpr std::string_view quantity_names[] = {"quantity", "qty", "pieces", "count", "menge", "anzahl", "stueck"};

// Letters and digits alone, in lower case: "Artikel-Nr." is artikelnr, "Änderung" is aenderung.
std::string plain(std::string_view text) {
    struct Sign {
        std::string_view from, to;
    };
    constexpr Sign umlauts[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "ae"}, {"Ö", "oe"}, {"Ü", "ue"}, {"ß", "ss"}};
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= 'A' && c <= 'Z') {
            result += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            result += c;
        } else {
            for (const auto& sign : umlauts)
                if (text.substr(i).starts_with(sign.from)) result += sign.to;
        }
    }
    return result;
}

std::string_view word(Column column) { return ipc::to_string(column); }

std::optional<std::size_t> position(std::string_view where) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(where.data(), where.data() + where.size(), value);
    if (error != std::errc{} || end != where.data() + where.size() || value == 0) return std::nullopt;
    return value - 1;
}

class Finder {
public:
    Finder(std::optional<std::span<const std::string>> header, std::size_t width) : has_header_{header}, width_{width} {
        if (header)
            for (const auto& cell : *header) names_.push_back(plain(cell));
    }

    Columns columns{};

    tl::expected<void, std::string> choose(const ColumnChoice& choice) {
        auto& place = columns.places[static_cast<std::size_t>(choice.column)];
        place = position(choice.where);
        if (place && *place >= width_)
            return tl::unexpected{fmt::format("The column {} is said to be number {}, but the first line has {}.", word(choice.column),
                                              choice.where, width_)};
        if (place) return {};
        if (!has_header_)
            return tl::unexpected{
                fmt::format("The file has no header: the column {} must be given by its number.", word(choice.column))};
        const auto at = std::ranges::find(names_, plain(choice.where));
        if (at == names_.end())
            return tl::unexpected{fmt::format("The first line has no column “{}”, which is said to be {}.", choice.where,
                                              word(choice.column))};
        place = static_cast<std::size_t>(at - names_.begin());
        return {};
    }

    tl::expected<void, std::string> find(Column column) {
        if (columns[column]) return {};
        for (const auto& alias : aliases)
            if (alias.column == column) {
                if (auto found = take(column, alias.name); !found) return found;
                if (columns[column]) return {};
            }
        return {};
    }

    tl::expected<void, std::string> find_quantity(Column column) {
        for (const auto name : quantity_names) {
            if (columns[column]) return {};
            if (auto found = take(column, name); !found) return found;
        }
        return {};
    }

    // As much of it as a sentence can bear.
    [[nodiscard]] std::string header() const {
        constexpr std::size_t most_names = 8, longest_name = 40;
        std::vector<std::string> shown;
        for (const auto& name : names_) {
            if (shown.size() == most_names) break;
            shown.push_back(name.size() > longest_name ? name.substr(0, longest_name) + "…" : name);
        }
        return fmt::format("{}{}", fmt::join(shown, ", "), names_.size() > most_names ? ", …" : "");
    }

private:
    tl::expected<void, std::string> take(Column column, std::string_view name) {
        const auto at = std::ranges::find(names_, name);
        if (at == names_.end()) return {};
        if (std::ranges::count(names_, name) > 1)
            return tl::unexpected{
                fmt::format("The first line has two columns “{}”: say by its number which of them is {}.", name, word(column))};
        const auto place = static_cast<std::size_t>(at - names_.begin());
        if (std::ranges::find(columns.places, std::optional{place}) == columns.places.end())
            columns.places[static_cast<std::size_t>(column)] = place;
        return {};
    }

    bool has_header_;
    std::size_t width_;
    std::vector<std::string> names_{};
};

}  // namespace

tl::expected<ColumnChoice, std::string> parse_column_choice(std::string_view text) {
    const auto sign = text.find('=');
    const auto column = ipc::from_string<Column>(text.substr(0, sign));
    if (sign == text.npos || !column || sign + 1 == text.size())
        return tl::unexpected{fmt::format("“{}” does not say which column is what: sku=Artikelnummer, or qoh=3.", text)};
    return ColumnChoice{*column, std::string{text.substr(sign + 1)}};
}

tl::expected<Columns, std::string> find_columns(std::optional<std::span<const std::string>> header, std::size_t width,
                                                std::optional<Kind> kind, std::span<const ColumnChoice> choices) {
    Finder finder{header, width};
    auto& columns = finder.columns;
    for (const auto& choice : choices)
        if (auto chosen = finder.choose(choice); !chosen) return tl::unexpected{std::move(chosen.error())};
    for (const auto& [column, text] : ipc::Words<Column>::table)
        if (auto found = finder.find(column); !found) return tl::unexpected{std::move(found.error())};
    if (!kind && columns[Column::delta].has_value() != columns[Column::qoh].has_value())
        kind = columns[Column::delta] ? Kind::changes : Kind::counts;
    if (!kind)
        return tl::unexpected<std::string>{
            "The first line does not say whether the file tells changes or counts: say which of them it is."};
    columns.kind = *kind;
    const Column pieces = *kind == Kind::changes ? Column::delta : Column::qoh;
    const Column other = *kind == Kind::changes ? Column::qoh : Column::delta;
    // A column of counts is never taken for one of changes: that would double the stock.
    if (!columns[pieces] && !columns[other])
        if (auto found = finder.find_quantity(pieces); !found) return tl::unexpected{std::move(found.error())};
    for (const Column needed : {Column::sku, pieces})
        if (!columns[needed])
            return tl::unexpected{header ? fmt::format("No column of the first line is {} ({}): say which one it is.", word(needed),
                                                       finder.header())
                                         : fmt::format("The file has no header: say which column is {}.", word(needed))};
    return columns;
}

}  // namespace stocktray::stock_file
