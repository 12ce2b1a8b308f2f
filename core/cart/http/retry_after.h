// The header Retry-After: whole seconds, or a date.
#pragma once
#include <optional>
#include <string_view>

#include "core/time.h"

namespace stocktray::http {

// How long to wait from `now` on; none if `value` is neither. Never negative, at most a year.
[[nodiscard]] std::optional<Milliseconds> retry_after(std::string_view value, WallTime now);

}  // namespace stocktray::http
