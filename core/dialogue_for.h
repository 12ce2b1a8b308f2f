// The dialogue that a question of the controller becomes. The agent carries it over the network, the simulation through a
// network of its own.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/cart/cart_client.h"
#include "core/stack/asks.h"

namespace stocktray {

// `sink`: takes a whole store's counts, where those are asked for. `random_text`: letters and digits, for a probe.
[[nodiscard]] std::unique_ptr<cart::Dialogue> dialogue_for(stack::What what, cart::Access access, const cart::Learned& learned,
                                                           std::int64_t batch_size, std::shared_ptr<cart::CountSink> sink,
                                                           std::string random_text);

}  // namespace stocktray
