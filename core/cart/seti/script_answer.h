// A reply, judged as far as all functions judge it alike: carried whole? said by the script? an error?
#pragma once
#include <string>
#include <tl/expected.hpp>

#include "core/cart/cart_client.h"
#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

// No answer to what was asked.
struct Problem {
    Cause cause{Cause::none};
    bool is_refusal{false};  // it is certain that nothing was changed
    bool is_script{false};   // a script said it
    std::string text;        // in the store's or the network's words; secrets still in it
};

// What every result tells of a reply that holds no answer.
template <class Result>
void note_problem(Result& result, const Problem& problem, const http::Reply& reply,
                  const Redactor& redactor) {
    result.cause = problem.cause;
    result.retry_after = reply.retry_after;
    result.status = reply.status;
    result.text = redactor.keep(problem.text);
}

// What the script said, beginning with `SETIResponse`.
using ScriptAnswer = tl::expected<AnswerText, Problem>;
[[nodiscard]] ScriptAnswer read_script_answer(const http::Reply& reply);

// Why a reply carries no answer, from its transport and status alone; none if it may carry one.
[[nodiscard]] std::optional<Problem> transport_problem(const http::Reply& reply);
[[nodiscard]] Cause status_cause(int status) noexcept;

// A status that the way to the script may have made and not the script. Whether it did run is to be found
// out by another question to the same address.
[[nodiscard]] bool may_come_from_the_way(int status) noexcept;
// Is the other reply of the same kind: the script is not being reached at all?
[[nodiscard]] bool is_same_kind(int status, int other) noexcept;

}  // namespace stocktray::cart::seti
