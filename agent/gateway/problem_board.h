// What the doors want people to know, and its way to the agent, which shows it as alerts.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/gateway/door.h"
#include "ipc/messages/alerts.h"

namespace stocktray::gateway {

class ProblemBoard {
public:
    // Replaces what the door told before. From any thread; does not wait.
    void tell(std::string_view door, std::vector<Problem> problems);

    // Brings what is new to the agent until it is told to stop, and again where the agent was away.
    void run(ipc::Outbox& outbox, std::stop_token stop);

private:
    [[nodiscard]] std::vector<ipc::alerts::Told> all() const;
    [[nodiscard]] ipc::Expected<ipc::Nothing> bring(ipc::Outbox& outbox, std::vector<ipc::alerts::Told> alerts);

    std::vector<ipc::alerts::Told> not_taken_;  // of the thread of `run`: the agent's word on them is known
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, std::vector<Problem>, std::less<>> problems_;
    bool is_new_{true};  // nobody knows what an earlier run has told
};

}  // namespace stocktray::gateway
