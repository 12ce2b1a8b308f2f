#include <fmt/format.h>

#include "agent/handlers/dispatch.h"
#include "ipc/messages/events.h"
#include "ipc/messages/parameters.h"

namespace stocktray::agent {
namespace {

ipc::Expected<ipc::parameters::GetResult> get(Desk& desk, const ipc::parameters::Get& request) {
    const auto all = desk.controller.store.parameters.all();
    ipc::parameters::GetResult result;
    if (!request.names) {
        result.parameters = {all.begin(), all.end()};
        return result;
    }
    for (const auto& name : *request.names) {
        const auto found = all.find(name);
        if (found == all.end()) return ipc::fail(ipc::Code::not_found, "There is no parameter " + name + ".");
        result.parameters.emplace(*found);
    }
    return result;
}

std::string in_words(const ipc::Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    const auto& text = std::get<std::string>(value);
    return text.empty() ? "nothing" : text;
}

ipc::Expected<ipc::Nothing> set(Desk& desk, const ipc::parameters::Set& request) {
    for (const auto& [name, value] : request.parameters)
        if (auto good = store::Parameters::check(name, value); !good) return ipc::Failure{to_wire(good.error())};
    for (const auto& [name, value] : request.parameters) {
        desk.controller.switching.set_parameter(name, value, desk.now);
        desk.controller.journal.record({.at = desk.now.wall, .kind = "setting", .text = fmt::format("{} was set to {}.", name, in_words(value))});
        desk.after_commit.push_back([&server = desk.server, event = ipc::events::ParameterChanged{name, value}] {
            server.publish(event);
        });
        if (name == "LanAddress")
            desk.after_commit.push_back([&desk, address = std::get<std::string>(value)] { desk.lan.follow(address, desk.now); });
    }
    return ipc::Nothing{};
}

}  // namespace

void add_parameter_handlers(Handlers& handlers) {
    handlers.add<ipc::parameters::Get>(get);
    handlers.add<ipc::parameters::Set>(set);
}

}  // namespace stocktray::agent
