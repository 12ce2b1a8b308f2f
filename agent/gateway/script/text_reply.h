// A text answer in the charset that a cart was declared to use.
#pragma once
#include <string_view>

#include "agent/gateway/script/web_server.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

// What cannot be written in that charset goes out as UTF-8.
[[nodiscard]] WebReply text_reply(const ipc::carts::Cart& cart, std::string_view text);

}  // namespace stocktray::gateway
