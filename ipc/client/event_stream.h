// A subscriber's socket: events as they come, and whether there is a connection.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ipc/client/continuity.h"
#include "ipc/codec/framing.h"
#include "ipc/descriptor.h"
#include "ipc/error.h"

namespace stocktray::ipc {

// An event as it came. Views point into `message`.
struct ReceivedEvent {
    Document message;
    EventNumbers numbers;
    Node data;

    // The event as a struct, if it is the one named.
    template <Event T>
    [[nodiscard]] std::optional<T> as() const {
        if (numbers.topic != T::topic) return std::nullopt;
        auto event = decode<T>(data, Reading::lenient);
        return event ? std::optional<T>{std::move(*event)} : std::nullopt;
    }
};

// The connection is gone; ZeroMQ looks for a new one by itself.
struct Disconnected {};

class EventStream {
public:
    using Item = std::variant<ReceivedEvent, events::Welcome, Disconnected>;

    // `words`: the first words of the topics wanted; empty: everything. Subscribes before it connects, so
    // that nothing can be missed behind the welcome. Fails for an endpoint that cannot be right.
    [[nodiscard]] static Expected<EventStream> open(std::string_view endpoint,
                                                    const std::vector<std::string>& words);

    EventStream(EventStream&&) noexcept;
    EventStream& operator=(EventStream&&) noexcept;
    ~EventStream();

    // What has come, one by one; none: nothing waits. What is no event of this protocol is passed over.
    [[nodiscard]] std::optional<Item> take();

    // To be watched for reading; they report changes only, so take until there is nothing before each wait.
    [[nodiscard]] std::array<Descriptor, 2> descriptors() const;

private:
    struct State;
    explicit EventStream(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
