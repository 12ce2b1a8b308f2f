#include "core/cart/seti/read_qohreplace.h"

#include <algorithm>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_item_lines.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

ReplaceWord read_word(std::string_view word) {
    if (equals_ignoring_case(word, "OK")) return ReplaceWord::ok;
    if (equals_ignoring_case(word, "NF")) return ReplaceWord::not_found;
    if (equals_ignoring_case(word, "NA")) return ReplaceWord::not_tracked;
    return ReplaceWord::error;
}

}  // namespace

bool ReplaceResult::is_read_back_required() const noexcept {
    return outcome == Outcome::unclear || std::ranges::any_of(items, [](const ReplaceItem& item) {
               return item.word == ReplaceWord::error || item.word == ReplaceWord::no_answer;
           });
}

ReplaceResult read_qohreplace(const http::Reply& reply, const std::vector<std::string>& skus,
                              const Redactor& redactor) {
    ReplaceResult result;
    result.status = reply.status;
    result.retry_after = reply.retry_after;
    const auto answer = read_script_answer(reply);
    if (!answer) {
        result.outcome = answer.error().is_refusal ? Outcome::refused : Outcome::unclear;
        result.cause = answer.error().cause;
        result.text = redactor.keep(answer.error().text);
        return result;
    }
    result.warnings = answer->warnings;
    result.text = redactor.keep(answer->text);
    const auto lines = read_item_lines(answer->text, skus);
    if (!lines) {
        result.cause = Cause::malformed;
        return result;
    }
    for (std::size_t i = 0; i < skus.size(); ++i) {
        ReplaceItem item{skus[i], ReplaceWord::no_answer, {}};
        if (const auto& value = lines->values[i]; value && !lines->is_repeated[i]) {
            item.word = read_word(*value);
            if (item.word == ReplaceWord::error) item.text = redactor.keep(*value);
        }
        result.items.push_back(std::move(item));
    }
    if (!lines->has_end) {
        result.cause = Cause::truncated;
        return result;
    }
    if (!lines->behind.empty()) result.warnings.push_back(Warning::trailing_text);
    result.outcome = Outcome::applied;
    return result;
}

}  // namespace stocktray::cart::seti
