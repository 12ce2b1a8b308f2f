#include "core/sync/source_rhythm.h"

#include <algorithm>

namespace stocktray::sync {
namespace {

constexpr std::int64_t clock_may_go_back = 2;  // hours: less is a clock that was set right

std::size_t place_of(std::int64_t hour) noexcept {
    const std::int64_t place = hour % SourceRhythm::hours_kept;
    return static_cast<std::size_t>(place < 0 ? place + SourceRhythm::hours_kept : place);
}

}  // namespace

void SourceRhythm::heard(std::int64_t hour) noexcept {
    missed_ = 0;
    if (hour < last_hour_ - clock_may_go_back || hour >= last_hour_ + hours_kept) {
        spoke_.reset();
        last_hour_ = hour;
    }
    // What stood there was four weeks before.
    for (; last_hour_ < hour; ++last_hour_) spoke_.reset(place_of(last_hour_ + 1));
    spoke_.set(place_of(hour));
}

std::int64_t SourceRhythm::usual(std::int64_t hour) const noexcept {
    std::int64_t count = 0;
    for (std::int64_t week = 0; week < weeks; ++week) count += spoke_.test(place_of(hour + week * hours_of_week)) ? 1 : 0;
    return count;
}

std::optional<std::int64_t> SourceRhythm::next_expected(std::int64_t hour) const noexcept {
    for (std::int64_t ahead = 0; ahead < hours_of_week; ++ahead)
        if (usual(hour + ahead) > 0) return hour + ahead;
    return std::nullopt;
}

std::int64_t SourceRhythm::active_days() const noexcept {
    std::int64_t days = 0;
    for (std::size_t day = 0; day < hours_kept / 24; ++day) {
        bool is_active = false;
        for (std::size_t hour = 0; hour < 24; ++hour) is_active = is_active || spoke_.test(day * 24 + hour);
        days += is_active ? 1 : 0;
    }
    return days;
}

// A working day of it has as many expected hours as it spoke in on an average active day.
std::int64_t SourceRhythm::quarters_allowed() const noexcept {
    const auto spoken = static_cast<std::int64_t>(spoke_.count());
    const std::int64_t days = std::max<std::int64_t>(active_days(), 1);
    return std::max(least_quarters, spoken * 4 * 3 / (days * 2));
}

}  // namespace stocktray::sync
