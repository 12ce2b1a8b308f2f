// A sentence of the agent in the person's language: recognised by its pattern, and put together anew.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/agent_speech/pattern.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using Places = SentencePattern::Places;

// Those with more fixed words first.
const std::vector<SentencePattern>& patterns() {
    static const auto all = [] {
        std::vector<SentencePattern> made;
        for (const auto sentences : {sentences_about_trouble(), sentences_about_jobs(),
                                     sentences_about_counts(), sentences_about_requests(), sentences_about_sharing()})
            for (const char* sentence : sentences) made.emplace_back(sentence);
        std::ranges::stable_sort(made, std::ranges::greater{}, &SentencePattern::fixed);
        return made;
    }();
    return all;
}

// What became of a text, and how many of its letters were recognised: of two readings, the one that
// recognises more is meant.
struct Reading {
    std::string words;
    std::size_t recognised{0};
};

Reading read_part(std::string_view text);

// All of it as one sentence.
std::optional<Reading> read_whole(std::string_view text, Places places) {
    std::optional<Reading> best;
    for (const auto& pattern : patterns()) {
        const auto found = pattern.read(text, places);
        if (!found) continue;
        Reading reading{{}, pattern.fixed()};
        std::vector<std::string> values;
        for (const auto value : *found) {
            auto part = read_part(value);
            reading.recognised += part.recognised;
            values.push_back(std::move(part.words));
        }
        if (best && reading.recognised <= best->recognised) continue;
        reading.words = filled(tr(pattern.text()), values);
        best = std::move(reading);
    }
    return best;
}

// "3 ok, 2 waiting".
std::optional<Reading> read_list(std::string_view text) {
    if (text.find(", ") == text.npos) return std::nullopt;
    Reading all;
    for (;;) {
        const auto end = text.find(", ");
        const auto one = read_whole(text.substr(0, end), Places::within_a_sentence);
        if (!one) return std::nullopt;
        all.words += (all.words.empty() ? "" : ", ") + one->words;
        all.recognised += one->recognised;
        if (end == text.npos) return all;
        text.remove_prefix(end + 2);
    }
}

// Sentence after sentence, as many at once as are known together; what is not known stays as it is.
Reading read_text(std::string_view text) {
    auto best = read_whole(text, Places::within_a_sentence);
    if (auto list = read_list(text); list && (!best || list->recognised > best->recognised)) best = list;
    if (best) return *best;
    for (auto end = text.rfind(". "); end != text.npos && end > 0; end = text.rfind(". ", end - 1))
        if (const auto known = read_whole(text.substr(0, end + 1), Places::within_a_sentence)) {
            const auto rest = read_part(text.substr(end + 2));
            return {known->words + " " + rest.words, known->recognised + rest.recognised};
        }
    if (auto whole = read_whole(text, Places::anything)) return *whole;
    const auto end = text.find(". ");
    if (end == text.npos) return {std::string{text}};
    const auto rest = read_part(text.substr(end + 2));
    return {std::string{text.substr(0, end + 2)} + rest.words, rest.recognised};
}

// Blanks around it stay where they are.
Reading read_part(std::string_view text) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == text.npos) return {std::string{text}};
    const auto end = text.find_last_not_of(' ') + 1;
    auto reading = read_text(text.substr(begin, end - begin));
    reading.words = std::string(begin, ' ') + reading.words + std::string(text.size() - end, ' ');
    return reading;
}

}  // namespace

std::string translated_sentence(std::string_view sentence) {
    // What the store said itself stands behind, in quotes; nobody can translate that.
    const auto quote = sentence.ends_with("”)") ? sentence.find(" (“") : std::string_view::npos;
    auto words = read_part(sentence.substr(0, quote)).words;
    if (quote != std::string_view::npos) words += sentence.substr(quote);
    return words;
}

}  // namespace stocktray::tray
