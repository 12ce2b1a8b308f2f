// How to get into a cart: its definition and the password from the secret store.
#pragma once
#include <string>

#include "agent/secrets.h"
#include "core/cart/cart_client.h"
#include "core/cart/cart_config.h"
#include "core/cart/dialogues.h"

namespace stocktray::agent {

[[nodiscard]] inline cart::Access access_of(const cart::CartConfig& config, std::string password, std::string agent) {
    return {.url = config.url,
            .user = config.user,
            .password = std::move(password),
            .store_code = config.store_code,
            .charset = config.charset,
            .plain_http = config.plain_http,
            .timeout = config.timeout,
            .agent = std::move(agent),
            .kind = cart::kind_from(config.kind),
            .memory = {}};
}

}  // namespace stocktray::agent
