// Who asks, and what they may do here: the agent's own user and root all, other users of this machine what the
// configuration gives them, computers on the network what their key has been given.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "agent/configuration.h"
#include "agent/lan/rights.h"
#include "core/store/store.h"
#include "ipc/server/caller.h"

namespace stocktray::agent {

struct Member {
    Rights rights;
    std::string user{};         // for the history; empty: not known
    std::string workstation{};  // of a computer on the network
};

class Members {
public:
    static constexpr std::chrono::minutes seen_every{10};
    static constexpr std::chrono::seconds users_keep{30};  // so long a user's groups are believed

    Members(store::Store& store, LocalAccess access) : store_{store}, access_{std::move(access)} {}

    // A key's role is looked up at each call, so that one that is revoked may do nothing from then on.
    [[nodiscard]] Member find(const ipc::Caller& caller);
    // Keeps, not more often than `seen_every`, when and from where a key was last seen. Within a turn that may write.
    void note_seen(const ipc::Caller& caller, WallTime now);

private:
    struct LocalUser {
        Member member;
        std::chrono::steady_clock::time_point until;
    };
    [[nodiscard]] Member ask_system(std::uint32_t user) const;

    store::Store& store_;
    LocalAccess access_;
    std::map<std::uint32_t, LocalUser> users_;
    std::map<std::string, WallTime> seen_;
};

// The name by which a key is kept is "user@workstation", or a workstation alone.
[[nodiscard]] Member named(Rights rights, std::string_view name);

}  // namespace stocktray::agent
