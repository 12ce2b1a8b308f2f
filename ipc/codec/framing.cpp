#include "ipc/codec/framing.h"

#include <limits>

namespace stocktray::ipc {
namespace {

constexpr std::int64_t request_type = 0;
constexpr std::int64_t response_type = 1;
constexpr std::int64_t event_type = 2;

std::optional<std::uint32_t> as_msgid(std::int64_t value) {
    if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(value);
}

// The msgid of something that begins like a request, even when its rest could not be read.
std::optional<std::uint32_t> salvage_msgid(const Document& message) {
    const auto& tokens = message.tokens();
    if (tokens.size() < 3 || tokens[0].kind != Kind::list) return std::nullopt;
    const bool is_request = tokens[1].kind == Kind::integer && tokens[1].integer == request_type;
    if (!is_request || tokens[2].kind != Kind::integer) return std::nullopt;
    return as_msgid(tokens[2].integer);
}

tl::unexpected<BadFrame> bad(const Document& message, Code code, std::string text) {
    return tl::unexpected{BadFrame{salvage_msgid(message), Error{code, std::move(text), std::nullopt}}};
}

bool is_integer(Node node, std::int64_t value) {
    return node.is(Kind::integer) && node.integer() == value;
}

}  // namespace

tl::expected<RequestFrame, BadFrame> read_request(const Document& message) {
    if (message.problem() == Document::Problem::too_large)
        return bad(message, Code::too_large, "The request is too large, too deep or holds too many values.");
    if (message.problem() == Document::Problem::malformed)
        return bad(message, Code::invalid_request, "The request is not one whole MessagePack value.");
    const Node root = message.root();
    if (!root.is(Kind::list) || root.size() != 4 || !is_integer(root.first(), request_type))
        return bad(message, Code::invalid_request, "A request is [0, msgid, method, [params]].");
    const Node msgid = root.first().next();
    const Node method = msgid.next();
    const Node params = method.next();
    if (!salvage_msgid(message))
        return bad(message, Code::invalid_request, "The msgid must be a whole number of 32 bits.");
    if (!method.is(Kind::text)) return bad(message, Code::invalid_request, "The method must be a text.");
    if (!params.is(Kind::list) || params.size() != 1 || !params.first().is(Kind::map))
        return bad(message, Code::invalid_request, "The params must be a list that holds one map.");
    return RequestFrame{*as_msgid(msgid.integer()), method.text(), params.first()};
}

std::optional<ResponseFrame> read_response(const Document& message) {
    const Node root = message.root();
    if (!root.is(Kind::list) || root.size() != 4 || !is_integer(root.first(), response_type))
        return std::nullopt;
    const Node id = root.first().next();
    const auto msgid = id.is(Kind::integer) ? as_msgid(id.integer()) : std::nullopt;
    if (!msgid) return std::nullopt;
    return ResponseFrame{*msgid, id.next(), id.next().next()};
}

std::optional<EventFrame> read_event(const Document& message) {
    const Node root = message.root();
    if (!root.is(Kind::list) || root.size() != 3 || !is_integer(root.first(), event_type))
        return std::nullopt;
    const Node topic = root.first().next();
    const Node data = topic.next();
    if (!topic.is(Kind::text) || !data.is(Kind::list) || data.size() != 1 || !data.first().is(Kind::map))
        return std::nullopt;
    return EventFrame{topic.text(), data.first()};
}

Error read_error(Node error) {
    Error result;
    Decoder decoder{Reading::lenient};
    std::string code;
    (void)decoder.read(error.find("code"), code, rules::any, Place{});
    (void)decoder.read(error.find("message"), result.message, rules::any, Place{});
    result.code = from_string<Code>(code).value_or(Code::internal);
    if (const Node data = error.find("data"); !data.is(Kind::nil)) {
        Data value;
        if (decoder.read(data, value, rules::any, Place{})) result.data = std::move(value);
    }
    return result;
}

std::string request(std::uint32_t msgid, std::string_view method, std::string_view params) {
    Encoder to;
    to.list(4);
    to.integer(request_type);
    to.integer(msgid);
    to.text(method);
    to.list(1);
    to.encoded(params);
    return to.take();
}

std::string ok_encoded(std::uint32_t msgid, std::string_view result) {
    Encoder to;
    to.list(4);
    to.integer(response_type);
    to.integer(msgid);
    to.nil();
    to.encoded(result);
    return to.take();
}

std::string error(std::uint32_t msgid, const Error& error) {
    Encoder to;
    to.list(4);
    to.integer(response_type);
    to.integer(msgid);
    to.map(error.data ? 3 : 2);
    to.text("code");
    to.text(to_string(error.code));
    to.text("message");
    to.text(error.message);
    if (error.data) {
        to.text("data");
        write(to, *error.data);
    }
    to.nil();
    return to.take();
}

std::string event_of(std::string_view topic, const Sequence& sequence, std::size_t count,
                     std::string_view members) {
    Encoder to;
    to.list(3);
    to.integer(event_type);
    to.text(topic);
    to.list(1);
    to.map(count + 3);
    to.text("run");
    to.text(sequence.run);
    to.text("seq");
    to.integer(sequence.seq);
    to.text("topic_seq");
    to.integer(sequence.topic_seq);
    to.encoded(members);
    return to.take();
}

}  // namespace stocktray::ipc
