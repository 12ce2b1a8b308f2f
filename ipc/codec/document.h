// One received MessagePack object: read once, checked against limits, then looked at without copying.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stocktray::ipc {

// What a message may cost whoever reads it. A value takes 24 bytes of memory, so the sender of one message
// can ask for 24 MB beside the message itself.
struct Limits {
    std::size_t bytes{8u * 1'024 * 1'024};
    std::size_t values{1'000'000};
    std::size_t depth{16};
};

enum class Kind : std::uint8_t {
    nil,
    boolean,
    integer,
    huge,  // a whole number above the greatest signed one
    real,
    text,
    binary,
    extension,
    list,
    map,
};

// A value of the message as it stands in Document's row of tokens; the values inside it follow it there.
struct Token {
    union {
        std::int64_t integer;  // booleans too
        double real;
        const char* bytes;
    };
    std::uint32_t size;    // bytes, entries or members
    std::uint32_t extent;  // tokens of this value and of all inside it
    Kind kind;
};

// A view of one value; valid as long as its Document. The accessors ask for the kind they are named after.
class Node {
public:
    Node() = default;  // nil
    explicit Node(const Token* token) noexcept : token_{token} {}

    [[nodiscard]] Kind kind() const noexcept { return token_ ? token_->kind : Kind::nil; }
    [[nodiscard]] bool is(Kind kind) const noexcept { return this->kind() == kind; }
    [[nodiscard]] bool boolean() const noexcept { return token_->integer != 0; }
    [[nodiscard]] std::int64_t integer() const noexcept { return token_->integer; }
    [[nodiscard]] double real() const noexcept { return token_->real; }
    [[nodiscard]] std::string_view text() const noexcept {
        return {token_->bytes, token_->size};
    }  // or binary

    // Entries of a list, members of a map.
    [[nodiscard]] std::size_t size() const noexcept { return token_ ? token_->size : 0; }

    // The first entry of a list, the first key of a map; then `next` goes on: key, value, key, value.
    [[nodiscard]] Node first() const noexcept { return Node{token_ + 1}; }
    [[nodiscard]] Node next() const noexcept { return Node{token_ + token_->extent}; }

    // The value of a map's key; a nil Node when there is none, or when this is no map.
    [[nodiscard]] Node find(std::string_view key) const noexcept;

private:
    const Token* token_{nullptr};
};

class Document {
public:
    enum class Problem { none, malformed, too_large };

    Document() = default;

    // Never fails to return; `problem()` says whether all of `bytes` was exactly one good value.
    [[nodiscard]] static Document parse(std::string_view bytes, const Limits& limits = {});

    [[nodiscard]] Problem problem() const noexcept { return problem_; }

    // nil when there was a problem.
    [[nodiscard]] Node root() const noexcept {
        return problem_ == Problem::none && !tokens_.empty() ? Node{tokens_.data()} : Node{};
    }

    // What was read before a problem stopped it, for whoever wants to answer it nevertheless.
    [[nodiscard]] const std::vector<Token>& tokens() const noexcept { return tokens_; }

private:
    std::vector<char> bytes_;  // a vector, because moving it leaves the bytes where the tokens point
    std::vector<Token> tokens_;
    Problem problem_{Problem::malformed};
};

}  // namespace stocktray::ipc
