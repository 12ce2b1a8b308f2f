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
    const std::time_t date = curl_getdate(std::string{value}.c_str(), nullptr);
    if (date < 0) return std::nullopt;
    const Milliseconds wait = WallTime{std::chrono::seconds{date}} - now;
    return std::clamp<Milliseconds>(wait, Milliseconds{0}, longest);
}

}  // namespace stocktray::http
