// The one line that answers an invupdate, taken apart.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

struct UpdateLine {
    std::string_view word;  // OK, False, …
    std::optional<std::string_view> qoh;
    std::optional<std::string_view> postid;
    std::optional<std::string_view> seq;
    std::optional<std::string_view> note;
    bool is_terminated{false};  // by a line end: nothing of it can be cut off
    std::string_view behind;    // what follows the line
};

// `text` begins with the marker. The SKU is matched against `sku` as it was sent, for it may hold `;` and
// `=`. None: not of this grammar, or about another SKU.
[[nodiscard]] std::optional<UpdateLine> read_update_line(std::string_view text, std::string_view sku);

// The same from behind the word's `=` on: a line of an invbatch's answer.
[[nodiscard]] std::optional<UpdateLine> read_update_fields(std::string_view line, std::string_view sku);

}  // namespace stocktray::cart::seti
