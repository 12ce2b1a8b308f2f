#include "core/cart/seti/stream_decoder.h"

#include <algorithm>
#include <utility>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/charset.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t enough_to_choose = 1024;
constexpr std::size_t most_kept = 16U << 20U;
constexpr std::string_view last_resort = "windows-1252";

bool is_single_byte(std::string_view name) {
    for (const std::string_view start :
         {"iso-8859-", "latin1", "windows-125", "cp125", "koi8-", "us-ascii", "ascii"})
        if (starts_ignoring_case(name, start)) return true;
    return false;
}

bool is_utf8_name(std::string_view name) {
    return equals_ignoring_case(name, "utf-8") || equals_ignoring_case(name, "utf8");
}

// Length of an unfinished character at the end of `bytes`, 0 if it ends with a whole one.
std::size_t unfinished_tail(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xC0) == 0x80) continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

bool all_ascii(std::string_view bytes) {
    return std::ranges::none_of(bytes, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

}  // namespace

bool StreamDecoder::feed(std::string_view bytes, std::string& out) {
    if (!is_chosen_) {
        held_ += bytes;
        return held_.size() < enough_to_choose || choose(out);
    }
    if (is_kept_whole_) {
        held_ += bytes;
        return held_.size() <= most_kept;
    }
    if (held_.empty()) return convert(bytes, false, out);
    const std::string all = std::exchange(held_, {}) + std::string{bytes};
    return convert(all, false, out);
}

bool StreamDecoder::finish(std::string& out) {
    if (!is_chosen_ && !choose(out)) return false;
    const std::string rest = std::exchange(held_, {});
    return convert(rest, true, out);
}

bool StreamDecoder::choose(std::string& out) {
    is_chosen_ = true;
    const std::string head = std::exchange(held_, {});
    if (!is_given_) {
        const std::string_view declared = xml_charset(head);
        if (head.starts_with("\xFF\xFE")) {
            charset_ = "utf-16le";
        } else if (head.starts_with("\xFE\xFF")) {
            charset_ = "utf-16be";
        } else if (!head.starts_with("\xEF\xBB\xBF") && charset::is_known(declared)) {
            charset_ = declared;
        } else {
            charset_ = "utf-8";
        }
        is_declared_ =
            head.starts_with("\xEF\xBB\xBF") || charset_.starts_with("utf-16") || !declared.empty();
    }
    return convert(head, false, out);
}

bool StreamDecoder::convert(std::string_view bytes, bool is_end, std::string& out) {
    if (is_utf8_name(charset_)) return convert_utf8(bytes, is_end, out);
    if (!is_single_byte(charset_) && !is_end) {
        held_ = bytes;  // where a character ends is not to be seen from here: decoded when all is there
        is_kept_whole_ = true;
        return true;
    }
    const bool was_ascii = is_ascii_;
    is_ascii_ = is_ascii_ && all_ascii(bytes);
    if (auto text = charset::to_utf8(bytes, charset_)) {
        out += *text;
        return true;
    }
    if (is_given_ || equals_ignoring_case(charset_, last_resort)) return false;
    if (!was_ascii) {
        better_charset_ = charset::is_utf8(bytes) ? "utf-8" : last_resort;
        return false;
    }
    is_fallback_ = true;
    charset_ = charset::is_utf8(bytes) ? "utf-8" : last_resort;
    return convert(bytes, is_end, out);
}

bool StreamDecoder::convert_utf8(std::string_view bytes, bool is_end, std::string& out) {
    const std::string_view whole = is_end ? bytes : bytes.substr(0, bytes.size() - unfinished_tail(bytes));
    if (charset::is_utf8(whole)) {
        is_ascii_ = is_ascii_ && all_ascii(whole);
        out += whole;
        held_ = bytes.substr(whole.size());
        return true;
    }
    if (is_given_) return false;
    if (!is_ascii_) {
        // What was decoded before was no UTF-8 either, it only looked so.
        better_charset_ = last_resort;
        return false;
    }
    is_fallback_ = true;
    charset_ = last_resort;
    return convert(bytes, is_end, out);
}

}  // namespace stocktray::cart::seti
