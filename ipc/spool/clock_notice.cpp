#include "ipc/spool/clock_notice.h"

#include <fmt/format.h>
#include <algorithm>

namespace stocktray::ipc {
namespace {

constexpr std::int64_t a_minute_ms = 60'000;
constexpr std::int64_t end_of_time_ms = 253'402'300'800'000;  // the year 10000
constexpr std::int64_t allowed_ms = 2 * a_minute_ms;  // core/sync/books.cpp allows for as much

}  // namespace

std::optional<alerts::Told> clock_notice(std::int64_t ours, std::int64_t agents, std::string_view workstation) {
    const auto behind = std::clamp<std::int64_t>(agents, 0, end_of_time_ms) - ours;  // what an agent says may be any number
    if (behind >= -allowed_ms && behind <= allowed_ms) return std::nullopt;
    const auto minutes = (behind < 0 ? -behind : behind) / a_minute_ms;
    return alerts::Told{
        .about = "clock",
        .message = behind > 0 ? fmt::format("The clock of {} is {} minutes behind the agent's.", workstation, minutes)
                              : fmt::format("The clock of {} is {} minutes ahead of the agent's.", workstation, minutes),
        .hint = "Set the clocks of both computers right, with date and time zone. Until then changes from there reach the stores, "
                "but Stocktray's own count may be wrong until the next snapshot."};
}

}  // namespace stocktray::ipc
