#include "ipc/client/event_stream.h"

#include <fmt/format.h>
#include <cstring>
#include <set>
#include <zmq.hpp>

#include "ipc/client/dial.h"
#include "ipc/client/route.h"
#include "ipc/socket.h"

namespace stocktray::ipc {
namespace {

constexpr int waiting_events = 10'000;  // before we miss some; a burst while a window is being drawn

std::optional<ReceivedEvent> event_in(Document message) {
    const auto frame = read_event(message);
    if (!frame) return std::nullopt;
    const Node run = frame->data.find("run");
    const Node seq = frame->data.find("seq");
    const Node topic_seq = frame->data.find("topic_seq");
    if (!run.is(Kind::text) || !seq.is(Kind::integer) || !topic_seq.is(Kind::integer)) return std::nullopt;
    const EventNumbers numbers{frame->topic, run.text(), seq.integer(), topic_seq.integer()};
    const Node data = frame->data;
    return ReceivedEvent{std::move(message), numbers, data};
}

}  // namespace

struct EventStream::State {
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::sub};
    zmq::socket_t monitor{context, zmq::socket_type::pair};

    // Addresses that have let us in. One of two doors never does, and tries that end there mean nothing.
    std::set<std::string> connected{};

    [[nodiscard]] bool take_disconnection();
};

bool EventStream::State::take_disconnection() {
    bool is_disconnected = false;
    zmq::message_t part;
    while (receive_now(monitor, part)) {
        std::uint16_t event = 0;
        if (part.size() >= sizeof event) std::memcpy(&event, part.data(), sizeof event);
        std::string address;
        while (part.more() && receive_now(monitor, part)) address = part.to_string();
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) connected.insert(address);
        if (event == ZMQ_EVENT_DISCONNECTED) is_disconnected = connected.erase(address) > 0 || is_disconnected;
    }
    return is_disconnected;
}

EventStream::EventStream(std::unique_ptr<State> state) : state_{std::move(state)} {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

Expected<EventStream> EventStream::open(std::string_view endpoint, const std::vector<std::string>& words) {
    const auto route = route_to(endpoint);
    if (!route) return Failure{route.error()};
    auto state = std::make_unique<State>();
    try {
        zmq::socket_t& socket = state->socket;
        socket.set(zmq::sockopt::rcvhwm, waiting_events);
        for (const auto& word : words) socket.set(zmq::sockopt::subscribe, word + ".");
        socket.set(zmq::sockopt::subscribe, words.empty() ? "" : events::Welcome::topic);
        const char* watch = "inproc://connection";
        if (zmq_socket_monitor(socket.handle(), watch, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) != 0) throw zmq::error_t{};
        state->monitor.connect(watch);
        dial(socket, *route, Line::events);
    } catch (const zmq::error_t& error) {
        return fail(Code::no_agent,
                    fmt::format("{} cannot be reached: {}.", route->endpoints.events, error.what()));
    }
    return EventStream{std::move(state)};
}

std::optional<EventStream::Item> EventStream::take() {
    // Before what has come since: a welcome that is told before the break that it ends would be taken for the old one.
    if (state_->take_disconnection()) return Disconnected{};
    zmq::message_t part;
    while (receive_now(state_->socket, part)) {
        const bool has_topic = part.more();
        if (has_topic && !receive_now(state_->socket, part)) break;
        const bool is_event = has_topic && !part.more();
        while (part.more() && receive_now(state_->socket, part)) {
        }
        if (!is_event) continue;
        Document message = Document::parse(bytes_of(part));
        const auto frame = read_event(message);
        if (frame && frame->topic == events::Welcome::topic) {
            if (auto welcome = decode<events::Welcome>(frame->data, Reading::lenient)) return *welcome;
        } else if (auto event = event_in(std::move(message))) {
            return std::move(*event);
        }
    }
    return std::nullopt;
}

std::array<Descriptor, 2> EventStream::descriptors() const {
    return {state_->socket.get(zmq::sockopt::fd), state_->monitor.get(zmq::sockopt::fd)};
}

}  // namespace stocktray::ipc
