#include "ipc/server/rpc_server.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <zmq.hpp>

#include "ipc/messages/registry.h"
#include "ipc/server/gatekeeper.h"
#include "ipc/server/sockets.h"
#include "ipc/socket.h"

namespace stocktray::ipc {
namespace {

// One multipart message; `body` is only there when its envelope is one that we know.
struct Envelope {
    std::string peer;
    bool has_delimiter{false};
    Caller caller{};
    std::optional<zmq::message_t> body;
};

// None: nothing is waiting.
std::optional<Envelope> receive(zmq::socket_t& socket) {
    zmq::message_t part;
    if (!receive_now(socket, part)) return std::nullopt;
    Envelope envelope{part.to_string(), false, {}, std::nullopt};
    // The parts of a message come together, so that none of these finds nothing.
    for (std::size_t parts = 2; part.more() && receive_now(socket, part); ++parts) {
        if (parts == 2 && part.size() == 0 && part.more()) {
            envelope.has_delimiter = true;
        } else if (parts == (envelope.has_delimiter ? 3u : 2u) && !part.more()) {
            envelope.caller = caller_of(part);
            envelope.body.emplace(std::move(part));
            break;
        }
    }
    return envelope;
}

// A pair of sockets by which clients come in.
struct Door {
    RpcServer::DoorId id{0};
    Endpoints endpoints{};
    Admission admission{};
    zmq::socket_t requests{};
    zmq::socket_t events{};
};

// A port is free a moment after its socket was closed, and not before.
template <class Bind>
Expected<zmq::socket_t> patiently(Bind bind) {
    constexpr int attempts = 10;
    for (int attempt = 1;; ++attempt) {
        auto bound = bind();
        if (bound || bound.error().code != Code::conflict || attempt == attempts) return bound;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

constexpr std::chrono::milliseconds answers_are_read_within{100};
constexpr int most_greeted = 1'000;  // subscriptions of one drain

std::string first_word(std::string_view topic) {
    return std::string{topic.substr(0, topic.find('.'))};
}

}  // namespace

struct RpcServer::State {
    zmq::context_t context{1};
    Gatekeeper gatekeeper{context};
    std::vector<Door> doors{};  // the first is the local one
    DoorId last_door{0};
    std::size_t first_asked{0};  // of `doors`, by the next drain: none of them is always served first
    Options options;
    std::int64_t seq{0};
    std::map<std::string, std::int64_t> topic_seqs{};
    Traffic traffic{};
    std::chrono::steady_clock::time_point last_reply{};

    // Only doors for others ask the gatekeeper.
    [[nodiscard]] bool has_gate() const { return doors.size() > 1 || options.lets_in_other_users; }
    [[nodiscard]] bool may_listen(const Caller& caller) const { return !options.may_listen || options.may_listen(caller); }
    [[nodiscard]] Expected<DoorId> open(const Endpoints& endpoints, Admission admission);
    Door* find(DoorId id);
    void greet(Door& door);
    void drain(Door& door, std::vector<IncomingRequest>& requests, Portion& left);
    void reply(const ReplyTo& to, std::string response);
    static void send_event(Door& door, std::string_view topic, std::string_view body);
};

Expected<RpcServer::DoorId> RpcServer::State::open(const Endpoints& endpoints, Admission admission) {
    Door door{.id = last_door, .endpoints = endpoints, .admission = std::move(admission)};
    auto requests = patiently([&] { return bind_requests(context, endpoints.requests, door.admission); });
    if (!requests) return Failure{std::move(requests.error())};
    auto events = patiently([&] { return bind_events(context, endpoints.events, door.admission); });
    if (!events) return Failure{std::move(events.error())};
    door.requests = std::move(*requests);
    door.events = std::move(*events);
    doors.push_back(std::move(door));
    return last_door++;
}

Door* RpcServer::State::find(DoorId id) {
    const auto found = std::ranges::find(doors, id, &Door::id);
    return found == doors.end() ? nullptr : &*found;
}

// Every subscription that `agent.welcome` falls under is answered by the welcome: by then the subscription is
// live. (The socket's own welcome message would leave before the subscription has been read.) One greeting
// serves all who came since the last turn; the others ignore it.
void RpcServer::State::greet(Door& door) {
    bool has_newcomer = false;
    zmq::message_t message;
    for (int i = 0; i < most_greeted; ++i) {
        if (!receive_now(door.events, message)) break;
        const std::string_view bytes = bytes_of(message);
        if (!bytes.empty() && bytes.front() == '\1' && events::Welcome::topic.starts_with(bytes.substr(1)))
            has_newcomer = true;
    }
    if (!has_newcomer) return;
    send_event(door, events::Welcome::topic, uncounted_event(events::Welcome{options.run, seq, topic_seqs}));
}

void RpcServer::State::send_event(Door& door, std::string_view topic, std::string_view body) {
    if (send_now(door.events, topic, Part::more)) send_now(door.events, body, Part::last);
}

RpcServer::RpcServer(std::unique_ptr<State> state) : state_{std::move(state)} {}
RpcServer::RpcServer(RpcServer&&) noexcept = default;
RpcServer& RpcServer::operator=(RpcServer&&) noexcept = default;
// A client drops an answer that comes together with the end of its connection (libzmq with ZMQ_IMMEDIATE): the end waits.
RpcServer::~RpcServer() {
    if (state_) std::this_thread::sleep_until(state_->last_reply + answers_are_read_within);
}

Expected<RpcServer> RpcServer::bind(const Endpoints& endpoints, Options options) {
    if (auto made = make_folder(endpoints); !made) return Failure{std::move(made.error())};
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    const auto local =
        state->options.lets_in_other_users ? Admission::Local::all_users : Admission::Local::owner_only;
    if (auto opened = state->open(endpoints, {local, std::nullopt}); !opened) return Failure{std::move(opened.error())};
    return RpcServer{std::move(state)};
}

Expected<RpcServer::DoorId> RpcServer::open_door(const Endpoints& endpoints, const KeyPair& keys) {
    return state_->open(endpoints, {Admission::Local::owner_only, keys});
}

void RpcServer::close_door(DoorId id) {
    std::erase_if(state_->doors, [id](const Door& door) { return door.id == id; });
    state_->first_asked = 0;
}

Expected<void> RpcServer::renew_listeners() {
    for (auto& door : state_->doors) {
        if (!door.admission.keys) continue;
        if (door.events) {
            door.events.set(zmq::sockopt::linger, 0);
            door.events.close();
        }
        auto events = patiently([&] { return bind_events(state_->context, door.endpoints.events, door.admission); });
        if (!events) return Failure{std::move(events.error())};
        door.events = std::move(*events);
    }
    return {};
}

std::vector<int> RpcServer::descriptors() const {
    std::vector<int> descriptors;
    if (state_->has_gate()) descriptors.push_back(state_->gatekeeper.socket().get(zmq::sockopt::fd));
    for (auto& door : state_->doors) {
        descriptors.push_back(door.requests.get(zmq::sockopt::fd));
        if (door.events) descriptors.push_back(door.events.get(zmq::sockopt::fd));
    }
    return descriptors;
}

bool RpcServer::is_ready() {
    // All are asked, because asking is what arms the descriptors again.
    bool is_ready = state_->has_gate() && has_input(state_->gatekeeper.socket());
    for (auto& door : state_->doors) {
        is_ready = has_input(door.requests) || is_ready;
        is_ready = has_input(door.events) || is_ready;
    }
    return is_ready;
}

std::vector<IncomingRequest> RpcServer::drain(const Portion& portion) {
    if (state_->has_gate()) state_->gatekeeper.attend([this](const Caller& caller) { return state_->may_listen(caller); });
    for (auto& door : state_->doors) state_->greet(door);
    std::vector<IncomingRequest> requests;
    Portion left = portion;
    for (std::size_t i = 0; i < state_->doors.size(); ++i)
        state_->drain(state_->doors[(state_->first_asked + i) % state_->doors.size()], requests, left);
    state_->first_asked = (state_->first_asked + 1) % state_->doors.size();
    return requests;
}

void RpcServer::State::drain(Door& door, std::vector<IncomingRequest>& taken, Portion& left) {
    // What is refused counts too, or a flood of rubbish would keep the loop here.
    for (; left.requests > 0 && left.bytes > 0; --left.requests) {
        auto envelope = receive(door.requests);
        if (!envelope) return;
        // Over the network nobody is without a key; if somebody ever were, they must not be taken for a local user.
        if (!envelope->body || (door.admission.keys && !envelope->caller.key)) {
            ++traffic.dropped;
            continue;
        }
        ReplyTo from{std::move(envelope->peer), envelope->has_delimiter, 0, door.id};
        Document message = Document::parse(bytes_of(*envelope->body));
        const auto size = envelope->body->size() + message.tokens().size() * sizeof(Token);
        left.bytes -= std::min(left.bytes, size);
        const auto frame = read_request(message);
        if (frame) {
            ++traffic.requests;
            from.msgid = frame->msgid;
            taken.push_back({std::move(from), std::move(envelope->caller), frame->method, frame->params, std::move(message), size});
        } else if (frame.error().msgid) {
            ++traffic.refused;
            from.msgid = *frame.error().msgid;
            reply(from, ipc::error(from.msgid, frame.error().error));
        } else {
            ++traffic.dropped;
        }
    }
}

void RpcServer::State::reply(const ReplyTo& to, std::string response) {
    if (response.size() > Limits{}.bytes)
        response = error(to.msgid, {Code::too_large, "The answer is too large: ask for less at a time.", {}});
    ++traffic.replies;
    Door* door = find(to.door);
    if (door == nullptr || !send_now(door->requests, to.peer, Part::more)) return;
    if (to.has_delimiter) send_now(door->requests, {}, Part::more);
    send_now(door->requests, response, Part::last);
    last_reply = std::chrono::steady_clock::now();
}

void RpcServer::reply(const ReplyTo& to, std::string response) { state_->reply(to, std::move(response)); }

void RpcServer::publish_members(std::string_view topic, std::size_t count, std::string members) {
    ++state_->traffic.events;
    const std::int64_t topic_seq = ++state_->topic_seqs[first_word(topic)];
    const Sequence sequence{state_->options.run, ++state_->seq, topic_seq};
    const std::string event = event_of(topic, sequence, count, members);
    for (auto& door : state_->doors) State::send_event(door, topic, event);
}

// Nobody knows of which topic it was.
void RpcServer::leave_out_event() {
    ++state_->seq;
    std::set<std::string> words;
    Events::each([&]<class T>() { words.insert(first_word(T::topic)); });
    for (const auto& word : words) ++state_->topic_seqs[word];
}

std::int64_t RpcServer::seq() const noexcept {
    return state_->seq;
}

const RpcServer::Traffic& RpcServer::traffic() const noexcept {
    return state_->traffic;
}

}  // namespace stocktray::ipc
