#include "ipc/server/gatekeeper.h"

#include <charconv>
#include <string>
#include <vector>

#include "ipc/socket.h"

namespace stocktray::ipc {
namespace {

// The parts of a question, in their order (RFC 27).
enum Question { version, request_id, domain, address, identity, mechanism, credentials };

// ZeroMQ tells a local peer as "localhost:uid:gid:pid".
std::optional<std::uint32_t> user_in(std::string_view peer) {
    constexpr std::string_view local = "localhost:";
    if (!peer.starts_with(local)) return std::nullopt;
    std::uint32_t user = 0;
    const auto rest = peer.substr(local.size());
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), user);
    if (parsed.ec != std::errc{} || parsed.ptr == rest.data() + rest.size() || *parsed.ptr != ':') return std::nullopt;
    return user;
}

// A door for both kinds of addresses tells an IPv4 one as "::ffff:192.0.2.7".
std::string_view without_mapping(std::string_view address) {
    constexpr std::string_view mapped = "::ffff:";
    const bool is_mapped = address.starts_with(mapped) && address.find('.') != address.npos;
    return is_mapped ? address.substr(mapped.size()) : address;
}

Caller caller_from(std::string_view key, std::string_view peer) {
    Caller caller;
    caller.key = PublicKey::from_hex(key);
    if (!caller.key) caller.user = user_in(peer);
    if (!caller.user) caller.address = without_mapping(peer);
    return caller;
}

const char* property(zmq::message_t& message, const char* name) {
    const char* value = zmq_msg_gets(message.handle(), name);
    return value ? value : "";
}

}  // namespace

Gatekeeper::Gatekeeper(zmq::context_t& context) : socket_{context, zmq::socket_type::rep} {
    socket_.bind("inproc://zeromq.zap.01");
}

void Gatekeeper::attend(const MayListen& may_listen) {
    zmq::message_t part;
    while (receive_now(socket_, part)) {
        std::vector<std::string> question{part.to_string()};
        while (part.more() && receive_now(socket_, part)) question.push_back(part.to_string());
        question.resize(std::max<std::size_t>(question.size(), credentials + 1));
        const auto key = question[mechanism] == "CURVE" ? PublicKey::from_bytes(question[credentials]) : std::nullopt;
        const std::string name = key ? key->hex() : "";
        const bool is_known_mechanism = question[mechanism] == "NULL" || key;
        const bool may_enter = is_known_mechanism && (question[domain] != events_domain ||
                                                      may_listen(caller_from(name, question[address])));
        send_now(socket_, "1.0", Part::more);
        send_now(socket_, question[request_id], Part::more);
        send_now(socket_, may_enter ? "200" : "400", Part::more);
        send_now(socket_, may_enter ? "OK" : "not allowed", Part::more);
        send_now(socket_, name, Part::more);  // User-Id of every message from there
        send_now(socket_, {}, Part::last);
    }
}

Caller caller_of(zmq::message_t& message) {
    return caller_from(property(message, "User-Id"), property(message, "Peer-Address"));
}

}  // namespace stocktray::ipc
