// The carts as the agent knows them: a path of the gateway's URL is a cart's id. While the agent is away, they are as they
// were when it was last there.
#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway/script/ledger.h"
#include "ipc/messages/carts.h"
#include "ipc/spool/outbox.h"

namespace stocktray::gateway {

class CartDirectory {
public:
    CartDirectory(ipc::Outbox& outbox, Ledger& ledger) noexcept : outbox_{outbox}, ledger_{ledger} {}

    // From any thread. One that is not known is asked for; those who ask at once share a question.
    [[nodiscard]] std::optional<ipc::carts::Cart> find(std::string_view id);
    [[nodiscard]] std::vector<ipc::carts::Cart> all();

    // Keeps it up to date until it is told to stop.
    void run(std::stop_token stop);

private:
    // Asks the agent, unless somebody else began to since then; waits for one who is asking.
    void refresh(std::chrono::steady_clock::time_point unless_since);

    ipc::Outbox& outbox_;
    Ledger& ledger_;
    std::mutex mutex_;
    std::vector<ipc::carts::Cart> carts_;
    std::mutex asking_;
    std::optional<std::chrono::steady_clock::time_point> asked_;
};

}  // namespace stocktray::gateway
