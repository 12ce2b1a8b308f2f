// Times as people type them.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace stocktray::ctl {

// "90", "90s", "30m", "2h", "7d": milliseconds. Seconds without a unit.
[[nodiscard]] std::optional<std::int64_t> duration_ms(std::string_view text);

// "2026-11-25 14:03", "2026-11-25", with or without seconds, in local time; or "14:03": today at that time.
[[nodiscard]] std::optional<std::int64_t> moment_ms(std::string_view text, std::int64_t now_ms);

}  // namespace stocktray::ctl
