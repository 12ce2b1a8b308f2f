// The agent's doors on the network: open as the parameter LanAddress says, one with the agent's key and, for a day
// after a new one was drawn, a second one with the key before.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "agent/lan/agent_keys.h"
#include "core/time.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

class Lan {
public:
    static constexpr Milliseconds first_retry{250}, last_retry{10'000};

    // `key_file` is made when the first door is opened.
    Lan(ipc::RpcServer& server, std::filesystem::path key_file) : server_{server}, key_file_{std::move(key_file)} {}

    // Opens and closes doors until they are as they should be: `address` is LanAddress, empty for none. Why it could
    // not, as a sentence; it is tried again then.
    void follow(const std::string& address, Now now);
    // The same address, and what the time brings: the old key's end, another try.
    void go_on(Now now) { follow(address_, now); }
    [[nodiscard]] std::optional<AgentTime> next_due() const noexcept { return due_; }

    // A new key; the doors follow with the next `go_on`. `not_found` before there is a first one.
    [[nodiscard]] Result<void> rotate(OldKey old_key, Now now);
    // The keys as `keys()->state()` told them before that.
    [[nodiscard]] Result<void> put_back(AgentKeys::State before) { return keys_->put_back(std::move(before)); }
    // Listeners whose rights ended hear nothing any more.
    void renew_listeners(Now now);

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] const std::optional<AgentKeys>& keys() const noexcept { return keys_; }
    [[nodiscard]] bool is_open() const noexcept { return door_.has_value(); }
    // The port behind the last colon of the address.
    [[nodiscard]] int port() const noexcept;
    // What stands before it; empty for one that means all addresses of this computer.
    [[nodiscard]] std::string host() const;

private:
    struct Door {
        ipc::RpcServer::DoorId id;
        std::string address;
        std::string key;
    };
    [[nodiscard]] Result<void> settle(std::optional<Door>& door, const std::string& address, const ipc::KeyPair* keys,
                                      int ports_on);
    void close(std::optional<Door>& door);
    [[nodiscard]] Result<void> try_to_follow(Now now);

    ipc::RpcServer& server_;
    std::filesystem::path key_file_;
    std::string address_;
    std::optional<AgentKeys> keys_;
    std::optional<Door> door_;
    std::optional<Door> old_door_;
    bool are_listeners_due_{false};
    std::string problem_;
    Milliseconds retry_after_{first_retry};
    std::optional<AgentTime> due_;
};

}  // namespace stocktray::agent
