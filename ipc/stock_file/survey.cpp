#include "ipc/stock_file/survey.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace stocktray::stock_file {
namespace {

// What Excel's own files begin with.
constexpr std::array<char, 4> workbook{'P', 'K', '\x03', '\x04'};
constexpr std::array<char, 4> old_workbook{'\xD0', '\xCF', '\x11', '\xE0'};

bool begins_with(std::string_view bytes, const std::array<char, 4>& magic) noexcept {
    return bytes.starts_with(std::string_view{magic.data(), magic.size()});
}

constexpr std::size_t digest_bytes = 20;

class Fingerprint {
public:
    Fingerprint() { crypto_generichash_init(&state_, nullptr, 0, digest_bytes); }

    void feed(std::string_view bytes) {
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    }
    // Of what was fed so far; more may follow.
    [[nodiscard]] std::string digits() const {
        auto state = state_;
        std::array<unsigned char, digest_bytes> digest{};
        crypto_generichash_final(&state, digest.data(), digest.size());
        std::string text;
        for (const unsigned byte : digest) text += fmt::format("{:02x}", byte);
        return text;
    }

private:
    crypto_generichash_state state_;
};

}  // namespace

tl::expected<Survey, std::string> survey(std::istream& bytes, std::string_view series, std::span<const std::uint64_t> lengths) {
    Survey result;
    Fingerprint fingerprint;
    fingerprint.feed(std::string{series} + '\n');
    EncodingGuess guess;
    std::array<char, 65'536> piece;
    auto length = lengths.begin();
    for (bool is_first = true;; is_first = false) {
        bytes.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        std::string_view rest{piece.data(), static_cast<std::size_t>(bytes.gcount())};
        if (is_first && begins_with(rest, workbook))
            return tl::unexpected<std::string>{"This is an Excel workbook, not a text file: save it as CSV UTF-8."};
        if (is_first && begins_with(rest, old_workbook))
            return tl::unexpected<std::string>{"This is an old Excel workbook, not a text file: save it as CSV."};
        if (rest.empty()) break;
        guess.feed(rest);
        while (!rest.empty()) {
            while (length != lengths.end() && *length < result.bytes) ++length;
            const auto to_length = length == lengths.end() ? rest.size() : *length - result.bytes;
            const auto now = std::min<std::uint64_t>(rest.size(), to_length);
            fingerprint.feed(rest.substr(0, now));
            result.bytes += now;
            rest.remove_prefix(now);
            if (length != lengths.end() && *length == result.bytes) {
                result.prefixes.push_back({*length, fingerprint.digits()});
                ++length;
            }
        }
    }
    result.fingerprint = fingerprint.digits();
    result.encoding = guess.encoding();
    return result;
}

}  // namespace stocktray::stock_file
