#include "tray/model/words.h"

#include <ctime>

#include "ipc/path_text.h"
#include "tray/platform/locale.h"

#include <libintl.h>  // last: on Windows it puts functions of its own in the place of the C library's

namespace stocktray::tray {
namespace {

constexpr const char* domain = "stocktray";

std::tm local(std::int64_t at) {
    const auto seconds = static_cast<std::time_t>(at / 1'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

bool is_same_day(const std::tm& one, const std::tm& other) {
    return one.tm_year == other.tm_year && one.tm_yday == other.tm_yday;
}

}  // namespace

std::string tr(const char* text) {
    return ::dgettext(domain, text);
}

std::string tr_n(const char* one, const char* many, std::int64_t count) {
    return ::dngettext(domain, one, many, static_cast<unsigned long>(count));
}

std::string number_words(std::int64_t number) {
    std::string digits = fmt::format("{}", number);
    const auto separator = thousands_separator();
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, separator);
    }
    return digits;
}

std::string age_words(std::int64_t ms) {
    const std::int64_t seconds = ms < 1'000 ? 1 : ms / 1'000;
    const auto with = [](const std::string& pattern, std::int64_t count) {
        return say(pattern, fmt::arg("n", count));
    };
    if (seconds < 120) return with(tr_n("{n} second", "{n} seconds", seconds), seconds);
    const std::int64_t minutes = seconds / 60;
    if (minutes < 120) return with(tr_n("{n} minute", "{n} minutes", minutes), minutes);
    const std::int64_t hours = minutes / 60;
    if (hours < 48) return with(tr_n("{n} hour", "{n} hours", hours), hours);
    return with(tr_n("{n} day", "{n} days", hours / 24), hours / 24);
}

std::string clock_words(std::int64_t at) {
    return clock_time(local(at));
}

std::string time_words(std::int64_t at, std::int64_t now) {
    const std::tm then = local(at);
    std::tm day = local(now);
    if (is_same_day(then, day)) return clock_words(at);
    day.tm_mday -= 1;
    day.tm_isdst = -1;
    std::mktime(&day);
    if (is_same_day(then, day)) return say(tr("yesterday {time}"), fmt::arg("time", clock_words(at)));
    return say(tr("{date} {time}"), fmt::arg("date", short_date(then)),
               fmt::arg("time", clock_words(at)));
}

std::string without_mnemonic(std::string_view text) {
    std::string out;
    for (const char sign : text) out.append(sign == '&' ? 2 : 1, sign);
    return out;
}

int minute_of_day(std::int64_t at) {
    const std::tm parts = local(at);
    return parts.tm_hour * 60 + parts.tm_min;
}

std::int64_t tomorrow_at(std::int64_t now, int hour) {
    std::tm parts = local(now);
    parts.tm_mday += 1;
    parts.tm_hour = hour;
    parts.tm_min = 0;
    parts.tm_sec = 0;
    parts.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&parts)) * 1'000;
}

void bind_texts(const std::string& folder) {
    bind_catalogue(domain, ipc::path_of(folder));
}

}  // namespace stocktray::tray
