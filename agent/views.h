// The controller's state as clients see it.
#pragma once
#include "core/controller.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/history.h"
#include "ipc/messages/qoh.h"
#include "ipc/messages/stack.h"

namespace stocktray::agent {

// What holds up everything of a cart, if anything does.
[[nodiscard]] std::optional<ipc::WaitingFor> cart_waits_for(const Controller& controller, const stack::CartState& cart,
                                                            Now now);
[[nodiscard]] ipc::agent::CartStatus view_of(const Controller& controller, const stack::CartState& cart, Now now);
[[nodiscard]] ipc::stack::Post view_of(Controller& controller, const store::ListedPost& post, Now now);
[[nodiscard]] ipc::alerts::Alert view_of(const store::Alert& alert);
[[nodiscard]] ipc::history::Entry view_of(const store::HistoryEntry& entry);
[[nodiscard]] ipc::carts::Cart view_of(const cart::CartConfig& config);
[[nodiscard]] ipc::qoh::SnapshotResult view_of(sync::SnapshotReceipt receipt);
[[nodiscard]] ipc::Trouble view_of(cart::Cause cause, std::string_view said);

}  // namespace stocktray::agent
