// One way in which an Order Manager that cannot be changed tells its counts.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/settings.h"
#include "core/result.h"
#include "ipc/spool/outbox.h"

namespace stocktray::gateway {

// What a look at the set-up found, in words for the person who sets it up.
struct Finding {
    bool is_good{false};
    std::string text;
    std::string hint{};  // what to do, where it is not good
};

// What a door wants a person to know as long as it is so. Told whole each time: what is not in it any more is over.
struct Problem {
    std::string sku{};   // empty: not about one SKU
    std::string cart{};  // empty: not about one cart
    std::string message;
    std::string hint{};

    bool operator==(const Problem&) const = default;
};

// What the gateway gives its doors. May be used from any thread.
struct Surroundings {
    ipc::Outbox& outbox;                // changes and imports: durable when it has them, whatever becomes of the agent
    std::string endpoint;               // of the agent; for questions: `ipc::Client::open({.endpoint = endpoint})`
    std::filesystem::path data_folder;  // of the gateway, private to its user; a door's files begin with its name
    // Tells the agent, which shows them to people as alerts. Kept and told again where the agent is away.
    std::function<void(std::string_view door, std::vector<Problem> problems)> tell;
};

class Door {
public:
    virtual ~Door() = default;

    // As people know it: "the folder /srv/counts".
    [[nodiscard]] virtual std::string name() const = 0;
    // Looks whether it can work, without changing anything. May take some seconds.
    [[nodiscard]] virtual std::vector<Finding> test() = 0;
    // Works until it is told to stop, in a thread of its own. What can be waited for (the agent, a network, a
    // database) is waited for; an error here is one that only a person can end, and ends the gateway.
    [[nodiscard]] virtual Result<void> run(std::stop_token stop) = 0;
};

// Makes the door of one table of gateway.toml. `invalid`: what is wrong in it, with its line.
using MakeDoor = std::function<Result<std::unique_ptr<Door>>(const settings::File& file, const toml::table& table,
                                                             const Surroundings& surroundings)>;

}  // namespace stocktray::gateway
