// What the doors want people to know, and its way to the agent, which shows it as alerts.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/gateway/door.h"

namespace stocktray::gateway {

class ProblemBoard {
public:
    // Replaces what the door told before. From any thread; does not wait.
    void tell(std::string_view door, std::vector<Problem> problems);

    // Brings what is new to the agent until it is told to stop, and again where the agent was away.
    void run(ipc::Outbox& outbox, std::stop_token stop);

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, std::vector<Problem>, std::less<>> problems_;
    bool is_new_{true};  // nobody knows what an earlier run has told
};

}  // namespace stocktray::gateway
