#include <langinfo.h>
#include <libintl.h>

#include <array>
#include <clocale>
#include <string_view>

#include "tray/platform/locale.h"

namespace stocktray::tray {
namespace {

std::string formatted(const char* pattern, const std::tm& local) {
    std::array<char, 128> text{};
    const auto size = std::strftime(text.data(), text.size(), pattern, &local);
    return {text.data(), size};
}

}  // namespace

void begin_locale() {
    std::setlocale(LC_ALL, "");
    // Without a locale of its own a process gets no translations at all, whatever language is asked for.
    const std::string_view messages = std::setlocale(LC_MESSAGES, nullptr);
    if (messages == "C" || messages == "POSIX") std::setlocale(LC_ALL, "C.UTF-8");
}

void bind_catalogue(const char* domain, const std::filesystem::path& folder) {
    ::bindtextdomain(domain, folder.c_str());
    ::bind_textdomain_codeset(domain, "UTF-8");
}

std::string thousands_separator() { return std::localeconv()->thousands_sep; }

std::string clock_time(const std::tm& local) {
    const std::string_view pattern = ::nl_langinfo(T_FMT);
    const bool has_halves = pattern.find("%p") != std::string_view::npos || pattern == "%r";
    return formatted(has_halves ? "%-I:%M %p" : "%H:%M", local);
}

std::string short_date(const std::tm& local) { return formatted("%x", local); }

}  // namespace stocktray::tray
