// Turns a body of unknown charset into UTF-8 while it comes in, for answers that are too long to be kept.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

class StreamDecoder {
public:
    // `charset`: the one to be used whatever the body declares; empty: byte order mark, XML declaration,
    // UTF-8, and windows-1252 where that turns out to be wrong.
    explicit StreamDecoder(std::string charset = {})
        : charset_{std::move(charset)}, is_given_{!charset_.empty()} {}

    // Appends what can be decoded now to `out`. False: the bytes are valid in no charset that is left.
    [[nodiscard]] bool feed(std::string_view bytes, std::string& out);
    [[nodiscard]] bool finish(std::string& out);

    // The bytes turned out not to be in the charset that they were declared to be in.
    [[nodiscard]] bool is_fallback() const noexcept { return is_fallback_; }
    // After a failure: the charset in which the body, had it not passed by already, may be readable.
    [[nodiscard]] const std::string& better_charset() const noexcept { return better_charset_; }
    // Would another charset have given another text?
    [[nodiscard]] bool is_ascii() const noexcept { return is_ascii_; }
    [[nodiscard]] bool is_declared() const noexcept { return is_declared_; }

private:
    [[nodiscard]] bool choose(std::string& out);
    [[nodiscard]] bool convert(std::string_view bytes, bool is_end, std::string& out);
    [[nodiscard]] bool convert_utf8(std::string_view bytes, bool is_end, std::string& out);

    std::string charset_;
    std::string better_charset_;
    std::string held_;  // not decoded yet: the beginning, half a character, or everything
    bool is_given_{false};
    bool is_chosen_{false};
    bool is_kept_whole_{false};  // in a charset of which no piece can be decoded alone
    bool is_declared_{false};
    bool is_ascii_{true};
    bool is_fallback_{false};
};

}  // namespace stocktray::cart::seti
