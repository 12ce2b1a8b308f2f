#include "ipc/stock_file/stock_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <string_view>

#include "ipc/csv/csv_reader.h"
#include "ipc/csv/record_reader.h"
#include "ipc/stock_file/trailer.h"

namespace stocktray::stock_file {
namespace {

using Why = Unreadable::Why;
using ipc::Reason;

tl::unexpected<Unreadable> unreadable(Why why, std::string sentence) {
    return tl::unexpected{Unreadable{why, std::move(sentence)}};
}

bool is_printable_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// As the agent has them.
bool is_cart_id(std::string_view text) noexcept {
    return text.size() <= ipc::rules::cart.max_bytes && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

class Reader {
public:
    Reader(std::istream& text, const DecodingBuffer& decoded, const Recipe& recipe, Encoding encoding)
        : recipe_{recipe}, decoded_{decoded}, records_{text} {
        contents_.encoding = encoding;
        if (recipe.separator) records_.separate_by(*recipe.separator);
    }

    tl::expected<Contents, Unreadable> read() {
        if (auto begun = begin(); !begun) return tl::unexpected{std::move(begun.error())};
        for (;;) {
            auto is_there = next();
            if (!is_there) return tl::unexpected{std::move(is_there.error())};
            if (!*is_there) break;
            if (csv::is_blank(record_)) continue;
            if (trailer_) return unreadable(Why::wrong, fmt::format("Line {}: a line stands behind the trailer.", record_.line));
            if (!recipe_.trailer.empty() && (trailer_ = read_trailer(record_.cells, recipe_.trailer))) continue;
            take();
        }
        if (auto whole = is_whole(); !whole) return tl::unexpected{std::move(whole.error())};
        find_repeated_skus();
        find_repeated_ids();
        std::ranges::sort(contents_.bad, {}, &BadLine::line);
        return std::move(contents_);
    }

private:
    tl::expected<bool, Unreadable> next() {
        auto is_there = records_.next(record_);
        if (decoded_.state() == Decoder::State::wrong)
            return unreadable(Why::wrong, fmt::format("Behind line {} the file is not of the charset {}: say which one it is.",
                                                      record_.line, name_of(contents_.encoding)));
        if (!is_there) return unreadable(Why::half, std::move(is_there.error()));
        if (record_.line > std::numeric_limits<std::uint32_t>::max()) return unreadable(Why::wrong, "The file has too many lines.");
        if (*is_there) ends_with_line_end_ = records_.has_line_end();
        return *is_there;
    }

    tl::expected<void, Unreadable> begin() {
        if (records_.lines_end_in_cr())
            return unreadable(Why::wrong, "Its lines end as old Macs wrote them (CR alone): save it with the line ends of Windows or Unix.");
        do {
            auto is_there = next();
            if (!is_there) return tl::unexpected{std::move(is_there.error())};
            if (!*is_there) return unreadable(Why::half, "The file is empty.");
        } while (csv::is_blank(record_));
        // A header that is cut must not look like one without the needed columns.
        if (!records_.has_line_end()) return unreadable(Why::half, "The file ends within its first line.");
        width_ = record_.cells.size();
        auto found = recipe_.has_header ? find_columns(record_.cells, width_, recipe_.kind, recipe_.columns)
                                        : find_columns(std::nullopt, width_, recipe_.kind, recipe_.columns);
        if (!found) return unreadable(Why::wrong, std::move(found.error()));
        columns_ = *found;
        contents_.kind = columns_.kind;
        if (!recipe_.has_header) take();
        return {};
    }

    // A row; what is wrong with it is noted.
    void take() {
        ++contents_.rows;
        // Cells that a spreadsheet program leaves empty at the end.
        while (record_.cells.size() > width_ && trimmed(record_.cells.back()).empty()) record_.cells.pop_back();
        if (record_.cells.size() != width_)
            return refuse(fmt::format("The first line has {} columns, this one {}.", width_, record_.cells.size()));
        const auto sku = read_sku(cell(Column::sku), recipe_.sku_trust);
        if (!sku) return refuse(sku.error());
        if (lacks_needless_count()) return take_count(*sku, 0);
        const auto pieces = read_pieces(cell(contents_.kind == Kind::changes ? Column::delta : Column::qoh), recipe_.decimal);
        if (!pieces) return refuse(pieces.error());
        if (contents_.kind == Kind::changes)
            take_change(*sku, *pieces);
        else
            take_count(*sku, *pieces);
    }

    // What is not counted, such as a kit, often has no count in the file either.
    [[nodiscard]] bool lacks_needless_count() const {
        return contents_.kind == Kind::counts && trimmed(cell(Column::qoh)).empty() &&
               csv::yes_or_no(trimmed(cell(Column::tracked))) == false;
    }

    void take_count(const std::string& sku, std::int64_t qoh) {
        ipc::qoh::SnapshotItem item{.sku = sku, .qoh = qoh};
        if (const auto name = trimmed(cell(Column::name)); !name.empty()) {
            if (!is_line(name)) return refuse("The name is longer than 255 bytes or has a line end in it.");
            item.name = std::string{name};
        }
        if (const auto tracked = trimmed(cell(Column::tracked)); !tracked.empty()) {
            item.tracked = csv::yes_or_no(tracked);
            if (!item.tracked) return refuse(fmt::format("“{}” is neither yes nor no.", tracked));
        }
        contents_.counts.push_back(std::move(item));
        contents_.count_lines.push_back(line());
    }

    void take_change(const std::string& sku, std::int64_t delta) {
        Remarks remarks{.id = text(Column::id),
                        .reason = recipe_.reason,
                        .reason_text = text(Column::reason_text),
                        .by = text(Column::by),
                        .order = text(Column::order),
                        .cart = text(Column::cart)};
        // The shop's own words for a reason are kept as such.
        if (const auto reason = text(Column::reason); !reason.empty()) {
            const auto known = ipc::from_string<Reason>(reason);
            if (known)
                remarks.reason = *known;
            else if (remarks.reason_text.empty())
                remarks.reason_text = reason;
        }
        if (remarks.id.size() > 64 || !is_printable_ascii(remarks.id))
            return refuse("The id has more than 64 signs or others than ASCII.");
        if (columns_[Column::id] && remarks.id.empty()) return refuse("There is no id.");
        for (const auto* remark : {&remarks.reason_text, &remarks.by, &remarks.order, &remarks.cart})
            if (!is_line(*remark)) return refuse("A text is longer than 255 bytes or has a line end in it.");
        if (remarks.reason == Reason::get_qoh)
            return refuse("The reason get_qoh belongs to counts that were taken over from a store: a file cannot tell it.");
        if (!remarks.cart.empty() && !is_cart_id(remarks.cart))
            return refuse("The cart is not a cart's id: small letters, digits, - and _.");
        if (remarks.reason == Reason::web_order_imported && (remarks.order.empty() || remarks.cart.empty()))
            return refuse("A web order needs its number and its cart.");
        if (contents_.remarks.empty() || !same(contents_.remarks.back(), remarks)) contents_.remarks.push_back(std::move(remarks));
        contents_.changes.push_back(
            {line(), static_cast<std::uint32_t>(contents_.remarks.size() - 1), delta, sku});
    }

    [[nodiscard]] static bool same(const Remarks& a, const Remarks& b) {
        return a.id == b.id && a.reason == b.reason && a.reason_text == b.reason_text && a.by == b.by && a.order == b.order &&
               a.cart == b.cart;
    }
    [[nodiscard]] static bool is_line(std::string_view words) noexcept {
        return words.size() <= ipc::rules::line.max_bytes &&
               std::ranges::none_of(words, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    }

    [[nodiscard]] std::string_view cell(Column column) const {
        const auto place = columns_[column];
        return place && *place < record_.cells.size() ? std::string_view{record_.cells[*place]} : std::string_view{};
    }
    [[nodiscard]] std::string text(Column column) const { return std::string{trimmed(cell(column))}; }
    [[nodiscard]] std::uint32_t line() const noexcept { return static_cast<std::uint32_t>(record_.line); }

    void refuse(std::string why) { refuse_line(record_.line, std::move(why)); }
    void refuse_line(std::size_t at, std::string why) {
        ++contents_.bad_rows;
        if (contents_.bad.size() < Contents::most_bad_lines) contents_.bad.push_back({at, std::move(why)});
    }

    [[nodiscard]] tl::expected<void, Unreadable> is_whole() const {
        if (decoded_.state() == Decoder::State::half) return unreadable(Why::half, "The file ends within a sign.");
        if (!recipe_.trailer.empty() && !trailer_)
            return unreadable(Why::half, fmt::format("The last line does not begin with “{}”.", recipe_.trailer));
        const auto told = trailer_ && trailer_->rows ? trailer_->rows : recipe_.rows;
        if (told && *told != static_cast<std::int64_t>(contents_.rows))
            return unreadable(Why::half, fmt::format("There should be {} rows, but there are {}.", *told, contents_.rows));
        // The right number of rows is no excuse: the last of them may be 1 of 100.
        if (!ends_with_line_end_ && !trailer_ && !recipe_.may_end_within_a_line)
            return tl::unexpected{Unreadable{Why::half, "The last line has no line end.", true}};
        return {};
    }

    // Which of two counts is right nobody knows: both lines are named.
    void find_repeated_skus() {
        auto& counts = contents_.counts;
        std::vector<std::uint32_t> order(counts.size());
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::stable_sort(order, {}, [&](std::uint32_t i) -> const std::string& { return counts[i].sku; });
        std::vector<bool> is_repeated(counts.size());
        for (std::size_t i = 1; i < order.size(); ++i) {
            const auto first = order[i - 1];
            const auto second = order[i];
            if (counts[first].sku != counts[second].sku) continue;
            if (!is_repeated[first]) refuse_line(contents_.count_lines[first], repeated(first, second));
            refuse_line(contents_.count_lines[second], repeated(second, first));
            is_repeated[first] = is_repeated[second] = true;
        }
        drop(counts, is_repeated);
        drop(contents_.count_lines, is_repeated);
    }
    [[nodiscard]] std::string repeated(std::uint32_t index, std::uint32_t other) const {
        return fmt::format("The SKU {} stands in line {} too.", contents_.counts[index].sku, contents_.count_lines[other]);
    }

    // The second of two changes with one id would be taken for a repeat of the first.
    void find_repeated_ids() {
        if (!columns_[Column::id]) return;
        auto& changes = contents_.changes;
        std::vector<std::uint32_t> order(changes.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto id = [&](std::uint32_t i) -> const std::string& { return contents_.remarks[changes[i].remarks].id; };
        std::ranges::stable_sort(order, {}, id);
        std::vector<bool> is_repeated(changes.size());
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (id(order[i - 1]) != id(order[i])) continue;
            is_repeated[order[i]] = true;
            refuse_line(changes[order[i]].line,
                        fmt::format("The id {} stands in line {} too.", id(order[i]), changes[order[i - 1]].line));
        }
        drop(changes, is_repeated);
    }

    template <class T>
    static void drop(std::vector<T>& rows, const std::vector<bool>& is_dropped) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (is_dropped[i]) continue;
            if (kept != i) rows[kept] = std::move(rows[i]);
            ++kept;
        }
        rows.resize(kept);
    }

    const Recipe& recipe_;
    const DecodingBuffer& decoded_;
    csv::RecordReader records_;
    csv::Record record_{};
    Columns columns_{};
    std::size_t width_{0};
    std::optional<Trailer> trailer_{};
    bool ends_with_line_end_{true};
    Contents contents_{};
};

}  // namespace

tl::expected<Contents, Unreadable> read_stock_file(std::istream& bytes, const Recipe& recipe, Encoding encoding) {
    DecodingBuffer decoded{bytes, encoding};
    std::istream text{&decoded};
    return Reader{text, decoded, recipe, encoding}.read();
}

ipc::qoh::Change change_of(const Contents& contents, std::size_t index, const std::string& fingerprint, std::int64_t at) {
    const auto& line = contents.changes[index];
    const auto& remarks = contents.remarks[line.remarks];
    const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; };
    ipc::qoh::Change change;
    change.id = remarks.id.empty() ? fmt::format("{}-{}", fingerprint, line.line) : remarks.id;
    change.sku = line.sku;
    change.delta = line.delta;
    change.reason = remarks.reason;
    change.reason_text = given(remarks.reason_text);
    change.by = given(remarks.by);
    change.order = given(remarks.order);
    change.origin_cart = given(remarks.cart);
    change.at = at;
    return change;
}

}  // namespace stocktray::stock_file
