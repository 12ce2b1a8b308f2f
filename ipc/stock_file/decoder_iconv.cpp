#include <iconv.h>

#include <cerrno>
#include <cstdlib>

#include "ipc/stock_file/encoding.h"

namespace stocktray::stock_file {

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

}  // namespace stocktray::stock_file
