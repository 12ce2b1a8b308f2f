#include "core/cart/seti/script_answer.h"

#include <algorithm>
#include <array>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/refusals.h"

namespace stocktray::cart::seti {
namespace {

Cause transport_cause(const http::Reply& reply) noexcept {
    switch (reply.transport) {
        case http::Transport::complete:
            return Cause::none;
        case http::Transport::plain_http_refused:
            return Cause::plain_http;
        case http::Transport::no_password:
            return Cause::no_password;
        case http::Transport::bad_url:  // there is no such place, whatever the reason; the text says which
        case http::Transport::name_lookup_failed:
            return Cause::name_lookup;
        case http::Transport::connect_failed:
            return Cause::connect;
        case http::Transport::tls_failed:
            return Cause::tls;
        case http::Transport::no_tls:
            return Cause::no_tls;
        case http::Transport::timed_out:
            return Cause::timeout;
        case http::Transport::closed:
            return reply.status == 0 ? Cause::closed : Cause::truncated;
        case http::Transport::not_http:
            return Cause::not_http;
        case http::Transport::too_large:
            return Cause::too_large;
        case http::Transport::stopped_by_reader:
            return Cause::malformed;
        case http::Transport::local_failure:
            return Cause::local_failure;
    }
    return Cause::local_failure;
}

// An XML answer to a function that answers in text can only be an error.
Problem xml_problem(const http::Reply& reply) {
    CountsReader reader{Download::qoh, {}};
    static_cast<void>(reader.take(reply.body));
    const CountsPage page = reader.finish(http::header(reply, "content-type"));
    const bool is_error = page.is_refused || page.cause == Cause::store_error;
    return {is_error ? page.cause : Cause::malformed, page.is_refused, true,
            page.description.empty() ? reply.body : page.description};
}

Problem error_problem(const AnswerText& answer) {
    const auto colon = answer.text.find(':');
    const std::string said{trim(colon == std::string::npos ? answer.text : answer.text.substr(colon + 1))};
    const auto listed = listed_refusal(said);
    return {listed.value_or(Cause::store_error), listed.has_value(), true, said};
}

// What the script itself says against the request, if it does.
std::optional<Problem> script_problem(const http::Reply& reply, const AnswerText& answer) {
    switch (answer.marker) {
        case Marker::response:
            return std::nullopt;
        case Marker::error:
            return error_problem(answer);
        case Marker::xml:
            return xml_problem(reply);
        case Marker::products:
            return Problem{Cause::malformed, false, true, answer.text};
    }
    return std::nullopt;
}

bool may_hold_refusal(int status) noexcept {
    return status == 400 || status == 411 || status == 415 || status == 429 || status == 503 || may_come_from_the_way(status);
}

}  // namespace

bool may_come_from_the_way(int status) noexcept {
    constexpr std::array statuses{401, 403, 404, 405, 407, 413, 421, 426};
    return (status >= 300 && status < 400) || std::ranges::find(statuses, status) != statuses.end();
}

bool is_same_kind(int status, int other) noexcept {
    return status == other || (status / 100 == 3 && other / 100 == 3);
}

Cause status_cause(int status) noexcept {
    if (status >= 300 && status < 400) return Cause::redirected;
    switch (status) {
        case 200:
            return Cause::none;
        case 401:
        case 403:
        case 407:
            return Cause::forbidden_page;
        case 404:
        case 410:
            return Cause::page_not_found;
        case 429:
            return Cause::rate_limited;
        default:
            return Cause::http_error;
    }
}

std::optional<Problem> transport_problem(const http::Reply& reply) {
    if (const Cause cause = transport_cause(reply); cause != Cause::none)
        return Problem{cause, !reply.was_sent, false, reply.detail.empty() ? reply.body : reply.detail};
    return std::nullopt;
}

ScriptAnswer read_script_answer(const http::Reply& reply) {
    if (auto problem = transport_problem(reply)) return tl::unexpected{*std::move(problem)};
    const auto answer = find_answer(reply.body, http::header(reply, "content-type"));
    std::optional<Problem> said;
    if (answer) said = script_problem(reply, *answer);
    if (reply.status != 200) {
        if (said && said->is_refusal && may_hold_refusal(reply.status))
            return tl::unexpected{*std::move(said)};
        return tl::unexpected{
            Problem{status_cause(reply.status), false, answer.has_value(), said ? said->text : reply.body}};
    }
    if (!answer) return tl::unexpected{Problem{answer.error(), false, false, reply.body}};
    if (said) return tl::unexpected{*std::move(said)};
    return *answer;
}

}  // namespace stocktray::cart::seti
