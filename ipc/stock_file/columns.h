// Which column of a file is what: by the header's names, English and German, or as somebody has said.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/words.h"

namespace stocktray::stock_file {

// What a file tells.
enum class Kind {
    changes,  // pieces up or down
    counts,   // the whole count
};

enum class Column { sku, delta, qoh, name, tracked, id, reason, reason_text, by, order, cart };
inline constexpr std::size_t number_of_columns = 11;

// Somebody's word that a column is called, or stands at, `where` ("Artikelnummer", or "1" for the first).
struct ColumnChoice {
    Column column{Column::sku};
    std::string where{};
};

// "sku=Artikelnummer"; the error is a sentence.
[[nodiscard]] tl::expected<ColumnChoice, std::string> parse_column_choice(std::string_view text);

struct Columns {
    Kind kind{Kind::changes};
    std::array<std::optional<std::size_t>, number_of_columns> places{};  // from 0

    [[nodiscard]] std::optional<std::size_t> operator[](Column column) const noexcept {
        return places[static_cast<std::size_t>(column)];
    }
};

// `header`: the cells of the first line; none where the file has no header, which then has `width` columns. `kind`:
// none where the header may say it; a column that is only called Quantity or Menge says neither. The error is a
// sentence.
[[nodiscard]] tl::expected<Columns, std::string> find_columns(std::optional<std::span<const std::string>> header,
                                                              std::size_t width, std::optional<Kind> kind,
                                                              std::span<const ColumnChoice> choices);

}  // namespace stocktray::stock_file

namespace stocktray::ipc {

template <>
struct Words<stock_file::Kind> {
    static constexpr std::string_view name = "Kind";
    static constexpr Word<stock_file::Kind> table[] = {{stock_file::Kind::changes, "changes"},
                                                       {stock_file::Kind::counts, "counts"}};
};
template <>
struct Words<stock_file::Column> {
    using Column = stock_file::Column;
    static constexpr std::string_view name = "Column";
    static constexpr Word<Column> table[] = {
        {Column::sku, "sku"},         {Column::delta, "delta"}, {Column::qoh, "qoh"},
        {Column::name, "name"},       {Column::tracked, "tracked"}, {Column::id, "id"},
        {Column::reason, "reason"},   {Column::reason_text, "reason_text"}, {Column::by, "by"},
        {Column::order, "order"},     {Column::cart, "cart"}};
};

}  // namespace stocktray::ipc
