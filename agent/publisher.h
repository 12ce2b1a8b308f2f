// Tells clients what has happened: each notice an event, a cart's numbers at most five times a second, the
// last state always.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/controller.h"
#include "ipc/messages/events.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

class Publisher {
public:
    Publisher(ipc::RpcServer& server, Controller& controller) noexcept : server_{server}, controller_{controller} {}

    void publish(std::vector<Notice> notices, Now now);
    // Carts whose last state still has to be told.
    void publish_due(Now now);
    [[nodiscard]] std::optional<AgentTime> next_due() const;

private:
    static constexpr Milliseconds between{200};

    struct Told {
        std::optional<AgentTime> at;
        bool is_due{false};
        std::optional<stack::Health> health;
    };
    void tell_post(const PostNotice& notice, Now now);
    void tell_stack(stack::CartKey cart, Now now);

    ipc::RpcServer& server_;
    Controller& controller_;
    std::map<stack::CartKey, Told> told_;
};

}  // namespace stocktray::agent
