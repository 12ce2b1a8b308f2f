#include "agent/lan/rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "ipc/messages/jobs.h"
#include "ipc/messages/stack.h"

namespace stocktray::agent {
namespace {

using ipc::Bar;
using ipc::Role;

std::string_view in_words(Role role) {
    switch (role) {
        case Role::none: return "nobody";
        case Role::viewer: return "a viewer";
        case Role::operator_: return "an operator";
        case Role::order_manager: return "an Order Manager";
        case Role::admin: return "an administrator";
    }
    return "nobody";
}

struct Deed {
    std::string_view methods;  // how their names begin
    std::string_view words;
};
// What more than looking needs, in the words of those who are refused it.
constexpr Deed deeds[] = {
    {"qoh.submit", "Telling of changed counts"},
    {"qoh.snapshot", "Handing over the whole count"},
    {"qoh.pull", "Taking over what Get QOH found"},
    {"orders.", "Telling of imported web orders"},
    {"stack.cancel", "Cancelling and deciding posts"},
    {"stack.resolve", "Cancelling and deciding posts"},
    {"stack.", "Retrying and pausing posts"},
    {"drift.", "Leaving a difference as it is"},
    {"jobs.", "Get QOH and Send QOH"},
    {"alerts.dismiss", "Dismissing problems"},
    {"alerts.", "Telling of problems"},
    {"carts.test", "Testing a cart"},
    {"carts.", "Setting up and changing carts"},
    {"parameters.", "Changing settings"},
    {"keys.", "Deciding who may use the agent"},
    {"agent.diagnostics", "Collecting a report on the agent"},
    {"agent.", "Ending the agent"},
};

std::string_view in_words(const ipc::Method& method) {
    const auto* found = std::ranges::find_if(deeds, [&](const Deed& deed) { return method.name.starts_with(deed.methods); });
    return found == std::end(deeds) ? "This" : found->words;
}

std::string only_for(Role own, const ipc::Method& method) {
    if (method.role == Role::admin)
        return fmt::format("This computer is {} for the agent. {}: only for an administrator. Whoever looks after the agent's "
                           "computer can change that.",
                           in_words(own), in_words(method));
    return fmt::format("This computer is {} for the agent. {}: only for {} and above. Whoever looks after the agent's computer "
                       "can change that.",
                       in_words(own), in_words(method), in_words(method.role));
}

// What a bar takes away, whatever the role.
std::optional<Bar> bar_on(const ipc::Method& method, ipc::Node params) {
    if (method.name == ipc::stack::Cancel::method.name) return Bar::cancel;
    if (method.name == ipc::jobs::Start::method.name) {
        // Each of them, should somebody name it twice.
        auto name = params.is(ipc::Kind::map) ? params.first() : ipc::Node{};
        for (std::size_t i = 0; params.is(ipc::Kind::map) && i < params.size(); ++i) {
            const auto value = name.next();
            if (name.is(ipc::Kind::text) && name.text() == "kind" && value.is(ipc::Kind::text) &&
                value.text() == ipc::to_string(ipc::JobKind::send_qoh))
                return Bar::send_qoh;
            name = value.next();
        }
    }
    return std::nullopt;
}

std::string_view in_words(Bar bar) {
    switch (bar) {
        case Bar::send_qoh: return "Send QOH To Website";
        case Bar::cancel: return "Cancelling posts";
    }
    return "This";
}

}  // namespace

bool Rights::has(Bar bar) const noexcept { return std::ranges::find(barred, bar) != barred.end(); }

std::optional<ipc::Error> refusal(const Rights& rights, const ipc::Method& method, ipc::Node params) {
    if (rights.role < method.role) {
        if (rights.role == Role::none)
            return ipc::Error{ipc::Code::unauthorized,
                              "This computer is not known to the agent, or is not allowed any more. Ask whoever looks after "
                              "the agent's computer for a pairing string.",
                              {}};
        return ipc::Error{ipc::Code::unauthorized, only_for(rights.role, method), {}};
    }
    if (const auto bar = bar_on(method, params); bar && rights.has(*bar))
        return ipc::Error{ipc::Code::unauthorized,
                          fmt::format("{} is barred for this computer. Whoever looks after the agent's computer can change "
                                      "that.",
                                      in_words(*bar)),
                          {}};
    return std::nullopt;
}

std::string text_of(const std::vector<Bar>& barred) {
    std::string text;
    for (const auto& word : ipc::Words<Bar>::table)
        if (std::ranges::find(barred, word.value) != barred.end()) text.append(text.empty() ? "" : ",").append(word.text);
    return text;
}

std::vector<Bar> bars_in(std::string_view text) {
    std::vector<Bar> barred;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto bar = ipc::from_string<Bar>(text.substr(0, comma))) barred.push_back(*bar);
        text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
    }
    return barred;
}

}  // namespace stocktray::agent
