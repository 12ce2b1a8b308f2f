#include "ipc/stock_file/encoding.h"

#include <algorithm>
#include <utility>

namespace stocktray::stock_file {
namespace {

constexpr std::array<std::pair<Encoding, std::string_view>, 4> names{{{Encoding::utf_8, "utf-8"},
                                                                      {Encoding::utf_16le, "utf-16le"},
                                                                      {Encoding::utf_16be, "utf-16be"},
                                                                      {Encoding::windows_1252, "windows-1252"}}};

}  // namespace

std::string_view name_of(Encoding encoding) noexcept {
    return std::ranges::find(names, encoding, &std::pair<Encoding, std::string_view>::first)->second;
}

std::optional<Encoding> encoding_named(std::string_view name) noexcept {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    for (const auto& [encoding, known] : names)
        if (std::ranges::equal(name, known, {}, low)) return encoding;
    return std::nullopt;
}

EncodingGuess::EncodingGuess() : utf_8_{Encoding::utf_8} {}

void EncodingGuess::feed(std::string_view bytes) {
    if (beginning_.size() < 4) beginning_ += bytes.substr(0, 4 - beginning_.size());
    std::string text;
    if (is_utf_8_) is_utf_8_ = utf_8_.feed(bytes, text) != Decoder::State::wrong;
}

Encoding EncodingGuess::encoding() const noexcept {
    using namespace std::string_view_literals;
    if (beginning_.starts_with("\xFF\xFE"sv)) return Encoding::utf_16le;
    if (beginning_.starts_with("\xFE\xFF"sv)) return Encoding::utf_16be;
    if (beginning_.size() >= 2 && beginning_[0] != 0 && beginning_[1] == 0) return Encoding::utf_16le;
    if (beginning_.size() >= 2 && beginning_[0] == 0 && beginning_[1] != 0) return Encoding::utf_16be;
    return is_utf_8_ ? Encoding::utf_8 : Encoding::windows_1252;
}

DecodingBuffer::DecodingBuffer(std::istream& bytes, Encoding encoding) : bytes_{bytes}, decoder_{encoding} {}

DecodingBuffer::int_type DecodingBuffer::underflow() {
    while (gptr() == egptr()) {
        if (state_ == Decoder::State::wrong) return traits_type::eof();
        bytes_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
        const auto count = static_cast<std::size_t>(bytes_.gcount());
        if (count == 0) return traits_type::eof();
        text_.clear();
        state_ = decoder_.feed({piece_.data(), count}, text_);
        setg(text_.data(), text_.data(), text_.data() + text_.size());
    }
    return traits_type::to_int_type(*gptr());
}

}  // namespace stocktray::stock_file
