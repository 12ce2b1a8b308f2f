// When a source of changes usually speaks, and whether it has been silent for longer than that explains.
//
// A source is known by the hours of the week in which it spoke during the four weeks before it was heard last. An hour
// in which it spoke every week is a whole expected hour, one in which it spoke once in four weeks a quarter of one.
// Silence is measured in expected hours that went by unheard: nights and weekends are none, whatever the time zone is,
// and a source that speaks seldom has few. It is silent when it has missed one and a half of its own working days, and
// four expected hours at least: a holiday, a stocktaking or a long lunch is not told, a day more is.
//
// Only a source that spoke on ten different days of those four weeks has a rhythm. Hours in which the agent itself did
// not listen are never held against a source. Pure: hours are handed in.
#pragma once
#include <bitset>
#include <cstdint>
#include <optional>

namespace stocktray::sync {

class SourceRhythm {
public:
    static constexpr std::int64_t weeks = 4;
    static constexpr std::int64_t hours_of_week = 168;
    static constexpr std::int64_t hours_kept = weeks * hours_of_week;
    static constexpr std::int64_t days_of_rhythm = 10;
    static constexpr std::int64_t least_quarters = 4 * 4;
    using Hours = std::bitset<hours_kept>;  // by the hour since the epoch, modulo

    // Hours are whole hours since the epoch (UTC). `missed`: quarters of expected hours since it was heard last.
    SourceRhythm() = default;
    SourceRhythm(const Hours& spoke, std::int64_t last_hour, std::int64_t missed) noexcept
        : spoke_{spoke}, last_hour_{last_hour}, missed_{missed} {}

    // It spoke in this hour. An hour well before the last one means that the clock was set back: then what is known
    // begins anew.
    void heard(std::int64_t hour) noexcept;
    // The agent listened during this hour and did not hear it.
    void missed(std::int64_t hour) noexcept { missed_ += usual(hour); }

    [[nodiscard]] bool has_rhythm() const noexcept { return active_days() >= days_of_rhythm; }
    [[nodiscard]] bool is_silent() const noexcept { return has_rhythm() && missed_ >= quarters_allowed(); }

    // In how many of the four weeks it spoke at this hour of the week.
    [[nodiscard]] std::int64_t usual(std::int64_t hour) const noexcept;
    // The first hour from `hour` on in which it is expected; none for a source that has never spoken.
    [[nodiscard]] std::optional<std::int64_t> next_expected(std::int64_t hour) const noexcept;

    [[nodiscard]] const Hours& spoke() const noexcept { return spoke_; }
    [[nodiscard]] std::int64_t last_hour() const noexcept { return last_hour_; }
    [[nodiscard]] std::int64_t quarters_missed() const noexcept { return missed_; }

private:
    [[nodiscard]] std::int64_t active_days() const noexcept;
    [[nodiscard]] std::int64_t quarters_allowed() const noexcept;

    Hours spoke_{};
    std::int64_t last_hour_{0};
    std::int64_t missed_{0};
};

}  // namespace stocktray::sync
