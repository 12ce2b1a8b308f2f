// Tells clients what has happened: each notice an event, a cart's numbers at most five times a second and a job's
// progress at most twice, the last state always; a job's end at once.
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

    // Where something cannot be read the rest is not told, but for carts' numbers and jobs, which are due until they are.
    void publish(std::vector<Notice> notices, Now now);
    // Carts and jobs whose last state still has to be told.
    void publish_due(Now now);
    [[nodiscard]] std::optional<AgentTime> next_due() const;
    [[nodiscard]] bool is_due(Now now) const;

private:
    static constexpr Milliseconds between{200};

    struct Told {
        std::optional<AgentTime> at;
        bool is_due{false};
        std::optional<stack::Health> health;
    };
    static constexpr Milliseconds between_progress{500};
    struct ToldJob {
        std::optional<AgentTime> at;
        bool is_due{false};
    };
    void remember(const Notice& notice);
    void tell_job(jobs::JobId job, Now now);
    void tell_post(const PostNotice& notice, Now now);
    void tell_stack(stack::CartKey cart, Now now);

    ipc::RpcServer& server_;
    Controller& controller_;
    std::map<stack::CartKey, Told> told_;
    std::map<jobs::JobId, ToldJob> jobs_;
};

}  // namespace stocktray::agent
