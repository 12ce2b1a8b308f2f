#include <fmt/format.h>

#include "agent/diagnostics.h"
#include "agent/handlers/dispatch.h"
#include "agent/views.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/registry.h"

namespace stocktray::agent {
namespace {

// A workstation that comes by learns from it that the key was renewed.
std::optional<std::string> key_to_tell(const Desk& desk) {
    if (!desk.caller.is_on_network() || !desk.lan.keys()) return std::nullopt;
    return desk.lan.keys()->current().public_key.hex();
}

ipc::Expected<ipc::agent::HelloResult> hello(Desk& desk, const ipc::agent::Hello& request) {
    constexpr std::int64_t our_protocol = 1;
    if (request.protocol > our_protocol)
        return ipc::fail(ipc::Code::unsupported,
                         fmt::format("This agent speaks protocol {}, not {}: update it.", our_protocol, request.protocol));
    const auto identity = desk.controller.store.identity.get();
    ipc::agent::HelloResult result;
    result.agent = identity.agent;
    result.version = desk.version;
    result.protocol = our_protocol;
    result.run = desk.run;
    for (const auto& method : ipc::methods()) result.capabilities.emplace_back(method.name);
    result.role = desk.member.rights.role;
    result.barred = desk.member.rights.barred;
    result.agent_key = key_to_tell(desk);
    result.server_time = to_ms(desk.now.wall);
    result.incarnation = identity.incarnation;
    result.restored = identity.trouble == store::Trouble::restored;
    return result;
}

ipc::Expected<ipc::agent::StatusResult> status(Desk& desk, const ipc::agent::Status&) {
    ipc::agent::StatusResult result;
    result.run = desk.run;
    result.seq = desk.server.seq();
    result.synch_qoh = desk.controller.board.settings().synch_qoh;
    if (desk.controller.store.identity.get().trouble == store::Trouble::restored) result.restored = true;
    for (const auto& cart : desk.controller.board.all()) {
        auto view = view_of(desk.controller, *cart, desk.now);
        result.stack.queued += view.queued;
        result.stack.sending += view.sending;
        result.stack.uncertain += view.uncertain;
        result.stack.parked += view.parked;
        result.stack.rejected += view.rejected;
        result.stack.late += view.late;
        result.stack.slow += view.slow;
        result.carts.push_back(std::move(view));
    }
    result.uptime_ms = desk.uptime.count();
    result.agent_key = key_to_tell(desk);
    return result;
}

ipc::Expected<ipc::agent::DiagnosticsResult> diagnostics(Desk& desk, const ipc::agent::Diagnostics&) {
    auto path = write_bundle(desk);
    if (!path) return ipc::Failure{to_wire(path.error())};
    return ipc::agent::DiagnosticsResult{*path};
}

}  // namespace

void add_agent_handlers(Handlers& handlers) {
    handlers.add<ipc::agent::Hello>(hello);
    handlers.add<ipc::agent::Status>(status);
    handlers.add<ipc::agent::Metrics>([](Desk& desk, const ipc::agent::Metrics&) {
        return ipc::Expected<ipc::agent::MetricsResult>{{metrics(desk)}};
    });
    handlers.add<ipc::agent::Diagnostics>(diagnostics);
    handlers.add<ipc::agent::Shutdown>([](Desk& desk, const ipc::agent::Shutdown&) {
        desk.after_commit.push_back([&desk] { desk.wants_stop = true; });
        return ipc::Expected<ipc::Nothing>{ipc::Nothing{}};
    });
}

}  // namespace stocktray::agent
