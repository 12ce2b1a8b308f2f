#include "ipc/messages/keys.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "agent/handlers/dispatch.h"
#include "agent/lan/invitations.h"
#include "agent/lan/lan.h"
#include "agent/platform/network.h"
#include "ipc/host.h"
#include "ipc/keys/pairing.h"
#include "ipc/whoami.h"

namespace stocktray::agent {
namespace {

namespace keys = ipc::keys;

constexpr std::int64_t most_asking = 20;  // whoever reaches the port may ask

// "till-2 (1a2b3c4d)": names may be the same, keys are not.
std::string in_words(const store::ClientKey& key) { return fmt::format("{} ({})", key.name, key.key.substr(0, 8)); }

void record(Desk& desk, std::string text) {
    desk.controller.journal.record({.at = desk.now.wall, .kind = "setting", .text = std::move(text)});
}

// By a computer that no member is known by yet: it is the one that its key will be.
void record(Desk& desk, std::string text, const store::ClientKey& key) {
    const Member author = named({}, key.name);
    desk.controller.journal.record({.at = desk.now.wall, .kind = "setting", .by = author.user,
                                    .workstation = author.workstation, .text = std::move(text)});
}

std::string rights_in_words(ipc::Role role, const std::vector<ipc::Bar>& barred) {
    std::string text{ipc::to_string(role)};
    for (const auto bar : barred) text += fmt::format(", without {}", ipc::to_string(bar));
    return text;
}

keys::ClientKey view_of(const store::ClientKey& key) {
    keys::ClientKey view;
    view.key = key.key;
    view.name = key.name;
    view.state = key.asks ? ipc::KeyState::asks : ipc::KeyState::active;
    view.role = ipc::from_string<ipc::Role>(key.role).value_or(ipc::Role::none);
    view.barred = bars_in(key.barred);
    view.added_at = to_ms(key.added);
    if (key.last_seen) view.last_seen = to_ms(*key.last_seen);
    if (!key.address.empty()) view.address = key.address;
    return view;
}

ipc::Expected<keys::ListResult> list(Desk& desk, const keys::List&) {
    keys::ListResult result;
    for (const auto& key : desk.controller.store.client_keys.all()) result.keys.push_back(view_of(key));
    if (!desk.lan.address().empty()) result.lan_address = desk.lan.address();
    if (const auto& own = desk.lan.keys()) {
        result.agent_key = own->current().public_key.hex();
        if (own->old()) result.old_key_until = to_ms(own->old()->until);
    }
    if (!desk.lan.problem().empty()) result.lan_problem = desk.lan.problem();
    return result;
}

std::optional<ipc::Error> no_role(ipc::Role role) {
    if (role != ipc::Role::none) return std::nullopt;
    return ipc::Error{ipc::Code::invalid_params,
                      "Give one of the roles viewer, operator, order_manager and admin. To take a computer's rights away, "
                      "revoke it.",
                      std::nullopt};
}

ipc::Expected<keys::InviteResult> invite(Desk& desk, const keys::Invite& request) {
    if (auto wrong = no_role(request.role)) return ipc::Failure{*wrong};
    if (!desk.lan.is_open())
        return ipc::fail(ipc::Code::conflict,
                         desk.lan.address().empty()
                             ? "Other computers cannot reach the agent yet. Set the parameter LanAddress first, for example to "
                               "*:5770 for all addresses of this computer."
                             : "Other computers cannot reach the agent: " + desk.lan.problem());
    const auto named = request.host.value_or(desk.lan.host());
    const ipc::Pairing pairing{ipc::host_in_endpoint(named.empty() ? platform::reachable_name() : named), desk.lan.port(),
                               desk.lan.keys()->current().public_key,
                               desk.invitations.draw({request.role, request.barred}, std::chrono::steady_clock::now())};
    // What a workstation could not read must not be shown.
    if (auto readable = ipc::Pairing::parse(pairing.text()); !readable) return ipc::Failure{readable.error()};
    record(desk, fmt::format("A pairing string was made for one more computer: {}.", rights_in_words(request.role, request.barred)));
    return keys::InviteResult{
        pairing.text(), to_ms(desk.now.wall + std::chrono::duration_cast<Milliseconds>(Invitations::good_for))};
}

keys::PairResult welcome(const store::ClientKey& key) {
    return {key.asks ? ipc::KeyState::asks : ipc::KeyState::active,
            ipc::from_string<ipc::Role>(key.role).value_or(ipc::Role::none), ipc::host_name(), bars_in(key.barred)};
}

void show_who_asks(Desk& desk) {
    std::string names;
    std::int64_t count = 0;  // one more who asks is news, also to who has dismissed the one before
    for (const auto& key : desk.controller.store.client_keys.all())
        if (key.asks) {
            names += (names.empty() ? "" : ", ") + in_words(key);
            ++count;
        }
    if (names.empty()) {
        desk.controller.journal.clear("workstation", "", "");
        return;
    }
    desk.controller.journal.raise({.kind = "workstation",
                                   .severity = store::Severity::info,
                                   .since = desk.now.wall,
                                   .message = fmt::format("Asks to use this agent: {}.", names),
                                   .hint = "Let it in or turn it away: Shared Agent in the menu of Stocktray's icon.",
                                   .count = count});
}

ipc::Expected<keys::PairResult> pair(Desk& desk, const keys::Pair& request) {
    if (!desk.caller.key)
        return ipc::fail(ipc::Code::invalid_params,
                         "This program is on the agent's own computer and needs no pairing: it is for other computers.");
    auto& known = desk.controller.store.client_keys;
    auto found = known.get(desk.caller.key->hex());
    if (request.token) {
        auto rights = desk.invitations.redeem(request.token->reveal(), desk.caller.key->hex(), std::chrono::steady_clock::now());
        if (!rights)
            return ipc::fail(ipc::Code::unauthorized,
                             "This pairing string is not good any more: each is good once, for ten minutes, and for this run "
                             "of the agent. Let the agent's computer show a new one.");
        store::ClientKey key{.key = desk.caller.key->hex(), .name = request.name, .role = std::string{ipc::to_string(rights->role)},
                             .barred = text_of(rights->barred), .added = desk.now.wall, .last_seen = desk.now.wall,
                             .address = desk.caller.address};
        known.put(key);
        show_who_asks(desk);
        record(desk, fmt::format("{} may use this agent: {}.", in_words(key), rights_in_words(rights->role, rights->barred)), key);
        desk.after_commit.push_back([&desk] { desk.lan.renew_listeners(desk.now); });
        return welcome(key);
    }
    if (found && !found->asks) return welcome(*found);
    if (!found && known.asking() >= most_asking)
        return ipc::fail(ipc::Code::busy, "Too many computers are waiting to be let in. Whoever looks after the agent's "
                                          "computer has to answer those first.");
    const bool is_new = !found;
    if (is_new) found = store::ClientKey{.key = desk.caller.key->hex(), .asks = true, .role = "none", .added = desk.now.wall};
    found->name = request.name;
    found->address = desk.caller.address;
    found->last_seen = desk.now.wall;
    known.put(*found);
    show_who_asks(desk);
    if (is_new) record(desk, fmt::format("{} asks to use this agent.", in_words(*found)), *found);
    return welcome(*found);
}

ipc::Failure nobody(const std::string& key) {
    return ipc::fail(ipc::Code::not_found, fmt::format("There is no computer with the key {}.", key));
}

ipc::Expected<ipc::Nothing> give(Desk& desk, store::ClientKey key, ipc::Role role, const std::vector<ipc::Bar>& barred) {
    desk.invitations.forget(key.key);
    key.asks = false;
    key.role = ipc::to_string(role);
    key.barred = text_of(barred);
    desk.controller.store.client_keys.put(key);
    show_who_asks(desk);
    record(desk, fmt::format("{} may use this agent: {}.", in_words(key), rights_in_words(role, barred)));
    desk.after_commit.push_back([&desk] { desk.lan.renew_listeners(desk.now); });
    return ipc::Nothing{};
}

ipc::Expected<ipc::Nothing> approve(Desk& desk, const keys::Approve& request) {
    if (auto wrong = no_role(request.role)) return ipc::Failure{*wrong};
    auto key = desk.controller.store.client_keys.get(request.key);
    if (!key) return nobody(request.key);
    if (!key->asks)
        return ipc::fail(ipc::Code::conflict, fmt::format("{} has a role already. To change it, set its role.", in_words(*key)));
    return give(desk, std::move(*key), request.role, request.barred);
}

ipc::Expected<ipc::Nothing> set_role(Desk& desk, const keys::SetRole& request) {
    if (auto wrong = no_role(request.role)) return ipc::Failure{*wrong};
    auto key = desk.controller.store.client_keys.get(request.key);
    if (!key) return nobody(request.key);
    if (key->asks)
        return ipc::fail(ipc::Code::conflict, fmt::format("{} only asks to be let in. Approve it first.", in_words(*key)));
    return give(desk, std::move(*key), request.role, request.barred);
}

ipc::Expected<ipc::Nothing> revoke(Desk& desk, const keys::Revoke& request) {
    const auto key = desk.controller.store.client_keys.get(request.key);
    if (!key) return nobody(request.key);
    desk.invitations.forget(request.key);
    desk.controller.store.client_keys.remove(request.key);
    show_who_asks(desk);
    record(desk, fmt::format("{} may not use this agent any more.", in_words(*key)));
    desk.after_commit.push_back([&desk] { desk.lan.renew_listeners(desk.now); });
    return ipc::Nothing{};
}

// The key is on the disk before the turn is: after a crash between the two it is renewed all the same, and the next try
// says so.
ipc::Expected<keys::RotateResult> rotate(Desk& desk, const keys::Rotate& request) {
    auto before = desk.lan.keys() ? std::optional{desk.lan.keys()->state()} : std::nullopt;
    if (auto done = desk.lan.rotate(request.at_once ? OldKey::ends_at_once : OldKey::stays_a_day, desk.now); !done)
        return ipc::Failure{to_wire(done.error())};
    desk.if_undone.push_back([&lan = desk.lan, before = std::move(before)] {
        if (auto done = lan.put_back(*before); !done) spdlog::error("{}", done.error().message);
    });
    record(desk, request.at_once ? "The agent has a new key; the one before is not accepted any more."
                                 : "The agent has a new key; the one before is accepted for a day.");
    desk.after_commit.push_back([&desk] { desk.lan.go_on(desk.now); });
    keys::RotateResult result{desk.lan.keys()->current().public_key.hex(), std::nullopt};
    if (const auto& old = desk.lan.keys()->old()) result.old_key_until = to_ms(old->until);
    return result;
}

}  // namespace

void add_key_handlers(Handlers& handlers) {
    handlers.add<keys::List>(list);
    handlers.add<keys::Invite>(invite);
    handlers.add<keys::Pair>(pair);
    handlers.add<keys::Approve>(approve);
    handlers.add<keys::SetRole>(set_role);
    handlers.add<keys::Revoke>(revoke);
    handlers.add<keys::Rotate>(rotate);
}

}  // namespace stocktray::agent
