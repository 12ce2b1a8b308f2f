#include "core/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace stocktray::charset {
namespace {

constexpr std::array known_names{
    "utf-8",        "utf8",         "us-ascii",     "ascii",        "iso-8859-1",   "iso-8859-2",
    "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",   "iso-8859-7",   "iso-8859-8",
    "iso-8859-9",   "iso-8859-10",  "iso-8859-13",  "iso-8859-14",  "iso-8859-15",  "iso-8859-16",
    "latin1",       "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
    "windows-1255", "windows-1256", "windows-1257", "windows-1258", "cp1250",       "cp1251",
    "cp1252",       "koi8-r",       "koi8-u",       "utf-16le",     "utf-16be",     "shift_jis",
    "euc-jp",       "euc-kr",       "gb2312",       "gbk",          "gb18030",      "big5",
};

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return low(x) == low(y);
    });
}

class Converter {
public:
    Converter(const std::string& to, const std::string& from)
        : handle_{iconv_open(to.c_str(), from.c_str())} {}
    ~Converter() {
        if (is_open()) iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    std::optional<std::string> convert(std::string_view bytes) const {
        if (!is_open()) return std::nullopt;
        std::string out;
        std::array<char, 4096> piece;
        char* in = const_cast<char*>(bytes.data());
        std::size_t in_left = bytes.size();
        bool is_flushed = false;
        while (!is_flushed) {
            is_flushed = in_left == 0;  // the last call, without input, ends a shifted state
            char* into = piece.data();
            std::size_t room = piece.size();
            const std::size_t odd =
                iconv(handle_, is_flushed ? nullptr : &in, is_flushed ? nullptr : &in_left, &into, &room);
            const int error = errno;
            out.append(piece.data(), piece.size() - room);
            if (odd == static_cast<std::size_t>(-1)) {
                if (error != E2BIG) return std::nullopt;
                is_flushed = false;
            } else if (odd != 0) {
                return std::nullopt;  // a stand-in was written
            }
        }
        return out;
    }

private:
    bool is_open() const noexcept { return handle_ != reinterpret_cast<iconv_t>(-1); }
    iconv_t handle_;
};

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t i = 0;
    while (i < bytes.size()) {
        const unsigned char lead = at(i);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t more = 0;
        unsigned char low = 0x80;
        unsigned char high = 0xBF;  // bounds of the second byte
        if (lead >= 0xC2 && lead <= 0xDF) {
            more = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            more = 2;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            more = 3;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        } else {
            return false;
        }
        if (bytes.size() - i <= more || at(i + 1) < low || at(i + 1) > high) return false;
        for (std::size_t k = 2; k <= more; ++k)
            if ((at(i + k) & 0xC0) != 0x80) return false;
        i += more + 1;
    }
    return true;
}

bool is_known(std::string_view name) noexcept {
    return std::ranges::any_of(known_names,
                               [name](const char* known) { return equals_ignoring_case(known, name); });
}

std::optional<std::string> to_utf8(std::string_view bytes, std::string_view name) {
    if (!is_known(name)) return std::nullopt;
    if (equals_ignoring_case(name, "utf-8") || equals_ignoring_case(name, "utf8"))
        return is_utf8(bytes) ? std::optional{std::string{bytes}} : std::nullopt;
    return Converter{"UTF-8", std::string{name}}.convert(bytes);
}

std::optional<std::string> from_utf8(std::string_view text, std::string_view name) {
    if (!is_known(name) || !is_utf8(text)) return std::nullopt;
    if (equals_ignoring_case(name, "utf-8") || equals_ignoring_case(name, "utf8")) return std::string{text};
    return Converter{std::string{name}, "UTF-8"}.convert(text);
}

}  // namespace stocktray::charset
