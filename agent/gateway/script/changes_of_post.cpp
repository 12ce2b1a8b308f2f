#include "agent/gateway/script/changes_of_post.h"

#include <fmt/format.h>
#include <sodium.h>
#include <array>

namespace stocktray::gateway {
namespace {

ipc::qoh::Change change(std::string id, const std::string& sku, std::int64_t delta, std::int64_t at) {
    ipc::qoh::Change change;
    change.id = std::move(id);
    change.sku = sku;
    change.delta = delta;
    change.at = at;
    return change;
}

void only_for(std::string_view cart, ipc::qoh::Change& change) {
    change.only_carts = std::vector{std::string{cart}};
    change.moves_book = false;
}

// The same for ever: an import that is told again counts once.
std::string id_of(std::string_view cart, std::string_view order, std::string_view sku) {
    std::array<unsigned char, 16> hash{};
    std::string text;
    for (const auto part : {cart, order, sku}) {
        text += part;
        text += '\0';
    }
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
    std::string id = "order-";
    for (const auto byte : hash) id += fmt::format("{:02x}", byte);
    return id;
}

}  // namespace

std::vector<ipc::qoh::Change> changes_of(const PostKey& key, const Arrived& arrived, FanOut fan_out, const PostedFrom& from) {
    std::vector<ipc::qoh::Change> changes;
    const auto add = [&](std::int64_t delta) -> ipc::qoh::Change& {
        const auto id = arrived.as == Arrived::As::repeat ? arrived.id + "-again" : fmt::format("{}-{}", arrived.id, changes.size());
        auto& added = changes.emplace_back(change(id, key.sku, delta, from.at));
        added.since = arrived.since;
        added.workstation = key.client;
        added.reason_text = fmt::format("posted to {}", from.cart_name);
        return added;
    };
    if (arrived.as == Arrived::As::repeat) {
        add(0).note = fmt::format("The Order Manager at {} posted {:+} of {} for {} again, because it had not read the first answer. "
                                  "It was counted once.",
                                  key.client, key.delta, key.sku, from.cart_name);
    } else {
        std::int64_t rest = key.delta;
        for (const auto& claim : arrived.claims) {
            auto& taken = add(-claim.pieces);
            taken.reason = ipc::Reason::web_order_imported;
            taken.origin_cart = claim.cart;
            taken.order = claim.order;
            rest += claim.pieces;
        }
        if (rest != 0 || changes.empty()) add(rest);
        if (arrived.as == Arrived::As::doubtful_repeat)
            changes.front().note = fmt::format("The Order Manager at {} posted {:+} of {} for {} twice. Whether the second one was a "
                                               "repeat is not known; both were counted.",
                                               key.client, key.delta, key.sku, from.cart_name);
    }
    if (fan_out == FanOut::order_manager)
        for (auto& each : changes) only_for(key.cart, each);
    return changes;
}

std::vector<ipc::qoh::Change> changes_of(std::string_view cart, const ImportedOrder& order, FanOut fan_out, bool is_source,
                                         std::int64_t at) {
    std::vector<ipc::qoh::Change> changes;
    if (fan_out == FanOut::stocktray && !is_source) return changes;
    for (const auto& line : order.lines) {
        if (line.qty == 0) continue;
        auto& taken = changes.emplace_back(change(id_of(cart, order.number, line.sku), line.sku, -line.qty, at));
        // Somewhere between the download and the call that names the order; where, the Order Manager does not tell.
        taken.since = order.passed_at;
        taken.reason = ipc::Reason::web_order_imported;
        taken.origin_cart = std::string{cart};
        taken.order = order.number;
        if (fan_out == FanOut::order_manager) only_for(cart, taken);
    }
    return changes;
}

}  // namespace stocktray::gateway
