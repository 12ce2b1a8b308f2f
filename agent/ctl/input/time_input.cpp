#include "agent/ctl/input/time_input.h"

#include <array>
#include <ctime>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>
#include <string>

#include "ipc/csv/csv_reader.h"

namespace stocktray::ctl {

std::optional<std::int64_t> duration_ms(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::int64_t unit = 1'000;
    switch (text.back()) {
        case 's':
            break;
        case 'm':
            unit = 60'000;
            break;
        case 'h':
            unit = 3'600'000;
            break;
        case 'd':
            unit = 86'400'000;
            break;
        default:
            unit = 0;
    }
    const auto number = csv::whole_number(unit == 0 ? text : text.substr(0, text.size() - 1));
    if (unit == 0) unit = 1'000;
    if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return *number * unit;
}

std::optional<std::int64_t> moment_ms(std::string_view text, std::int64_t now_ms) {
    const std::string copy{text};
    for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M"}) {
        std::tm time{};
        const bool is_today = format[1] == 'H';
        if (is_today) {
            const auto now = static_cast<std::time_t>(now_ms / 1'000);
            ::localtime_r(&now, &time);
            time.tm_sec = 0;
        }
        std::istringstream in{copy};
        in.imbue(std::locale::classic());
        in >> std::get_time(&time, format);
        if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
        time.tm_isdst = -1;
        const std::time_t seconds = ::mktime(&time);
        if (seconds < 0) return std::nullopt;
        return static_cast<std::int64_t>(seconds) * 1'000;
    }
    return std::nullopt;
}

}  // namespace stocktray::ctl
