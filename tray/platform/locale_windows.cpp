#include <windows.h>

#include <array>

#include "ipc/path_text.h"
#include "tray/platform/locale.h"

#include <libintl.h>  // last: it puts functions of its own in the place of the C library's

namespace stocktray::tray {
namespace {

SYSTEMTIME system_time(const std::tm& local) {
    SYSTEMTIME time{};
    time.wYear = static_cast<WORD>(local.tm_year + 1900);
    time.wMonth = static_cast<WORD>(local.tm_mon + 1);
    time.wDay = static_cast<WORD>(local.tm_mday);
    time.wHour = static_cast<WORD>(local.tm_hour);
    time.wMinute = static_cast<WORD>(local.tm_min);
    return time;
}

using Text = std::array<wchar_t, 128>;

// `size` as Windows tells it: with the zero at the end; 0: it could not.
std::string utf8(const Text& text, int size) {
    return size > 0 ? ipc::text_of(std::filesystem::path{text.data()}) : std::string{};
}

}  // namespace

void begin_locale() {}  // a program has the person's language from the beginning

void bind_catalogue(const char* domain, const std::filesystem::path& folder) {
    ::wbindtextdomain(domain, folder.c_str());
    ::bind_textdomain_codeset(domain, "UTF-8");
}

std::string thousands_separator() {
    Text text{};
    return utf8(text, ::GetLocaleInfoEx(LOCALE_NAME_USER_DEFAULT, LOCALE_STHOUSAND, text.data(), static_cast<int>(text.size())));
}

std::string clock_time(const std::tm& local) {
    Text text{};
    const auto time = system_time(local);
    return utf8(text, ::GetTimeFormatEx(LOCALE_NAME_USER_DEFAULT, TIME_NOSECONDS, &time, nullptr, text.data(), static_cast<int>(text.size())));
}

std::string short_date(const std::tm& local) {
    Text text{};
    const auto time = system_time(local);
    return utf8(text, ::GetDateFormatEx(LOCALE_NAME_USER_DEFAULT, DATE_SHORTDATE, &time, nullptr, text.data(), static_cast<int>(text.size()), nullptr));
}

}  // namespace stocktray::tray
