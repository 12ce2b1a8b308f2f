#include "agent/lan/members.h"

#include <algorithm>

#include "agent/platform/users.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

constexpr std::uint32_t root = 0;

}  // namespace

Member named(Rights rights, std::string_view name) {
    const auto at = name.rfind('@');
    if (at == name.npos) return {std::move(rights), {}, std::string{name}};
    return {std::move(rights), std::string{name.substr(0, at)}, std::string{name.substr(at + 1)}};
}

Member Members::ask_system(std::uint32_t user) const {
    auto known = platform::user_of(user);
    ipc::Role role = ipc::Role::none;
    if (user == platform::own_user_id() || user == root) role = ipc::Role::admin;
    if (const auto found = access_.users.find(known.name); found != access_.users.end()) role = std::max(role, found->second);
    for (const auto& group : known.groups)
        if (const auto found = access_.groups.find(group); found != access_.groups.end()) role = std::max(role, found->second);
    return {{role, {}}, std::move(known.name), {}};
}

Member Members::find(const ipc::Caller& caller) {
    if (caller.key) {
        const auto key = store_.client_keys.get(caller.key->hex());
        if (!key) return {};
        return named({ipc::from_string<ipc::Role>(key->role).value_or(ipc::Role::none), bars_in(key->barred)}, key->name);
    }
    if (!caller.user) {
        // Loopback TCP tells no user: whoever can reach it there is taken for this one. So is whoever can open a socket
        // that is closed to others, where the system does not say who it was.
        const bool is_loopback = caller.address == "127.0.0.1" || caller.address == "::1";
        return {{is_loopback || access_.is_empty() ? ipc::Role::admin : ipc::Role::none, {}}, {}, {}};
    }
    const auto now = std::chrono::steady_clock::now();
    auto& local = users_[*caller.user];
    if (local.until <= now) local = {ask_system(*caller.user), now + users_keep};
    return local.member;
}

void Members::note_seen(const ipc::Caller& caller, WallTime now) {
    if (!caller.key) return;
    auto& last = seen_[caller.key->hex()];
    if (last != WallTime{} && now - last < seen_every && now >= last) return;
    if (!store_.client_keys.get(caller.key->hex())) {
        seen_.erase(caller.key->hex());
        return;
    }
    last = now;
    store_.client_keys.note_seen(caller.key->hex(), now, caller.address);
}

}  // namespace stocktray::agent
