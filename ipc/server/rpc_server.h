// The agent's end of the wire: requests come in, answers and events go out. One thread uses it.
//
// In the loop (ZeroMQ's descriptors report only changes, so the order matters):
//
//     for (;;) {
//         for (auto& request : server.drain()) …           // handle, commit
//         server.reply(…); server.publish(…);
//         wait on server.descriptors(), at most server.is_ready() ? 0 : as long as you like;
//     }
//
// `is_ready` is asked last before each wait: whatever came while something was sent is seen there, not by the
// descriptors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/codec/framing.h"
#include "ipc/endpoint.h"
#include "ipc/error.h"
#include "ipc/keys/curve_key.h"
#include "ipc/messages/method.h"
#include "ipc/server/caller.h"

namespace stocktray::ipc {

// Whom to answer. Kept as a value where the answer comes later than the handler returns.
struct ReplyTo {
    std::string peer;           // the connection, as ZeroMQ names it
    bool has_delimiter{false};  // a REQ socket: its empty part goes back
    std::uint32_t msgid{0};
    std::uint32_t door{0};      // through which it came; an answer for one that is closed is dropped
};

struct IncomingRequest {
    ReplyTo from;
    Caller caller;
    std::string_view method;  // into `message`, as `params`
    Node params;              // a map
    Document message;
    std::size_t size{0};  // bytes of memory: many small values are larger read than sent
};

// How much one drain takes at most. The request that passes `bytes` still counts.
struct Portion {
    std::size_t requests{1'000};
    std::size_t bytes{32u * 1'024 * 1'024};
};

class RpcServer {
public:
    struct Options {
        std::string run{};  // the run's id, in every event
        // Other users of this machine can reach the local sockets, too; what they may do is up to the handlers.
        bool lets_in_other_users{false};
        // Who hears events, asked when somebody subscribes over the network, and locally where other users are let
        // in. Everybody, unless told.
        std::function<bool(const Caller&)> may_listen{};
    };

    // Messages since the start, for the metrics.
    struct Traffic {
        std::uint64_t requests{0};
        std::uint64_t refused{0};  // answered here: malformed or too large
        std::uint64_t dropped{0};  // not even answerable
        std::uint64_t replies{0};
        std::uint64_t events{0};
    };

    // Makes the folder and binds both sockets; they are open to this user only. Whether another agent serves
    // the endpoint must be known before (`lock_path`): binding takes over a living ipc:// path in silence.
    [[nodiscard]] static Expected<RpcServer> bind(const Endpoints& endpoints, Options options);

    RpcServer(RpcServer&&) noexcept;
    RpcServer& operator=(RpcServer&&) noexcept;
    ~RpcServer();  // waits a moment for answers that are still on their way out

    // One more door, on the network: encrypted, and with the proof that both sides are who they say. `conflict` where
    // another program has the port.
    using DoorId = std::uint32_t;
    [[nodiscard]] Expected<DoorId> open_door(const Endpoints& endpoints, const KeyPair& keys);
    // Throws out who came through it. Answers that are on their way go out first, if the peer takes them at once.
    void close_door(DoorId door);
    // Throws out every listener on the network, so that each has to ask again whether it may listen: a single peer
    // cannot be thrown out. After an error nobody hears events through that door until it was tried again.
    [[nodiscard]] Expected<void> renew_listeners();

    // To be watched for reading. They change when a door is opened or closed.
    [[nodiscard]] std::vector<int> descriptors() const;

    // Whether the next `drain` finds something.
    [[nodiscard]] bool is_ready();

    // The requests that are waiting, in order per client, up to a portion. What is no request has been answered or
    // dropped. Also lets new clients in and greets new subscribers, even where the portion is none.
    [[nodiscard]] std::vector<IncomingRequest> drain(const Portion& portion = {});

    // `response` is one of framing.h's. Never waits: for a client that does not read its answers they are
    // dropped, and so are answers to clients that have gone. One above 8 MiB goes out as `too_large`.
    void reply(const ReplyTo& to, std::string response);

    template <Message Result>
    void reply_ok(const ReplyTo& to, const Result& result) {
        reply(to, ok(to.msgid, result));
    }
    void reply_error(const ReplyTo& to, const Error& error) { reply(to, ipc::error(to.msgid, error)); }

    // Never waits: a subscriber that is too slow misses events, and sees it by their numbers.
    template <Event T>
    void publish(const T& event) {
        Encoder members;
        write_members(members, event);
        publish_members(T::topic, count_members(event), members.take());
    }

    // For one that could not be made: with the next one of any topic everybody who listens sees a gap.
    void leave_out_event();

    // Of the last event; 0 before the first.
    [[nodiscard]] std::int64_t seq() const noexcept;
    [[nodiscard]] const Traffic& traffic() const noexcept;

private:
    struct State;
    explicit RpcServer(std::unique_ptr<State> state);
    void publish_members(std::string_view topic, std::size_t count, std::string members);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
