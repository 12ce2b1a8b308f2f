// Every text a person reads comes through here: translated (gettext, domain "stocktray"), with numbers, times
// and ages as the person's locale writes them. All texts are UTF-8. No wx.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace stocktray::tray {

// The text in the person's language. `text` is a literal: xgettext collects it.
[[nodiscard]] std::string tr(const char* text);

// With the plural form that `count` needs; the number itself is filled in by `say`.
[[nodiscard]] std::string tr_n(const char* one, const char* many, std::int64_t count);

// Marks a literal for xgettext that is translated later (tables).
[[nodiscard]] constexpr const char* mark(const char* text) noexcept {
    return text;
}

// Fills named places: say(tr("{cart} is paused."), fmt::arg("cart", name)). A pattern that does not fit its
// arguments comes back as it is: a bad translation must not stop the program.
template <class... Args>
[[nodiscard]] std::string say(std::string_view pattern, const Args&... args) {
    try {
        return fmt::vformat(pattern, fmt::make_format_args(args...));
    } catch (const fmt::format_error&) {
        return std::string{pattern};
    }
}

// 12,345 or 12.345.
[[nodiscard]] std::string number_words(std::int64_t number);

// "20 seconds", "3 minutes", "2 hours", "4 days". Milliseconds; below a second: "1 second".
[[nodiscard]] std::string age_words(std::int64_t ms);

// "14:05" on the day of `now`, "yesterday 14:05" the day after, else date and time. Milliseconds since 1970.
[[nodiscard]] std::string time_words(std::int64_t at, std::int64_t now);

// "14:05" or "2:05 PM".
[[nodiscard]] std::string clock_words(std::int64_t at);

// What the agent wrote (an alert, a hint, a job's line, a step of an explanation), in the person's language.
// The agent speaks English; what is not in the catalogue (model/agent_speech) stays as it came.
[[nodiscard]] std::string translated_sentence(std::string_view sentence);

// For texts in menus, where "&" marks the access key: doubles each "&".
[[nodiscard]] std::string without_mnemonic(std::string_view text);

// Local time. Minutes since midnight, and the moment when it is `hour` o'clock on the day after `now`.
[[nodiscard]] int minute_of_day(std::int64_t at);
[[nodiscard]] std::int64_t tomorrow_at(std::int64_t now, int hour);

// Once, before the first text: `folder` holds de/LC_MESSAGES/stocktray.mo and its like. The language itself
// is that of the process's locale (LANGUAGE, LC_MESSAGES).
void bind_texts(const std::string& folder);

}  // namespace stocktray::tray
