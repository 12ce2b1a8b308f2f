#include "ipc/server/rpc_server.h"

#include <map>
#include <optional>
#include <zmq.hpp>

#include "ipc/messages/events.h"
#include "ipc/server/sockets.h"
#include "ipc/socket.h"

namespace stocktray::ipc {
namespace {

// One multipart message; `body` is only there when its envelope is one that we know.
struct Envelope {
    std::string peer;
    bool has_delimiter{false};
    std::optional<zmq::message_t> body;
};

// None: nothing is waiting.
std::optional<Envelope> receive(zmq::socket_t& socket) {
    zmq::message_t part;
    if (!receive_now(socket, part)) return std::nullopt;
    Envelope envelope{part.to_string(), false, std::nullopt};
    // The parts of a message come together, so that none of these finds nothing.
    for (std::size_t parts = 2; part.more() && receive_now(socket, part); ++parts) {
        if (parts == 2 && part.size() == 0 && part.more()) {
            envelope.has_delimiter = true;
        } else if (parts == (envelope.has_delimiter ? 3u : 2u) && !part.more()) {
            envelope.body.emplace(std::move(part));
            break;
        }
    }
    return envelope;
}

std::string first_word(std::string_view topic) {
    return std::string{topic.substr(0, topic.find('.'))};
}

}  // namespace

struct RpcServer::State {
    zmq::context_t context{1};
    zmq::socket_t requests;
    zmq::socket_t events;
    Options options;
    std::int64_t seq{0};
    std::map<std::string, std::int64_t> topic_seqs;
    Traffic traffic;

    void greet();
    void send_event(std::string_view topic, std::string_view body);
};

// Every subscription that `agent.welcome` falls under is answered by the welcome: by then the subscription is
// live. (The socket's own welcome message would leave before the subscription has been read.) One greeting
// serves all who came since the last turn; the others ignore it.
void RpcServer::State::greet() {
    bool has_newcomer = false;
    zmq::message_t message;
    for (std::size_t i = 0; i < options.most_requests; ++i) {
        if (!receive_now(events, message)) break;
        const std::string_view bytes = bytes_of(message);
        if (!bytes.empty() && bytes.front() == '\1' && events::Welcome::topic.starts_with(bytes.substr(1)))
            has_newcomer = true;
    }
    if (!has_newcomer) return;
    send_event(events::Welcome::topic, uncounted_event(events::Welcome{options.run, seq, topic_seqs}));
}

void RpcServer::State::send_event(std::string_view topic, std::string_view body) {
    if (send_now(events, topic, Part::more)) send_now(events, body, Part::last);
}

RpcServer::RpcServer(std::unique_ptr<State> state) : state_{std::move(state)} {}
RpcServer::RpcServer(RpcServer&&) noexcept = default;
RpcServer& RpcServer::operator=(RpcServer&&) noexcept = default;
RpcServer::~RpcServer() = default;

Expected<RpcServer> RpcServer::bind(const Endpoints& endpoints, Options options) {
    if (auto made = make_folder(endpoints); !made) return Failure{std::move(made.error())};
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    auto requests = bind_requests(state->context, endpoints.requests);
    if (!requests) return Failure{std::move(requests.error())};
    auto events = bind_events(state->context, endpoints.events);
    if (!events) return Failure{std::move(events.error())};
    state->requests = std::move(*requests);
    state->events = std::move(*events);
    return RpcServer{std::move(state)};
}

std::array<int, 2> RpcServer::descriptors() const {
    return {state_->requests.get(zmq::sockopt::fd), state_->events.get(zmq::sockopt::fd)};
}

bool RpcServer::is_ready() {
    // Both are asked, because asking is what arms the descriptors again.
    const bool has_requests = has_input(state_->requests);
    const bool has_subscriptions = has_input(state_->events);
    return has_requests || has_subscriptions;
}

std::vector<IncomingRequest> RpcServer::drain() {
    state_->greet();
    std::vector<IncomingRequest> requests;
    Traffic& traffic = state_->traffic;
    std::size_t bytes = 0;
    // What is refused counts too, or a flood of rubbish would keep the loop here.
    for (std::size_t i = 0; i < state_->options.most_requests && bytes < state_->options.most_bytes; ++i) {
        auto envelope = receive(state_->requests);
        if (!envelope) break;
        if (!envelope->body) {
            ++traffic.dropped;
            continue;
        }
        bytes += envelope->body->size();
        ReplyTo from{std::move(envelope->peer), envelope->has_delimiter, 0};
        Document message = Document::parse(bytes_of(*envelope->body));
        const auto frame = read_request(message);
        if (frame) {
            ++traffic.requests;
            from.msgid = frame->msgid;
            requests.push_back({std::move(from), frame->method, frame->params, std::move(message)});
        } else if (frame.error().msgid) {
            ++traffic.refused;
            from.msgid = *frame.error().msgid;
            reply_error(from, frame.error().error);
        } else {
            ++traffic.dropped;
        }
    }
    return requests;
}

void RpcServer::reply(const ReplyTo& to, std::string response) {
    if (response.size() > Limits{}.bytes)
        response = error(to.msgid, {Code::too_large, "The answer is too large: ask for less at a time.", {}});
    ++state_->traffic.replies;
    zmq::socket_t& socket = state_->requests;
    if (!send_now(socket, to.peer, Part::more)) return;
    if (to.has_delimiter) send_now(socket, {}, Part::more);
    send_now(socket, response, Part::last);
}

void RpcServer::publish_members(std::string_view topic, std::size_t count, std::string members) {
    ++state_->traffic.events;
    const std::int64_t topic_seq = ++state_->topic_seqs[first_word(topic)];
    const Sequence sequence{state_->options.run, ++state_->seq, topic_seq};
    state_->send_event(topic, event_of(topic, sequence, count, members));
}

std::int64_t RpcServer::seq() const noexcept {
    return state_->seq;
}

const RpcServer::Traffic& RpcServer::traffic() const noexcept {
    return state_->traffic;
}

}  // namespace stocktray::ipc
