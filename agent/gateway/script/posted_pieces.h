// What stands in the form field `update` of an Order Manager's post: SKUs with numbers, as text or as XML.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace stocktray::gateway {

struct PostedPiece {
    std::string sku;         // UTF-8
    std::int64_t number{0};  // a difference (invupdate) or a count (qohreplace)

    bool operator==(const PostedPiece&) const = default;
};

// Text in the charset that a cart was declared to use, or else in the one that Windows programs use; UTF-8 out.
[[nodiscard]] std::string read_text(std::string_view bytes, std::string_view charset);

// `SKU~-2`, `A~5|B~0|` or `<SETIProducts><Product><SKU>A</SKU><QOH>-2</QOH></Product></SETIProducts>`. Order Managers put a
// separator behind the last piece, too. `invalid`: a sentence that names the piece; then nothing of it may be taken.
// A SKU that stands there twice is an error: whichever number was meant, the other would be wrong.
[[nodiscard]] Result<std::vector<PostedPiece>> read_pieces(std::string_view update, std::string_view charset);

}  // namespace stocktray::gateway
