// MessagePack-RPC: request [0, msgid, method, [params]], response [1, msgid, error, result], and event
// [2, topic, [data]]. One part of a ZeroMQ message holds one of them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/codec/decode.h"
#include "ipc/codec/document.h"
#include "ipc/codec/encode.h"
#include "ipc/error.h"

namespace stocktray::ipc {

// Views into the Document they were read from.
struct RequestFrame {
    std::uint32_t msgid{0};
    std::string_view method;
    Node params;
};
struct ResponseFrame {
    std::uint32_t msgid{0};
    Node error;  // nil: all went well
    Node result;
};
struct EventFrame {
    std::string_view topic;
    Node data;
};

// Why a message is no request. Without a msgid nobody can be answered.
struct BadFrame {
    std::optional<std::uint32_t> msgid;
    Error error;
};

[[nodiscard]] tl::expected<RequestFrame, BadFrame> read_request(const Document& message);
[[nodiscard]] std::optional<ResponseFrame> read_response(const Document& message);
[[nodiscard]] std::optional<EventFrame> read_event(const Document& message);

// An `error` of a response. A code that this program does not know is read as `internal`.
[[nodiscard]] Error read_error(Node error);

// `params` is one encoded map.
[[nodiscard]] std::string request(std::uint32_t msgid, std::string_view method, std::string_view params);

template <Request T>
[[nodiscard]] std::string request(std::uint32_t msgid, const T& params) {
    return request(msgid, T::method.name, encode(params));
}

// A response from a result that is encoded already (the first answer of a repeated request, say).
[[nodiscard]] std::string ok_encoded(std::uint32_t msgid, std::string_view result);

template <Message Result>
[[nodiscard]] std::string ok(std::uint32_t msgid, const Result& result) {
    return ok_encoded(msgid, encode(result));
}

[[nodiscard]] std::string error(std::uint32_t msgid, const Error& error);

// The counters that every event carries.
struct Sequence {
    std::string run;
    std::int64_t seq{0};
    std::int64_t topic_seq{0};
};

// `members` are `count` names and values, encoded one after the other.
[[nodiscard]] std::string event_of(std::string_view topic, const Sequence& sequence, std::size_t count,
                                   std::string_view members);

// An event without counters (the welcome).
template <Event T>
[[nodiscard]] std::string uncounted_event(const T& event) {
    Encoder to;
    to.list(3);
    to.integer(2);
    to.text(T::topic);
    to.list(1);
    write(to, event);
    return to.take();
}

}  // namespace stocktray::ipc
