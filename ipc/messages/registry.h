// Every request and every event there is, for whoever needs all of them: the agent's `capabilities`, the
// check of PROTOCOL.md, the fuzzer.
#pragma once
#include <span>
#include <string_view>

#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/at_store.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/events.h"
#include "ipc/messages/history.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/keys.h"
#include "ipc/messages/method.h"
#include "ipc/messages/orders.h"
#include "ipc/messages/parameters.h"
#include "ipc/messages/qoh.h"
#include "ipc/messages/report.h"
#include "ipc/messages/stack.h"
#include "ipc/messages/takeover.h"

namespace stocktray::ipc {

template <class... Messages>
struct MessageList {
    // Calls `visit.template operator()<T>()` for each of them, in order.
    template <class Visit>
    static void each(Visit&& visit) {
        (visit.template operator()<Messages>(), ...);
    }
    static constexpr std::size_t size = sizeof...(Messages);
};

using Requests =
    MessageList<agent::Hello, agent::Status, agent::Metrics, agent::Diagnostics, agent::Shutdown, qoh::Submit,
                qoh::Snapshot, qoh::List, qoh::AtStore, qoh::Pull, qoh::Explain, orders::Imported, parameters::Get, parameters::Set, carts::List,
                carts::Create, carts::Update, carts::Delete, carts::Test, carts::Takeover, carts::AcceptStore,
                stack::List, stack::Retry, stack::Cancel, stack::Pause, stack::Resume, stack::Resolve,
                jobs::Start, jobs::Get, jobs::List, jobs::Cancel, jobs::Results, drift::Ignore, alerts::List,
                alerts::Dismiss, alerts::Tell, history::List, report::Get, keys::List, keys::Invite, keys::Pair, keys::Approve, keys::SetRole,
                keys::Revoke, keys::Rotate>;

using Events =
    MessageList<events::AgentStarted, events::AgentStopping, events::StackChanged, events::PostConfirmed,
                events::PostLate, events::PostRejected, events::PostUncertain, events::PostSettled,
                events::CartHealth, events::CartChanged, events::ParameterChanged, events::AlertRaised,
                events::AlertChanged, events::AlertCleared, events::JobProgress, events::JobFinished,
                events::QohAvailable, events::HistoryAdded>;

// All methods in the order of PROTOCOL.md.
[[nodiscard]] std::span<const Method> methods();

// None: there is no such method.
[[nodiscard]] const Method* find_method(std::string_view name);

}  // namespace stocktray::ipc
