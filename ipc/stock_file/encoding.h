// The charset of a file that somebody else's program wrote, and its text as UTF-8, read as a stream.
#pragma once
#include <array>
#include <cstddef>
#include <istream>
#include <memory>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>

namespace stocktray::stock_file {

enum class Encoding { utf_8, utf_16le, utf_16be, windows_1252 };

[[nodiscard]] std::string_view name_of(Encoding encoding) noexcept;
// "utf-8", "utf-16le", "utf-16be", "windows-1252", in any case of letters.
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name) noexcept;

// Turns bytes into UTF-8, piece by piece. Nothing is ever replaced by a stand-in.
class Decoder {
public:
    enum class State {
        good,
        half,   // so far good; the last sign is not complete
        wrong,  // not of this charset; nothing more is decoded
    };

    explicit Decoder(Encoding encoding);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    // Appends to `text` what `bytes` say. Signs may be cut between two pieces.
    State feed(std::string_view bytes, std::string& text);

private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

// Finds the charset out: a byte order mark, zeros where UTF-16 has them, else UTF-8 if all bytes are UTF-8, else
// windows-1252, which is what Western programs write without saying so. A file that was cut within a sign is UTF-8.
class EncodingGuess {
public:
    EncodingGuess();
    void feed(std::string_view bytes);
    [[nodiscard]] Encoding encoding() const noexcept;

private:
    std::string beginning_{};
    Decoder utf_8_;
    bool is_utf_8_{true};
};

// What `bytes` holds, as UTF-8. Ends early where the bytes are not of the charset; `state` says so.
class DecodingBuffer : public std::streambuf {
public:
    DecodingBuffer(std::istream& bytes, Encoding encoding);  // `bytes` must outlive it

    [[nodiscard]] Decoder::State state() const noexcept { return state_; }

protected:
    int_type underflow() override;

private:
    std::istream& bytes_;
    Decoder decoder_;
    Decoder::State state_{Decoder::State::good};
    std::string text_{};
    std::array<char, 16'384> piece_{};
};

}  // namespace stocktray::stock_file
