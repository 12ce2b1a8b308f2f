#include "tray/model/tray_speech.h"

#include <algorithm>
#include <clocale>

#include "tray/model/words.h"

namespace stocktray::tray {

std::string TraySpeech::tr(const char* text) const {
    return tray::tr(text);
}

std::string TraySpeech::tr_n(const char* one, const char* many, std::int64_t count) const {
    return tray::tr_n(one, many, count);
}

std::string TraySpeech::language() const {
    // Translators: the language's code, as a page in it names it: de, fr.
    return tray::tr("en");
}

std::string TraySpeech::number(std::int64_t number) const {
    return number_words(number);
}

std::string TraySpeech::duration(std::int64_t ms) const {
    const auto with = [](const std::string& pattern, std::int64_t n, std::int64_t rest = 0) {
        return tray::say(pattern, fmt::arg("n", n), fmt::arg("rest", rest));
    };
    if (ms < 1'000) return with(tray::tr("{n} ms"), ms);
    if (ms < 60'000) return with(tray::tr("{n} s"), ms / 1'000);
    const auto minutes = ms / 60'000;
    if (minutes < 60) return with(tray::tr("{n} min"), minutes);
    const auto hours = minutes / 60;
    if (hours >= 24) return with(tray::tr("{n} d {rest} h"), hours / 24, hours % 24);
    return minutes % 60 == 0 ? with(tray::tr("{n} h"), hours)
                             : with(tray::tr("{n} h {rest} min"), hours, minutes % 60);
}

std::string TraySpeech::seconds(double number) const {
    auto text = fmt::format("{:.1f}", number);
    const std::string point = std::localeconv()->decimal_point;
    return text.replace(text.find('.'), 1, point);
}

std::string TraySpeech::moment(std::int64_t ms) const {
    return time_words(ms, 0);  // with its date, whatever the day
}

std::string TraySpeech::printable(std::string_view text) const {
    std::string result{text};
    std::ranges::replace_if(
        result, [](unsigned char sign) { return sign < 0x20 || sign == 0x7F; }, ' ');
    return result;
}

}  // namespace stocktray::tray
