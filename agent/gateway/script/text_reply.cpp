#include "agent/gateway/script/text_reply.h"

#include <fmt/format.h>

#include "core/charset.h"

namespace stocktray::gateway {

WebReply text_reply(const ipc::carts::Cart& cart, std::string_view text) {
    const auto charset = ipc::to_string(cart.charset);
    WebReply reply;
    reply.headers = {{"Content-Type", fmt::format("text/plain; charset={}", charset)}};
    reply.body = charset::from_utf8(text, charset).value_or(std::string{text});
    return reply;
}

}  // namespace stocktray::gateway
