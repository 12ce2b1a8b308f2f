// Headers that tell a time: Retry-After (whole seconds, or a date) and Date.
#pragma once
#include <optional>
#include <string_view>

#include "core/time.h"

namespace stocktray::http {

// How long to wait from `now` on; none if `value` is neither. Never negative, at most a year.
[[nodiscard]] std::optional<Milliseconds> retry_after(std::string_view value, WallTime now);

// None if `value` is no date.
[[nodiscard]] std::optional<WallTime> date(std::string_view value);

}  // namespace stocktray::http
