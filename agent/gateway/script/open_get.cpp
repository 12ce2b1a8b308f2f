#include "agent/gateway/script/open_get.h"

#include <fmt/format.h>

#include "agent/gateway/ask.h"
#include "ipc/messages/at_store.h"

namespace stocktray::gateway {

std::optional<OpenGet> open_get_of(ipc::Outbox& outbox, const std::string& cart) {
    const auto told = ask(outbox, ipc::qoh::AtStore{cart, std::nullopt, 1}, std::chrono::seconds{2});
    if (!told || !told->open_get) return std::nullopt;
    return OpenGet{fmt::format("Get QOH From Website in Stocktray has found new counts for {} SKUs. An Order Manager behind Stocktray's Script URL "
                               "does not take them over, and its own Send QOH to Cart is refused until they are gone.",
                               *told->open_get),
                   fmt::format("Undo that Get in Stocktray (stocktrayctl undo {}). Then press Get QOH from Cart in the Order Manager instead.",
                               told->open_job.value_or(0)),
                   told->consumer.has_value()};
}

}  // namespace stocktray::gateway
