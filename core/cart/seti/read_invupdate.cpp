#include "core/cart/seti/read_invupdate.h"

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/outcome_words.h"
#include "core/cart/seti/script_answer.h"
#include "core/cart/seti/update_line.h"

namespace stocktray::cart::seti {
namespace {

struct Verdict {
    Outcome outcome{Outcome::unclear};
    Cause cause{Cause::malformed};
};

constexpr Verdict applied{Outcome::applied, Cause::none};
constexpr Verdict not_found{Outcome::rejected, Cause::not_found};
constexpr Verdict not_tracked{Outcome::rejected, Cause::not_tracked};
constexpr Verdict ambiguous{Outcome::rejected, Cause::ambiguous};
constexpr Verdict unclear{Outcome::unclear, Cause::malformed};

Verdict judge_ok(const UpdateLine& line, std::string_view sku, bool may_lack_qoh) {
    const std::string_view qoh = line.qoh.value_or("");
    const std::string_view note = line.note.value_or("");
    if (read_count(qoh)) return applied;
    const bool is_nf = equals_ignoring_case(qoh, "NF");
    const bool is_na = equals_ignoring_case(qoh, "NA");
    if (qoh.empty() || is_nf || is_na) {
        if (is_nf || says_not_found(note, sku)) return not_found;
        if (is_na || says_not_tracked(note, sku)) return not_tracked;
    }
    return note.empty() && may_lack_qoh ? applied : unclear;
}

Verdict judge_false(const UpdateLine& line, std::string_view sku) {
    const std::string_view note = line.note.value_or("");
    if (equals_ignoring_case(note, "ambiguous")) return ambiguous;
    if (equals_ignoring_case(line.qoh.value_or(""), "NF") || says_not_found(note, sku)) return not_found;
    if (says_not_tracked(note, sku)) return not_tracked;
    return {Outcome::unclear, Cause::store_error};
}

Verdict judge(const UpdateLine& line, std::string_view sku, bool may_lack_qoh) {
    if (equals_ignoring_case(line.word, "OK")) return judge_ok(line, sku, may_lack_qoh);
    if (equals_ignoring_case(line.word, "False")) return judge_false(line, sku);
    if (equals_ignoring_case(line.word, "NF")) return not_found;
    if (equals_ignoring_case(line.word, "NA")) return not_tracked;
    return unclear;
}

}  // namespace

UpdateResult read_invupdate(const http::Reply& reply, const StockUpdate& asked, const Learned& learned,
                            const Redactor& redactor) {
    UpdateResult result;
    const ScriptAnswer answer = read_script_answer(reply);
    if (!answer) {
        note_problem(result, answer.error(), reply, redactor);
        result.outcome = answer.error().is_refusal ? Outcome::refused : Outcome::unclear;
        return result;
    }
    result.status = reply.status;
    result.retry_after = reply.retry_after;
    result.warnings = answer->warnings;
    result.text =
        redactor.keep(answer->preamble.empty() ? answer->text : answer->text + "\n" + answer->preamble);
    result.cause = Cause::malformed;
    const auto line = read_update_line(answer->text, asked.sku);
    if (!line) return result;
    if (line->postid && (!asked.key || *line->postid != asked.key->postid)) return result;
    // Behind a line that may be cut, an empty note is no word against anything.
    const bool is_whole = !reply.is_close_framed || line->is_terminated;
    const Verdict verdict = judge(*line, asked.sku, learned.lacks_readable_qoh && is_whole);
    result.outcome = verdict.outcome;
    result.cause = verdict.cause;
    result.is_key_confirmed = line->postid.has_value();
    if (line->seq && is_whole) result.seq = read_integer(*line->seq);
    if (verdict.outcome == Outcome::applied && is_whole) {
        result.qoh = read_count(line->qoh.value_or(""));
        result.clamped_to = read_clamped(line->note.value_or(""));
    }
    if (!trim(line->behind).empty()) result.warnings.push_back(Warning::trailing_text);
    return result;
}

}  // namespace stocktray::cart::seti
