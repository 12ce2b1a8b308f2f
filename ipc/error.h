// What can go wrong, as clients are told it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "ipc/data.h"
#include "ipc/words.h"

namespace stocktray::ipc {

enum class Code {
    invalid_request,  // not a request of this protocol
    unknown_method,
    invalid_params,
    not_found,
    conflict,
    unauthorized,
    unsupported,
    busy,  // data.retry_after_ms says when to come again
    too_large,
    storage,  // not acknowledged, but perhaps on the disk: submit the same id again, never a new one
    internal,

    // Never on the wire: what a client finds out by itself.
    no_agent,    // not reached: the request has certainly not been seen
    no_answer,   // sent, no answer in time: unknown; submit the same ids again
    bad_answer,  // an answer that is not of this protocol
};

template <>
struct Words<Code> {
    static constexpr std::string_view name = "Code";
    static constexpr Word<Code> table[] = {
        {Code::invalid_request, "invalid_request"},
        {Code::unknown_method, "unknown_method"},
        {Code::invalid_params, "invalid_params"},
        {Code::not_found, "not_found"},
        {Code::conflict, "conflict"},
        {Code::unauthorized, "unauthorized"},
        {Code::unsupported, "unsupported"},
        {Code::busy, "busy"},
        {Code::too_large, "too_large"},
        {Code::storage, "storage"},
        {Code::internal, "internal"},
        {Code::no_agent, "no_agent"},
        {Code::no_answer, "no_answer"},
        {Code::bad_answer, "bad_answer"},
    };
};

struct Error {
    Code code{Code::internal};
    std::string message;       // a sentence for a person, without secrets
    std::optional<Data> data;  // for programs

    bool operator==(const Error&) const = default;
};

template <class T>
using Expected = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

[[nodiscard]] inline Failure fail(Code code, std::string message, std::optional<Data> data = std::nullopt) {
    return Failure{Error{code, std::move(message), std::move(data)}};
}

// Of a request that was asked again: says nothing of the attempt before, which had no answer and may have been done.
[[nodiscard]] inline bool leaves_open_what_was_before(Code code) noexcept {
    return code == Code::no_agent || code == Code::busy || code == Code::unauthorized;
}

// `busy`, with the time after which it is worth asking again.
[[nodiscard]] inline Failure fail_busy(std::string message, std::int64_t retry_after_ms) {
    return fail(Code::busy, std::move(message), Data::Map{{"retry_after_ms", retry_after_ms}});
}

}  // namespace stocktray::ipc
