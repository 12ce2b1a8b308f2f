#include "ipc/client/client.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <unordered_map>
#include <zmq.hpp>

#include "ipc/client/dial.h"
#include "ipc/client/wait.h"
#include "ipc/socket.h"

namespace stocktray::ipc {
namespace {

using Clock = std::chrono::steady_clock;

// So much of a wait for the connection counts at most, before it is looked at again.
constexpr Clock::duration one_look = std::chrono::milliseconds{100};

Failure no_answer() {
    return fail(
        Code::no_answer,
        "The agent did not answer in time. Whether it has done it is not known: asking again with the "
        "same ids is safe.");
}

}  // namespace

struct Client::State {
    struct Waiting {
        std::optional<RawAnswer> answer{};
        Error error{};        // instead of a result
        bool is_over{false};  // one of the two is there
    };

    Options options;
    Route route;
    zmq::context_t context{1};
    zmq::socket_t socket{};
    std::unordered_map<std::uint32_t, Waiting> waiting{};
    std::size_t over{0};  // of `waiting`: those with an answer
    std::uint32_t last_msgid{0};

    [[nodiscard]] const std::string& endpoint() const { return route.endpoints.requests; }
    Descriptor descriptor() { return socket.get(zmq::sockopt::fd); }
    void connect();
    void renew_route();
    bool wait_for_room(Clock::duration& left);
    void learn_key(Node result) const;
    void take_in(std::string_view bytes);
    void receive_all();
    void end(Waiting& one) {
        one.is_over = true;
        ++over;
    }
};

// Queues nothing for an agent that is not there: ZMQ_IMMEDIATE.
void Client::State::connect() {
    socket = zmq::socket_t{context, zmq::socket_type::dealer};
    socket.set(zmq::sockopt::immediate, 1);
    dial(socket, route, Line::requests);
}

// Paired with another agent meanwhile, or the agent has a new key: the old way leads nowhere any more.
void Client::State::renew_route() {
    if (options.route) return;
    auto fresh = route_to(options.endpoint);
    if (!fresh || *fresh == route) return;
    route = std::move(*fresh);
    try {
        connect();
    } catch (const zmq::error_t&) {
        route = {};  // the next look tries it again
    }
}

// The socket queues nothing for an agent that is not there (ZMQ_IMMEDIATE), so that room means: connected. What is
// taken off `left` is waiting: a process that was not let run for a while has not waited for anybody.
bool Client::State::wait_for_room(Clock::duration& left) {
    while (!has_room(socket)) {
        if (left <= Clock::duration::zero()) {
            renew_route();
            return false;
        }
        const auto begun = Clock::now();
        const auto look = std::min(left, one_look);
        wait_readable(std::array{descriptor()}, begun + look);
        left -= std::min(look, Clock::now() - begun);
    }
    return true;
}

// Whatever was asked: an agent that tells its key has this one from now on. Not written down where this computer has
// been paired with another agent meanwhile.
void Client::State::learn_key(Node result) const {
    if (!route.keys || options.route || !result.is(Kind::map)) return;
    const auto told = result.find("agent_key");
    if (!told.is(Kind::text) || told.text() == route.keys->agent.hex()) return;
    if (const auto now = route_to(options.endpoint); now && *now == route) keep_up_with(told.text());
}

void Client::State::take_in(std::string_view bytes) {
    Document message = Document::parse(bytes);
    const auto response = read_response(message);
    if (!response) return;
    learn_key(response->result);
    const auto at = waiting.find(response->msgid);
    if (at == waiting.end() || at->second.is_over) return;  // nobody waits for it any longer
    if (response->error.is(Kind::nil))
        at->second.answer = RawAnswer{std::move(message), response->result};
    else
        at->second.error = read_error(response->error);
    end(at->second);
}

void Client::State::receive_all() {
    do {
        zmq::message_t part;
        while (receive_now(socket, part)) {
            if (!part.more()) take_in(bytes_of(part));
            while (part.more() && receive_now(socket, part)) {
            }  // not of this protocol
        }
        if (waiting.size() == over) return;
        // No room while something is under way: the connection is gone, and with it our name at the agent;
        // what was asked over it can never be answered. An answer that came with its end is still to be read.
        if (!has_room(socket)) {
            if (has_input(socket)) continue;
            for (auto& [msgid, one] : waiting) {
                if (one.is_over) continue;
                one.error = no_answer().value();
                end(one);
            }
            return;
        }
        // Asking for room takes in the signal of an answer that came since it was looked for; nobody would be
        // woken for that answer again.
    } while (has_input(socket));
}

Client::Client(std::unique_ptr<State> state) : state_{std::move(state)} {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Expected<Client> Client::open(const Options& options) {
    auto route = options.route ? Expected<Route>{*options.route} : route_to(options.endpoint);
    if (!route) return Failure{std::move(route.error())};
    auto state = std::make_unique<State>(State{.options = options, .route = std::move(*route)});
    try {
        state->connect();
    } catch (const zmq::error_t& error) {
        return fail(Code::no_agent, fmt::format("{} cannot be reached: {}.", state->endpoint(), error.what()));
    }
    return Client{std::move(state)};
}

Expected<std::uint32_t> Client::send_raw(std::string_view method, std::string_view params) {
    return send_raw(method, params, state_->options.reach_within);
}

Expected<std::uint32_t> Client::send_raw(std::string_view method, std::string_view params, Duration reach_within) {
    if (state_->waiting.size() >= most_under_way)
        return fail_busy("Too many requests are under way: take their answers first.", 10);
    const std::uint32_t msgid = ++state_->last_msgid;
    const std::string message = request(msgid, method, params);
    Clock::duration left = reach_within;
    // The room may be that of a connection whose end is noticed only with the sending; there may be another one.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (!state_->wait_for_room(left)) return Failure{nobody_answers(state_->route, Surroundings::of_this_process())};
        if (!send_now(state_->socket, message, Part::last)) continue;
        state_->waiting.try_emplace(msgid);
        return msgid;
    }
    return fail(Code::no_agent, fmt::format("The connection to {} is lost.", state_->endpoint()));
}

std::size_t Client::poll(Duration timeout) {
    const auto deadline = Clock::now() + timeout;
    for (;;) {
        state_->receive_all();
        const bool is_idle = state_->waiting.empty();
        if (state_->over > 0 || is_idle || Clock::now() >= deadline) return state_->over;
        wait_readable(std::array{state_->descriptor()}, deadline);
    }
}

std::optional<Expected<RawAnswer>> Client::take_raw(std::uint32_t msgid) {
    const auto at = state_->waiting.find(msgid);
    if (at == state_->waiting.end()) return no_answer();
    if (!at->second.is_over) return std::nullopt;
    State::Waiting one = std::move(at->second);
    state_->waiting.erase(at);
    --state_->over;
    if (one.answer) return std::move(*one.answer);
    return Failure{std::move(one.error)};
}

void Client::forget(std::uint32_t msgid) {
    const auto at = state_->waiting.find(msgid);
    if (at == state_->waiting.end()) return;
    if (at->second.is_over) --state_->over;
    state_->waiting.erase(at);
}

Expected<RawAnswer> Client::call_raw(std::string_view method, std::string_view params, Duration timeout) {
    const auto msgid = send_raw(method, params);
    if (!msgid) return Failure{msgid.error()};
    return answer_until(*msgid, Clock::now() + timeout);
}

Expected<RawAnswer> Client::call_raw_within(std::string_view method, std::string_view params, Duration whole) {
    const auto deadline = Clock::now() + whole;
    const auto msgid = send_raw(method, params, std::min(whole, state_->options.reach_within));
    if (!msgid) return Failure{msgid.error()};
    return answer_until(*msgid, deadline);
}

Expected<RawAnswer> Client::answer_until(std::uint32_t msgid, std::chrono::steady_clock::time_point deadline) {
    for (;;) {
        state_->receive_all();
        if (auto answer = take_raw(msgid)) return std::move(*answer);
        if (Clock::now() >= deadline) break;
        wait_readable(std::array{state_->descriptor()}, deadline);
    }
    forget(msgid);
    return no_answer();
}

Descriptor Client::descriptor() const {
    return state_->descriptor();
}

}  // namespace stocktray::ipc
