#include "core/cart/seti/read_batch.h"

#include <algorithm>
#include <array>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/outcome_words.h"
#include "core/cart/seti/read_item_lines.h"
#include "core/cart/seti/script_answer.h"
#include "core/cart/seti/update_line.h"

namespace stocktray::cart::seti {
namespace {

struct Word {
    std::string_view text;
    Outcome outcome;
    Cause cause;
};
constexpr std::array words{
    Word{"OK", Outcome::applied, Cause::none},
    Word{"NF", Outcome::rejected, Cause::not_found},
    Word{"NA", Outcome::rejected, Cause::not_tracked},
    Word{"AMBIGUOUS", Outcome::rejected, Cause::ambiguous},
    Word{"CONFLICT", Outcome::refused, Cause::postid_conflict},
    Word{"MALFORMED", Outcome::refused, Cause::bad_request},
    Word{"BUSY", Outcome::refused, Cause::postid_busy},
};

UpdateResult read_piece(const std::string& value, const UpdateResult& common, const Redactor& redactor) {
    UpdateResult result = common;
    result.text = redactor.keep(value);
    result.cause = Cause::malformed;
    const auto line = read_update_fields(value, {});
    if (!line) return result;
    const auto* word =
        std::ranges::find_if(words, [&](const Word& w) { return equals_ignoring_case(w.text, line->word); });
    if (word == words.end()) return result;
    result.outcome = word->outcome;
    result.cause = word->cause;
    result.is_key_confirmed = true;
    if (line->seq) result.seq = read_integer(*line->seq);
    if (word->outcome == Outcome::applied) {
        result.qoh = read_count(line->qoh.value_or(""));
        result.clamped_to = read_clamped(line->note.value_or(""));
    }
    return result;
}

}  // namespace

std::vector<UpdateResult> read_batch(const http::Reply& reply, const std::vector<StockUpdate>& sent,
                                     const Redactor& redactor) {
    UpdateResult common;
    const auto answer = read_script_answer(reply);
    if (!answer) {
        note_problem(common, answer.error(), reply, redactor);
        common.outcome = answer.error().is_refusal ? Outcome::refused : Outcome::unclear;
        return std::vector(sent.size(), common);
    }
    common.status = reply.status;
    common.retry_after = reply.retry_after;
    common.warnings = answer->warnings;
    common.text = redactor.keep(answer->text);
    common.cause = Cause::malformed;
    std::vector<std::string> keys;
    for (const StockUpdate& update : sent) keys.push_back(update.key->postid);
    const auto lines = read_item_lines(answer->text, keys);
    if (!lines) return std::vector(sent.size(), common);
    if (!lines->behind.empty()) common.warnings.push_back(Warning::trailing_text);
    std::vector<UpdateResult> results;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto& value = lines->values[i];
        if (value && !lines->is_repeated[i]) {
            results.push_back(read_piece(*value, common, redactor));
            continue;
        }
        UpdateResult silent = common;
        silent.cause = value ? Cause::malformed : lines->has_end ? Cause::no_answer : Cause::truncated;
        results.push_back(std::move(silent));
    }
    return results;
}

}  // namespace stocktray::cart::seti
