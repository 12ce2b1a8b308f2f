// A sentence of the agent in the person's language: recognised by its pattern, and put together anew.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/agent_speech/pattern.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using Places = SentencePattern::Places;

// The patterns by what they begin and end with: of some hundreds a handful can be meant by a text.
class Catalogue {
public:
    Catalogue() {
        for (const auto sentences :
             {sentences_about_trouble(), sentences_about_jobs(), sentences_about_counts(),
              sentences_about_requests(), sentences_about_sharing(), sentences_about_files(), sentences_about_gateway()})
            for (const char* sentence : sentences) add(SentencePattern{sentence});
    }

    // Calls `look` with each pattern that `text` may be.
    template <class Look>
    void each_candidate(std::string_view text, Look look) const {
        if (const auto at = by_start_.find(std::string{text.substr(0, key_size)}); at != by_start_.end())
            for (const auto& pattern : at->second) look(pattern);
        const auto end = text.size() < key_size ? text : text.substr(text.size() - key_size);
        if (const auto at = by_end_.find(std::string{end}); at != by_end_.end())
            for (const auto& pattern : at->second) look(pattern);
        for (const auto& pattern : others_) look(pattern);
    }

private:
    using Patterns = std::vector<SentencePattern>;
    static constexpr std::size_t key_size = 4;

    void add(const SentencePattern& pattern) {
        const auto start = pattern.start(), end = pattern.end();
        if (start.size() >= key_size)
            by_start_[std::string{start.substr(0, key_size)}].push_back(pattern);
        else if (end.size() >= key_size)
            by_end_[std::string{end.substr(end.size() - key_size)}].push_back(pattern);
        else
            others_.push_back(pattern);
    }

    std::unordered_map<std::string, Patterns> by_start_, by_end_;
    Patterns others_;
};

const Catalogue& catalogue() {
    static const Catalogue all;
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
    catalogue().each_candidate(text, [&](const SentencePattern& pattern) {
        const auto found = pattern.read(text, places);
        if (!found) return;
        Reading reading{{}, pattern.fixed()};
        std::vector<std::string> values;
        for (const auto value : *found) {
            auto part = read_part(value);
            reading.recognised += part.recognised;
            values.push_back(std::move(part.words));
        }
        if (best && reading.recognised <= best->recognised) return;
        reading.words = filled(tr(pattern.text()), values);
        best = std::move(reading);
    });
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
    constexpr std::string_view before = " (“", behind = "”)";
    const auto quote = sentence.ends_with(behind) ? sentence.find(before) : std::string_view::npos;
    auto words = read_part(sentence.substr(0, quote)).words;
    if (quote == std::string_view::npos) return words;
    const auto begin = quote + before.size();
    return words + " " +
           say(tr("(“{words}”)"), fmt::arg("words", sentence.substr(begin, sentence.size() - behind.size() - begin)));
}

}  // namespace stocktray::tray
