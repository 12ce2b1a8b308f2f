#include "agent/gateway/script/posted_pieces.h"

#include <fmt/format.h>

#include <set>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/xml_stream.h"
#include "core/charset.h"
#include "core/control_characters.h"

namespace stocktray::gateway {
namespace {

using namespace cart::seti;

constexpr std::size_t longest_sku = 255;
constexpr std::int64_t most_pieces = 2'000'000'000;

Result<PostedPiece> piece_of(std::string_view sku, std::string_view number, std::string_view charset) {
    PostedPiece piece{read_text(trim(sku), charset), 0};
    const auto read = read_count(trim(number));
    if (piece.sku.empty()) return fail(ErrorCode::invalid, "A change has no SKU.");
    if (piece.sku.size() > longest_sku) return fail(ErrorCode::invalid, "A SKU is longer than 255 bytes.");
    if (has_control_character(piece.sku))
        return fail(ErrorCode::invalid, "A SKU holds a line break or another control character.");
    if (!read || *read > most_pieces || *read < -most_pieces)
        return fail(ErrorCode::invalid, fmt::format("Could not parse quantity of {}: it is no whole number.", piece.sku));
    piece.number = *read;
    return piece;
}

Result<std::vector<PostedPiece>> read_lines(std::string_view update, std::string_view charset) {
    std::vector<PostedPiece> pieces;
    while (!update.empty()) {
        const auto end = std::min(update.find('|'), update.size());
        const auto text = trim(update.substr(0, end));
        update.remove_prefix(std::min(end + 1, update.size()));
        if (text.empty()) continue;
        const auto mark = text.rfind('~');
        if (mark == std::string_view::npos)
            return fail(ErrorCode::invalid, fmt::format("Malformed update entry {}.", read_text(text, charset)));
        auto piece = piece_of(text.substr(0, mark), text.substr(mark + 1), charset);
        if (!piece) return Failure{std::move(piece.error())};
        pieces.push_back(std::move(*piece));
    }
    return pieces;
}

class ProductReader final : public XmlHandler {
public:
    std::vector<PostedPiece> pieces;
    Result<void> result;

    void begin(int level, std::string_view name) override {
        if (level == 1 && !equals_ignoring_case(name, "SETIProducts"))
            result = fail(ErrorCode::invalid, "The update is no list of products.");
        if (level == 2) {
            sku_.clear();
            number_.clear();
        }
    }
    void end(int level, std::string_view name, std::string_view text) override {
        if (level == 3 && equals_ignoring_case(name, "SKU")) sku_ = text;
        if (level == 3 && equals_ignoring_case(name, "QOH")) number_ = text;
        if (level != 2 || !result) return;
        auto piece = piece_of(sku_, number_, "utf-8");
        if (piece)
            pieces.push_back(std::move(*piece));
        else
            result = Failure{std::move(piece.error())};
    }

private:
    std::string sku_;
    std::string number_;
};

}  // namespace

std::string read_text(std::string_view bytes, std::string_view charset) {
    if (auto text = charset::to_utf8(bytes, charset)) return std::move(*text);
    if (charset::is_utf8(bytes)) return std::string{bytes};
    // Every byte but five means something there.
    if (auto text = charset::to_utf8(bytes, "windows-1252")) return std::move(*text);
    std::string ascii;
    for (const char c : bytes) ascii += static_cast<unsigned char>(c) < 128 ? c : '?';
    return ascii;
}

Result<std::vector<PostedPiece>> read_pieces(std::string_view update, std::string_view charset) {
    update = trim(update);
    Result<std::vector<PostedPiece>> pieces;
    if (update.starts_with('<')) {
        ProductReader reader;
        XmlStream xml{reader};
        const bool is_read = xml.feed(read_text(update, charset)) && xml.finish();
        if (reader.result && !is_read) reader.result = fail(ErrorCode::invalid, "The update is no well-formed XML.");
        if (!reader.result) return Failure{std::move(reader.result.error())};
        pieces = std::move(reader.pieces);
    } else {
        pieces = read_lines(update, charset);
    }
    if (!pieces) return pieces;
    if (pieces->empty()) return fail(ErrorCode::invalid, "Missing update command: there is nothing to change.");
    std::set<std::string_view> met;
    for (const auto& piece : *pieces)
        if (!met.insert(piece.sku).second)
            return fail(ErrorCode::invalid, fmt::format("{} stands there twice.", piece.sku));
    return pieces;
}

}  // namespace stocktray::gateway
