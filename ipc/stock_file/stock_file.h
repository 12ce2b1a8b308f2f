// Reads a file of changes or of the whole count, as another program or a spreadsheet program wrote it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/messages/qoh.h"
#include "ipc/stock_file/cells.h"
#include "ipc/stock_file/columns.h"
#include "ipc/stock_file/encoding.h"

namespace stocktray::stock_file {

// What is known of a file beforehand; what is left open is found out.
struct Recipe {
    std::optional<Kind> kind{};
    std::vector<ColumnChoice> columns{};
    bool has_header{true};
    std::optional<char> separator{};
    std::optional<Encoding> encoding{};
    std::optional<char> decimal{};  // the sign before decimals: . or ,
    SkuTrust sku_trust{SkuTrust::strict};
    std::string trailer{};                // the last line begins with it; a number behind it is that of the rows
    std::optional<std::int64_t> rows{};   // how many there are, as somebody said
    bool may_end_within_a_line{false};    // the program that writes it ends the last line with the file
    ipc::Reason reason{ipc::Reason::adjustment};  // of changes whose line says none
};

// What a line of changes says beside its SKU and its pieces.
struct Remarks {
    std::string id{};
    ipc::Reason reason{ipc::Reason::adjustment};
    std::string reason_text{};
    std::string by{};
    std::string order{};
    std::string cart{};
};

// Small, because a file may have a million of them.
struct ChangeLine {
    std::uint32_t line{0};
    std::uint32_t remarks{0};  // in `Contents::remarks`
    std::int64_t delta{0};
    std::string sku{};
};

struct BadLine {
    std::size_t line{0};
    std::string why{};  // a sentence

    bool operator==(const BadLine&) const = default;
};

struct Contents {
    static constexpr std::size_t most_bad_lines = 1'000;

    Kind kind{Kind::changes};
    Encoding encoding{Encoding::utf_8};
    std::size_t rows{0};  // good and bad, without header and trailer
    std::vector<ChangeLine> changes{};
    std::vector<Remarks> remarks{};
    std::vector<ipc::qoh::SnapshotItem> counts{};
    std::vector<std::uint32_t> count_lines{};  // where each of `counts` stands
    std::vector<BadLine> bad{};                // the first of them, in order
    std::size_t bad_rows{0};                   // all of them
};

struct Unreadable {
    enum class Why {
        wrong,  // it will never be read
        half,   // the rest may still come
    };
    Why why{Why::wrong};
    std::string sentence{};
    bool only_lacks_line_end{false};  // whoever knows that it is whole may say so: Recipe::may_end_within_a_line
};

// The text of `bytes`, which is read once and in the charset `encoding`. Lines that cannot be read stand in
// `Contents::bad`; so do SKUs that a count names twice, and ids that stand in two lines. The file as a whole is
// unreadable if its columns are not known, if it is not of its charset, or if it is half: its last line does not end,
// its trailer is missing or tells another number of rows.
[[nodiscard]] tl::expected<Contents, Unreadable> read_stock_file(std::istream& bytes, const Recipe& recipe, Encoding encoding);

// One line as the agent is told it. `fingerprint` is the file's: the id is made of it and the line's number, so that
// the same file makes the same changes. `at`: when they happened at the latest; milliseconds since the epoch.
[[nodiscard]] ipc::qoh::Change change_of(const Contents& contents, std::size_t index, const std::string& fingerprint,
                                         std::int64_t at);

}  // namespace stocktray::stock_file
