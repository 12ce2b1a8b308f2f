// The agent without its loop and its network: the real database, rules and dispatcher in this process, with the clock in the
// caller's hands and a function in place of the stores.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/desk.h"
#include "agent/handlers/dispatch.h"
#include "core/controller.h"

namespace stocktray::tests {

class InProcessAgent {
public:
    // The body of a request to a cart's script -> the body of its answer.
    using Stores = std::function<std::string(const std::string& cart, std::string_view body)>;

    // `folder` is for what lies beside the database; `database` a file, or ":memory:". A new database has SynchQOH on.
    // Throws std::runtime_error where it cannot be started.
    InProcessAgent(const std::filesystem::path& folder, const std::string& database, Stores stores, std::uint64_t seed = 7);
    ~InProcessAgent();

    // One turn of the loop: the requests of the agent's own user, and what came of the questions of the turn before. Returns the
    // answers, in order, and throws where the turn could not be committed. Bytes that are no request have none.
    std::vector<std::string> turn(const std::vector<std::string>& requests = {});
    // Turns until the stores are asked nothing more and nothing is written, at most so many.
    void serve(int turns);

    // The rules, for whoever looks at what came of it. The database outlives each life.
    [[nodiscard]] Controller& controller();

    Now now{wall_from_ms(1'800'000'000'000), agent_from_ms(1'000'000)};

private:
    struct Parts;
    void ask(stack::Ask ask);

    Stores stores_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace stocktray::tests
