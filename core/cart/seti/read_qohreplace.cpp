#include "core/cart/seti/read_qohreplace.h"

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_item_lines.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

ReplaceWord read_word(std::string_view word) {
    if (equals_ignoring_case(word, "OK")) return ReplaceWord::ok;
    if (equals_ignoring_case(word, "NF")) return ReplaceWord::not_found;
    if (equals_ignoring_case(word, "NA")) return ReplaceWord::not_tracked;
    if (equals_ignoring_case(word, "AMBIGUOUS")) return ReplaceWord::ambiguous;
    return ReplaceWord::error;
}

}  // namespace

ReplaceResult read_qohreplace(const http::Reply& reply, const std::vector<std::string>& skus,
                              const Redactor& redactor) {
    ReplaceResult result;
    for (const std::string& sku : skus) result.items.push_back({sku, ReplaceWord::no_answer, {}});
    const auto answer = read_script_answer(reply);
    if (!answer) {
        note_problem(result, answer.error(), reply, redactor);
        result.is_refused = answer.error().is_refusal;
        return result;
    }
    result.status = reply.status;
    result.retry_after = reply.retry_after;
    result.warnings = answer->warnings;
    result.text = redactor.keep(answer->text);
    const auto lines = read_item_lines(answer->text, skus);
    if (!lines) {
        result.cause = Cause::malformed;
        return result;
    }
    for (std::size_t i = 0; i < skus.size(); ++i) {
        const auto& value = lines->values[i];
        if (!value) continue;
        ReplaceItem& item = result.items[i];
        item.word = lines->is_repeated[i] ? ReplaceWord::error : read_word(*value);
        if (item.word == ReplaceWord::error)
            item.text = lines->is_repeated[i] ? "The script answered twice." : redactor.keep(*value);
    }
    if (!lines->has_end) {
        result.cause = Cause::truncated;
        return result;
    }
    if (!lines->behind.empty()) result.warnings.push_back(Warning::trailing_text);
    result.is_complete = true;
    return result;
}

}  // namespace stocktray::cart::seti
