// Numbers, times and states in words that the Order Manager's users know.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/messages/vocabulary.h"

namespace stocktray::ctl {

// "+2", "−2", "0": with the sign of a difference.
[[nodiscard]] std::string pieces(std::int64_t delta);

// "1 post", "3 posts".
[[nodiscard]] std::string counted(std::int64_t number, std::string_view one, std::string_view many);

// "8 s", "2 min", "3 h 20 min", "5 d 2 h": never more than two units.
[[nodiscard]] std::string duration(std::int64_t ms);

// "2026-11-25 14:03:07" in local time; with the date left out when it is that of `now_ms`.
[[nodiscard]] std::string moment(std::int64_t ms);
[[nodiscard]] std::string moment(std::int64_t ms, std::int64_t now_ms);

[[nodiscard]] std::int64_t now_ms();

// What is being waited for, as the rest of "it waits for …".
[[nodiscard]] std::string_view in_words(ipc::WaitingFor waiting);
[[nodiscard]] std::string_view in_words(ipc::Health health);

}  // namespace stocktray::ctl
