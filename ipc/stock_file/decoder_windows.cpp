#include <windows.h>

#include "ipc/codec/utf8.h"
#include "ipc/stock_file/encoding.h"

namespace stocktray::stock_file {
namespace {

constexpr UINT western = 1252;

// How many bytes at the end are the beginning of a sign that goes on.
std::size_t begun_in(std::string_view bytes, Encoding encoding) {
    const auto byte = [&](std::size_t from_end) { return static_cast<unsigned char>(bytes[bytes.size() - from_end]); };
    switch (encoding) {
        case Encoding::windows_1252: return 0;
        case Encoding::utf_16le:
        case Encoding::utf_16be: {
            const std::size_t odd = bytes.size() % 2;
            if (bytes.size() < odd + 2) return odd;
            const auto high = encoding == Encoding::utf_16le ? byte(odd + 1) : byte(odd + 2);
            return high >= 0xD8 && high <= 0xDB ? odd + 2 : odd;  // the first half of a pair
        }
        case Encoding::utf_8:
            for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
                if (byte(back) < 0x80) return 0;
                if (byte(back) < 0xC0) continue;
                const std::size_t needs = byte(back) >= 0xF0 ? 4 : byte(back) >= 0xE0 ? 3 : 2;
                return needs > back ? back : 0;
            }
            return 0;
    }
    return 0;
}

// False: not of this charset.
bool widen(std::string_view bytes, Encoding encoding, std::wstring& wide) {
    if (encoding == Encoding::windows_1252) {
        const int size = static_cast<int>(bytes.size());
        wide.resize(bytes.size());
        ::MultiByteToWideChar(western, 0, bytes.data(), size, wide.data(), size);
        // Windows hands on the five that the charset leaves out as control characters; they are nobody's text.
        return wide.find_first_of(L"\u0081\u008D\u008F\u0090\u009D") == wide.npos;
    }
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto one = static_cast<unsigned char>(bytes[at]), other = static_cast<unsigned char>(bytes[at + 1]);
        wide += static_cast<wchar_t>(encoding == Encoding::utf_16le ? other << 8 | one : one << 8 | other);
    }
    return true;
}

bool append(const std::wstring& wide, std::string& text) {
    if (wide.empty()) return true;
    const int units = static_cast<int>(wide.size());
    const int size = ::WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide.data(), units, nullptr, 0, nullptr, nullptr);
    if (size == 0) return false;
    const auto before = text.size();
    text.resize(before + static_cast<std::size_t>(size));
    ::WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide.data(), units, text.data() + before, size, nullptr, nullptr);
    return true;
}

}  // namespace

struct Decoder::Handle {
    Encoding encoding;
    std::string rest{};  // the beginning of a sign whose end has not come yet
    bool is_wrong{false};
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
    const std::string whole = rest.substr(0, rest.size() - begun_in(rest, handle_->encoding));
    bool is_good = true;
    if (handle_->encoding == Encoding::utf_8) {
        is_good = ipc::is_utf8(whole);
        if (is_good) text += whole;
    } else {
        std::wstring wide;
        is_good = widen(whole, handle_->encoding, wide) && append(wide, text);
    }
    if (!is_good) {
        handle_->is_wrong = true;
        return State::wrong;
    }
    rest.erase(0, whole.size());
    return rest.empty() ? State::good : State::half;
}

}  // namespace stocktray::stock_file
