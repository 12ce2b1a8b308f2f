#include "tray/model/agent_speech/pattern.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace stocktray::tray {
namespace {

bool is_signed_number(std::string_view text) {
    return text.size() > 1 && (text[0] == '+' || text[0] == '-') &&
           std::ranges::all_of(text.substr(1), [](char sign) { return sign >= '0' && sign <= '9'; });
}

}  // namespace

SentencePattern::SentencePattern(const char* text) : text_{text} {
    std::string_view rest{text};
    for (;;) {
        const auto open = rest.find('{');
        const auto close = open == rest.npos ? rest.npos : rest.find('}', open);
        if (close == rest.npos) break;
        pieces_.push_back(rest.substr(0, open));
        is_signed_.push_back(rest.substr(open, close - open).find('+') != rest.npos);
        rest.remove_prefix(close + 1);
    }
    pieces_.push_back(rest);
    for (const auto piece : pieces_) fixed_ += piece.size();
}

bool SentencePattern::read_from(std::size_t place, std::string_view rest, Places places,
                                std::vector<std::string_view>& found) const {
    if (place == is_signed_.size()) return rest.empty();
    const auto behind = pieces_[place + 1];
    const bool is_last = place + 1 == is_signed_.size();
    const auto take = [&](std::size_t size) {
        const auto value = rest.substr(0, size);
        if (is_signed_[place] && !is_signed_number(value)) return false;
        const bool is_long = value.find(". ") != value.npos;
        if (is_long && places == Places::within_a_sentence && !(is_last && behind.empty())) return false;
        found.push_back(value);
        if (read_from(place + 1, rest.substr(size + behind.size()), places, found)) return true;
        found.pop_back();
        return false;
    };
    if (is_last) return rest.ends_with(behind) && take(rest.size() - behind.size());
    // Two places side by side: the first one takes nothing, or all up to what follows the second one.
    for (auto at = rest.find(behind); at != rest.npos; at = rest.find(behind, at + 1))
        if (take(at)) return true;
    return false;
}

std::optional<std::vector<std::string_view>> SentencePattern::read(std::string_view sentence,
                                                                   Places places) const {
    if (!sentence.starts_with(pieces_.front()) || !sentence.ends_with(pieces_.back())) return std::nullopt;
    if (sentence.size() < fixed_) return std::nullopt;
    std::vector<std::string_view> found;
    if (!read_from(0, sentence.substr(pieces_.front().size()), places, found)) return std::nullopt;
    return found;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& values) {
    std::string out;
    std::size_t next = 0;
    for (;;) {
        const auto open = pattern.find('{');
        const auto close = open == pattern.npos ? pattern.npos : pattern.find('}', open);
        if (close == pattern.npos) break;
        out += pattern.substr(0, open);
        std::size_t number = next;
        const auto inside = pattern.substr(open + 1, close - open - 1);
        const auto* end = inside.data() + inside.size();
        if (std::from_chars(inside.data(), end, number).ec != std::errc{}) number = next++;
        if (number < values.size()) out += values[number];
        pattern.remove_prefix(close + 1);
    }
    out += pattern;
    return out;
}

}  // namespace stocktray::tray
