#include "ipc/stock_file/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
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

struct Decoder::Handle {
    iconv_t converter;
    std::string rest{};  // the beginning of a sign whose end has not come yet
    bool is_wrong{false};

    // These four are part of every C library that has iconv at all.
    explicit Handle(Encoding encoding) : converter{iconv_open("UTF-8", name_of(encoding).data())} {
        if (converter == reinterpret_cast<iconv_t>(-1)) std::abort();
    }
    ~Handle() { iconv_close(converter); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
};

Decoder::Decoder(Encoding encoding) : handle_{std::make_unique<Handle>(encoding)} {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Decoder::State Decoder::feed(std::string_view bytes, std::string& text) {
    auto& rest = handle_->rest;
    if (handle_->is_wrong) return State::wrong;
    if (bytes.empty()) return rest.empty() ? State::good : State::half;
    rest += bytes;
    char* in = rest.data();
    std::size_t in_left = rest.size();
    std::array<char, 4'096> piece;
    for (;;) {
        char* into = piece.data();
        std::size_t room = piece.size();
        const std::size_t odd = iconv(handle_->converter, &in, &in_left, &into, &room);
        const int error = errno;
        text.append(piece.data(), piece.size() - room);
        if (odd != static_cast<std::size_t>(-1)) break;
        if (error == E2BIG) continue;
        if (error == EINVAL) break;  // the last sign goes on in the next piece
        handle_->is_wrong = true;
        return State::wrong;
    }
    rest.erase(0, rest.size() - in_left);
    return rest.empty() ? State::good : State::half;
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
