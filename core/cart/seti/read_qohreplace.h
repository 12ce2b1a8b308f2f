// The answer to qohreplace, which sets counts. It only hints at what was done: one script says "Update Error"
// where it did set the count. The counts are read back before anything is called done.
#pragma once
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

enum class ReplaceWord { ok, not_found, not_tracked, error, no_answer };

struct ReplaceItem {
    std::string sku;
    ReplaceWord word{ReplaceWord::no_answer};
    std::string text;  // the script's word where it is an error of its own
};

struct ReplaceResult {
    Outcome outcome{Outcome::unclear};  // applied: the answer is whole, each item has its own word
    Cause cause{Cause::none};
    std::vector<ReplaceItem> items;  // in the order sent
    std::vector<Warning> warnings;
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;

    // Only an answer of nothing but plain words from a whole answer could do without.
    [[nodiscard]] bool is_read_back_required() const noexcept;
};

[[nodiscard]] ReplaceResult read_qohreplace(const http::Reply& reply, const std::vector<std::string>& skus,
                                            const Redactor& redactor);

}  // namespace stocktray::cart::seti
