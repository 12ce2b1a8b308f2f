// How an operation that can fail says so: a value, never an exception or a magic number.
#pragma once
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace stocktray {

// For programs; `agent/error_mapping.cpp` is the only place that turns it into a code of the wire.
enum class ErrorCode { invalid, not_found, conflict, unsupported, storage, damaged, busy, internal };

// What failed. No secret stands in any of its texts.
struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string message;  // a sentence for the person who can act on it
    std::string detail;   // for the log; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

[[nodiscard]] inline Failure fail(ErrorCode code, std::string message, std::string detail = {}) {
    return Failure{Error{code, std::move(message), std::move(detail)}};
}

}  // namespace stocktray
