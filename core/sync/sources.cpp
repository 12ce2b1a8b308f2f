#include "core/sync/sources.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::sync {
namespace {

constexpr std::string_view kind = "silent_source";
constexpr Milliseconds an_hour{3'600'000};
constexpr std::int64_t gone_after = 90 * 24;           // hours: somebody was told, and it is not coming back
constexpr std::int64_t stranger_after = 28 * 24;       // that never had a rhythm

std::int64_t hour_of(WallTime time) noexcept { return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count(); }
WallTime begin_of(std::int64_t hour) noexcept { return wall_from_ms(hour * an_hour.count()); }

// The hour from which on it is forgotten.
std::int64_t gone_at(const SourceRhythm& rhythm) noexcept {
    return rhythm.last_hour() + (rhythm.has_rhythm() ? gone_after : stranger_after) + 1;
}

std::string name_of(const store::Source& source) {
    return source.workstation.empty() ? source.source : fmt::format("{} ({})", source.workstation, source.source);
}

}  // namespace

void Sources::start(Now now) {
    reload(now);
    tell(now);
}

void Sources::reload(Now now) {
    sources_.clear();
    for (auto& source : store_.sources.all()) {
        std::string name = source.source;
        sources_.emplace(std::move(name), Watched{std::move(source), hour_of(now.wall)});
    }
    plan(now);
}

void Sources::heard(const std::string& source, std::string_view workstation, Now now) {
    const std::int64_t hour = hour_of(now.wall);
    auto& watched = sources_[source];
    const bool is_known = !watched.source.source.empty();
    const bool was_silent = watched.source.rhythm.is_silent();
    if (is_known && !was_silent && watched.source.rhythm.last_hour() == hour) return;
    watched.source.source = source;
    if (!workstation.empty()) watched.source.workstation = workstation;
    watched.source.rhythm.heard(hour);
    watched.judged = hour;
    store_.sources.save(watched.source);
    // Nobody is woken to forget: whoever speaks gives the occasion.
    if (forget_gone(hour) || was_silent) tell(now);
    plan(now);
}

void Sources::watch(Now now) {
    if (!next_ || now.steady < *next_) return;
    const std::int64_t hour = hour_of(now.wall);
    bool is_news = false;
    for (auto& [name, watched] : sources_) {
        auto& rhythm = watched.source.rhythm;
        if (!rhythm.has_rhythm() || rhythm.is_silent()) continue;
        const auto expected = rhythm.next_expected(watched.judged + 1);
        if (!expected || *expected >= hour) continue;
        // Only this one, however many have passed: in the others this machine was asleep.
        rhythm.missed(*expected);
        watched.judged = hour - 1;
        store_.sources.save(watched.source);
        is_news = is_news || rhythm.is_silent();
    }
    if (forget_gone(hour) || is_news) tell(now);
    plan(now);
}

bool Sources::forget_gone(std::int64_t hour) {
    return std::erase_if(sources_, [&](const auto& entry) {
        const bool is_gone = hour >= gone_at(entry.second.source.rhythm);
        if (is_gone) store_.sources.forget(entry.first);
        return is_gone;
    }) > 0;
}

void Sources::plan(Now now) {
    next_.reset();
    const auto look_at = [&](std::int64_t hour) {
        const auto at = now.steady + std::max(begin_of(hour) - now.wall, Milliseconds{1'000});
        if (!next_ || at < *next_) next_ = at;
    };
    for (const auto& [name, watched] : sources_) {
        const auto& rhythm = watched.source.rhythm;
        if (!rhythm.has_rhythm() || rhythm.is_silent()) continue;
        if (const auto expected = rhythm.next_expected(watched.judged + 1)) look_at(*expected + 1);
    }
}

void Sources::tell(Now now) {
    const store::Source* first = nullptr;
    std::int64_t count = 0;
    for (const auto& [name, watched] : sources_) {
        if (!watched.source.rhythm.is_silent()) continue;
        if (!first) first = &watched.source;
        ++count;
    }
    if (!first) return journal_.clear(kind, "", "");
    journal_.raise({.kind = std::string{kind},
                    .severity = store::Severity::warning,
                    .since = now.wall,
                    .message = fmt::format("In {} hours in which it usually sends changes nothing was heard from {}{}.",
                                           first->rhythm.quarters_missed() / 4, name_of(*first),
                                           count > 1 ? fmt::format(", and {} more", count - 1) : ""),
                    .hint = "Look whether the Order Manager runs there and what waits on that computer; dismiss this if it "
                            "is no longer used.",
                    .count = count});
}

}  // namespace stocktray::sync
