#include "agent/ctl/output/words.h"

#include <fmt/format.h>

#include <ctime>

namespace stocktray::ctl {
namespace {

std::tm local(std::int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1'000);
    std::tm result{};
    ::localtime_r(&seconds, &result);
    return result;
}

std::string formatted(const std::tm& time, const char* format) {
    char text[32];
    return {text, std::strftime(text, sizeof text, format, &time)};
}

}  // namespace

std::string pieces(std::int64_t delta) {
    if (delta == 0) return "0";
    return delta > 0 ? fmt::format("+{}", delta)
                     : fmt::format("\u2212{}", 0 - static_cast<std::uint64_t>(delta));
}

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string duration(std::int64_t ms) {
    const std::int64_t seconds = ms / 1'000;
    if (ms < 1'000) return fmt::format("{} ms", ms);
    if (seconds < 60) return fmt::format("{} s", seconds);
    const std::int64_t minutes = seconds / 60;
    if (minutes < 60) return fmt::format("{} min", minutes);
    const std::int64_t hours = minutes / 60;
    const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
        return small == 0 ? fmt::format("{} {}", big, big_unit)
                          : fmt::format("{} {} {} {}", big, big_unit, small, small_unit);
    };
    return hours < 24 ? two(hours, "h", minutes % 60, "min") : two(hours / 24, "d", hours % 24, "h");
}

std::string moment(std::int64_t ms) {
    return formatted(local(ms), "%Y-%m-%d %H:%M:%S");
}

std::string moment(std::int64_t ms, std::int64_t now_ms) {
    const std::tm then = local(ms);
    const std::tm now = local(now_ms);
    const bool is_today = then.tm_year == now.tm_year && then.tm_yday == now.tm_yday;
    return formatted(then, is_today ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S");
}

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string_view in_words(ipc::WaitingFor waiting) {
    using ipc::WaitingFor;
    switch (waiting) {
        case WaitingFor::retry_timer:
            return "the next attempt";
        case WaitingFor::circuit_open:
            return "the store to answer again";
        case WaitingFor::credentials:
            return "a user name and password that the store takes";
        case WaitingFor::paused:
            return "you: it is paused";
        case WaitingFor::earlier_post:
            return "an earlier post of the same SKU";
        case WaitingFor::free_connection:
            return "a free connection";
        case WaitingFor::settling:
            return "the store to come to rest";
        case WaitingFor::verification:
            return "the check with the store";
        case WaitingFor::order_import:
            return "the next import of web orders";
        case WaitingFor::restored:
            return "a snapshot after the restore";
        case WaitingFor::person:
            return "your decision";
        case WaitingFor::other:
            break;
    }
    return "something this version does not know";
}

std::string_view in_words(ipc::Health health) {
    using ipc::Health;
    switch (health) {
        case Health::ok:
            return "well";
        case Health::slow:
            return "slow";
        case Health::late:
            return "late";
        case Health::credentials:
            return "not authorized";
        case Health::circuit_open:
            return "does not answer";
        case Health::stopped:
            return "stopped";
        case Health::paused:
            return "paused";
        case Health::off:
            return "off";
    }
    return "";
}

}  // namespace stocktray::ctl
