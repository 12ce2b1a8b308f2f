// The agent's state and every change of it, without a gap: subscribe, wait for the welcome, ask for the
// status, pass over what it contains, and begin anew whenever something was missed or another run answers.
// A client of any kind (tray, command line) needs nothing else to keep its picture true.
#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ipc/client/event_stream.h"
#include "ipc/error.h"
#include "ipc/messages/agent.h"

namespace stocktray::ipc {

// The agent cannot be heard: what is known is from before. Said once, until a status comes again.
struct AgentLost {
    Error why;
};

// The agent answers, but its events do not get through (the second port is barred, say). Statuses come from now on
// whenever something has happened, some seconds late. Said once, until events come again.
struct EventsMissing {
    std::string message;
};

class Feed {
public:
    using Duration = std::chrono::milliseconds;
    // A status stands for everything that was known before it.
    using Item = std::variant<agent::StatusResult, ReceivedEvent, AgentLost, EventsMissing>;

    struct Options {
        std::string endpoint{};            // empty: as `route_to` finds it
        std::vector<std::string> words{};  // first words of topics; empty: everything
        Duration lost_after{2'000};        // without a welcome or a status
    };

    [[nodiscard]] static Expected<Feed> open(const Options& options);

    Feed(Feed&&) noexcept;
    Feed& operator=(Feed&&) noexcept;
    ~Feed();

    // The next item; none when `timeout` has passed without one. With 0 it only takes in what is there.
    [[nodiscard]] std::optional<Item> next(Duration timeout);

    // For loops of one's own: to be watched for reading; call next(0) until it has nothing, wait at most
    // `lost_after`, and again.
    [[nodiscard]] std::array<Descriptor, 3> descriptors() const;

    // How long such a loop may wait although no descriptor can be read; none: for ever (nothing is expected).
    [[nodiscard]] std::optional<Duration> patience() const;

private:
    struct State;
    explicit Feed(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
