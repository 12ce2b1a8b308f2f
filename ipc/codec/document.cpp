#include "ipc/codec/document.h"

#include <array>
#include <msgpack.hpp>

namespace stocktray::ipc {
namespace {

constexpr std::size_t deepest = 64;  // of any limit

// Writes the tokens down as the parser meets the values, and stops it at the first limit.
class Writer : public msgpack::null_visitor {
public:
    Writer(std::vector<Token>& tokens, const Limits& limits) : tokens_{tokens}, limits_{limits} {}

    [[nodiscard]] bool has_hit_limit() const noexcept { return has_hit_limit_; }

    bool visit_nil() { return add(Kind::nil) != nullptr; }
    bool visit_boolean(bool value) { return add_integer(Kind::boolean, value ? 1 : 0); }
    bool visit_negative_integer(std::int64_t value) { return add_integer(Kind::integer, value); }
    bool visit_positive_integer(std::uint64_t value) {
        const auto kind = value > INT64_MAX ? Kind::huge : Kind::integer;
        return add_integer(kind, static_cast<std::int64_t>(value));
    }
    bool visit_float32(float value) { return visit_float64(static_cast<double>(value)); }
    bool visit_float64(double value) {
        Token* token = add(Kind::real);
        if (token) token->real = value;
        return token;
    }
    bool visit_str(const char* bytes, std::uint32_t size) { return add_bytes(Kind::text, bytes, size); }
    bool visit_bin(const char* bytes, std::uint32_t size) { return add_bytes(Kind::binary, bytes, size); }
    bool visit_ext(const char* bytes, std::uint32_t size) { return add_bytes(Kind::extension, bytes, size); }
    bool start_array(std::uint32_t size) { return open(Kind::list, size, size); }
    bool start_map(std::uint32_t size) { return open(Kind::map, size, std::uint64_t{size} * 2); }
    bool end_array() { return close(); }
    bool end_map() { return close(); }

private:
    Token* add(Kind kind) {
        if (tokens_.size() >= limits_.values) {
            has_hit_limit_ = true;
            return nullptr;
        }
        Token& token = tokens_.emplace_back();
        token.integer = 0;
        token.size = 0;
        token.extent = 1;
        token.kind = kind;
        return &token;
    }
    bool add_integer(Kind kind, std::int64_t value) {
        Token* token = add(kind);
        if (token) token->integer = value;
        return token;
    }
    bool add_bytes(Kind kind, const char* bytes, std::uint32_t size) {
        Token* token = add(kind);
        if (token) {
            token->bytes = bytes;
            token->size = size;
        }
        return token;
    }
    // The announced number is checked before anything is read: nobody waits for entries that cannot fit.
    bool open(Kind kind, std::uint32_t size, std::uint64_t values) {
        if (depth_ >= std::min(limits_.depth, deepest) || tokens_.size() + values >= limits_.values) {
            has_hit_limit_ = true;
            return false;
        }
        Token* token = add(kind);
        token->size = size;
        open_[depth_++] = tokens_.size() - 1;
        return true;
    }
    bool close() {
        const std::size_t at = open_[--depth_];
        tokens_[at].extent = static_cast<std::uint32_t>(tokens_.size() - at);
        return true;
    }

    std::vector<Token>& tokens_;
    const Limits& limits_;
    std::array<std::size_t, deepest> open_{};
    std::size_t depth_{0};
    bool has_hit_limit_{false};
};

}  // namespace

Document Document::parse(std::string_view bytes, const Limits& limits) {
    Document document;
    if (bytes.size() > limits.bytes) {
        document.problem_ = Problem::too_large;
        return document;
    }
    document.bytes_.assign(bytes.begin(), bytes.end());
    Writer writer{document.tokens_, limits};
    std::size_t end = 0;
    const bool is_whole = !bytes.empty() && msgpack::parse(document.bytes_.data(), bytes.size(), end, writer);
    if (writer.has_hit_limit())
        document.problem_ = Problem::too_large;
    else if (is_whole && end == bytes.size())
        document.problem_ = Problem::none;
    return document;
}

Node Node::find(std::string_view key) const noexcept {
    if (!is(Kind::map)) return {};
    Node at = first();
    for (std::size_t i = 0; i < size(); ++i) {
        const Node value = at.next();
        if (at.is(Kind::text) && at.text() == key) return value;
        at = value.next();
    }
    return {};
}

}  // namespace stocktray::ipc
