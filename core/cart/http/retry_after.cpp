#include "core/cart/http/retry_after.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace stocktray::http {

std::optional<Milliseconds> retry_after(std::string_view value, WallTime now) {
    constexpr std::chrono::seconds longest{365 * 24 * 3600};
    if (value.empty()) return std::nullopt;
    if (value.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (read.ec != std::errc{}) return longest;  // digits, but too many of them
        return std::min(std::chrono::seconds{seconds}, longest);
    }
    const auto until = date(value);
    if (!until) return std::nullopt;
    return std::clamp<Milliseconds>(*until - now, Milliseconds{0}, longest);
}

std::optional<WallTime> date(std::string_view value) {
    const std::time_t read = curl_getdate(std::string{value}.c_str(), nullptr);
    if (read < 0) return std::nullopt;
    return WallTime{std::chrono::seconds{read}};
}

}  // namespace stocktray::http
