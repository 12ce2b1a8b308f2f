#include "tray/model/notification_policy.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t between_changes = 10'000;   // of one notification on the screen
constexpr std::int64_t rarest = 24 * 60 * minute;  // an open problem is told of once a day at least

std::optional<int> minutes_of(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    int hour = 0, minutes = 0;
    const auto read = [](std::string_view part, int& into) {
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), into);
        return error == std::errc{} && end == part.data() + part.size();
    };
    if (!read(text.substr(0, 2), hour) || !read(text.substr(3), minutes)) return std::nullopt;
    return hour * 60 + minutes;
}

void sooner(std::optional<std::int64_t>& at, std::int64_t time) {
    at = at ? std::min(*at, time) : time;
}

Notice well_again(const Incident& incident) {
    return {.key = "recovered:" + incident.end_title,
            .title = incident.end_title,
            .body = tr("Its posts go out as they should."),
            .urgency = Urgency::low};
}

}  // namespace

std::optional<int> quiet_minutes_left(const std::string& quiet_hours, int minute_of_day) {
    const auto dash = quiet_hours.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto from = minutes_of(std::string_view{quiet_hours}.substr(0, dash));
    const auto to = minutes_of(std::string_view{quiet_hours}.substr(dash + 1));
    if (!from || !to || *from == *to) return std::nullopt;
    constexpr int day = 24 * 60;
    const int length = (*to - *from + day) % day;
    const int into = (minute_of_day - *from + day) % day;
    return into < length ? std::optional{length - into} : std::nullopt;
}

void NotificationPolicy::tell(Known& known, std::int64_t now, Verdict& verdict) {
    known.told_at = now;
    known.was_shown = true;
    known.is_recovery_told = false;
    known.is_on_screen = true;
    verdict.show.push_back(known.incident.notice);
}

void NotificationPolicy::judge(Known& known, const Incident& incident, bool is_start,
                               const Settings& settings, bool is_quiet, std::int64_t now, Verdict& verdict) {
    const bool is_worse = incident.notice.urgency > known.incident.notice.urgency;
    const bool has_changed = incident.notice != known.incident.notice;
    known.incident = incident;
    if (incident.is_hidden) {
        if (known.is_on_screen) verdict.withdraw.push_back(incident.notice.key);
        known.is_on_screen = false;
        known.told_at = 0;  // when it comes out from behind, it is news again
        known.times = 0;
        return;
    }
    if (is_start && !incident.needs_person) {
        known.told_at = now;
        known.times = 1;
        return;
    }
    if (now - known.since < incident.visible_after)
        return sooner(verdict.look_again_at, known.since + incident.visible_after);
    if (is_quiet && !incident.passes_quiet_hours) return;
    const auto repeat = std::min(rarest, settings.repeat_ms << std::min(std::max(known.times - 1, 0), 10));
    if (known.told_at == 0 || now - known.told_at >= repeat) {
        ++known.times;
        tell(known, now, verdict);
    } else if (has_changed && (known.is_on_screen || is_worse)) {
        if (now - known.told_at >= between_changes || is_worse) return tell(known, now, verdict);
        known.incident.notice = {};  // still to be replaced
        known.incident.notice.key = incident.notice.key;
        known.incident.notice.urgency = incident.notice.urgency;
        return sooner(verdict.look_again_at, known.told_at + between_changes);
    }
    const auto next = std::min(rarest, settings.repeat_ms << std::min(std::max(known.times - 1, 0), 10));
    sooner(verdict.look_again_at, known.told_at + next);
}

void NotificationPolicy::ended(Known& known, bool is_silent, std::int64_t now, Verdict& verdict) {
    if (known.over_since != 0) return;
    known.over_since = now;
    if (known.is_on_screen) verdict.withdraw.push_back(known.incident.notice.key);
    known.is_on_screen = false;
    if (!known.was_shown || known.is_recovery_told || known.incident.end_title.empty() ||
        known.incident.is_hidden || is_silent)
        return;
    known.is_recovery_told = true;
    verdict.show.push_back(well_again(known.incident));
}

// What comes and goes by itself is remembered until it was calm for a while.
bool NotificationPolicy::is_forgotten(const Known& known, const Settings& settings, std::int64_t now) {
    const bool may_flap = known.was_shown && !known.incident.end_title.empty();
    return !may_flap || now - known.over_since >= settings.repeat_ms;
}

NotificationPolicy::Verdict NotificationPolicy::consider(const std::vector<Incident>& incidents,
                                                         bool is_known, const Settings& settings,
                                                         std::int64_t now, int minute_of_day) {
    Verdict verdict;
    const bool is_off = settings.notifications == Notifications::off;
    const auto quiet = quiet_minutes_left(settings.quiet_hours, minute_of_day);
    const bool is_start = is_known && !has_begun_;
    has_begun_ = has_begun_ || is_known;

    std::set<std::string> present;
    for (const auto& incident : incidents) {
        const auto& key = incident.notice.key;
        present.insert(key);
        auto [at, is_new] = known_.try_emplace(key);
        // Withdrawn now it would only be told anew when the agent is back.
        if (incident.is_held && !incident.is_hidden && !is_new && at->second.over_since == 0) continue;
        // One that comes and goes is the same one: it is told of again in its time, not each time it comes.
        if (is_new || at->second.over_since != 0) {
            at->second.since = now;
            at->second.over_since = 0;
            at->second.incident = incident;
        }
        if (is_off) {
            if (at->second.is_on_screen) verdict.withdraw.push_back(key);
            at->second.is_on_screen = false;
            at->second.incident = incident;
        } else {
            judge(at->second, incident, is_start && is_new, settings, quiet.has_value(), now, verdict);
        }
    }
    for (auto at = known_.begin(); at != known_.end();) {
        const bool is_over = !present.contains(at->first);
        if (is_over) ended(at->second, is_off || quiet.has_value(), now, verdict);
        at = is_over && is_forgotten(at->second, settings, now) ? known_.erase(at) : std::next(at);
    }
    if (quiet && !known_.empty() && !is_off) sooner(verdict.look_again_at, now + *quiet * minute);
    return verdict;
}

void NotificationPolicy::closed(const std::string& key) {
    const auto at = known_.find(key);
    if (at != known_.end()) at->second.is_on_screen = false;
}

}  // namespace stocktray::tray
