// What Stocktray's own Get QOH has found: an Order Manager behind the import script never asks for it, and its own counts
// are refused meanwhile.
#pragma once
#include <optional>
#include <string>

#include "ipc/spool/outbox.h"

namespace stocktray::gateway {

struct OpenGet {
    std::string message;
    std::string hint;
    bool has_consumer{false};  // another program takes it over
};

// None: nothing is open, or the agent cannot be asked. `cart`: any that there is.
[[nodiscard]] std::optional<OpenGet> open_get_of(ipc::Outbox& outbox, const std::string& cart);

}  // namespace stocktray::gateway
