#include "core/cart/http/http_message.h"

#include <algorithm>

namespace stocktray::http {

std::string_view header(const Reply& reply, std::string_view name) noexcept {
    const auto found = std::ranges::find(reply.headers, name, &std::pair<std::string, std::string>::first);
    return found == reply.headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace stocktray::http
