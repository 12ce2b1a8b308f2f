// What Get QOH found, on its way back into the Order Manager's database. Off unless it is set up.
//
// An item counts as taken over when the Order Manager has added its pieces, and not before: the acknowledgement moves
// the agent's book and posts to the other stores. So nothing is acknowledged on hope.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "agent/gateway/database/book.h"
#include "agent/gateway/database/settings.h"
#include "agent/gateway/database/state.h"
#include "agent/gateway/door.h"
#include "core/result.h"

namespace stocktray::gateway::database {

class Handback {
public:
    virtual ~Handback() = default;

    // Hands back what waits, as far as that can be done now. Errors are sentences for a person; the next call goes on
    // where this one ended. May throw SQLite::Exception.
    [[nodiscard]] virtual Result<void> step(Book& book, State& state) = 0;
    // Looks whether it can work.
    [[nodiscard]] virtual std::vector<Finding> test() = 0;
};

// None where it is off.
[[nodiscard]] std::unique_ptr<Handback> make_handback(const Settings& settings);

}  // namespace stocktray::gateway::database
