#include "tray/model/test_words.h"

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

// Empty for words that say nothing to a person.
std::string ability(const std::string& word) {
    if (word == "text" || word == "xml") return tr("Changes of counts can be posted.");
    if (word == "postid") return tr("It remembers which changes it has applied: nothing is counted twice.");
    if (word == "batch") return tr("Many changes go in one request.");
    if (word == "qohquery") return tr("Counts of single SKUs can be asked for.");
    if (word == "moves") return tr("It tells what sold meanwhile.");
    if (word == "clamps") return tr("It never lets a count fall below zero.");
    if (word == "rest") return tr("Counts can be set through the shop's own interface.");
    return {};
}

}  // namespace

TestWords words_of(const ipc::carts::TestResult& result) {
    TestWords words;
    words.is_good = result.ok;
    words.headline =
        result.ok ? tr("The store answers and can be used.") : tr("The store cannot be used like this.");
    const auto line = [&](const std::string& text) {
        if (text.empty()) return;
        words.details += (words.details.empty() ? "" : "\n") + text;
    };
    for (const auto& problem : result.problems) {
        line("• " + translated_sentence(problem.message));
        line(translated_sentence(problem.hint));
    }
    if (!result.ok) return words;
    if (result.version)
        line(say(tr("Version of the script: {version}"), fmt::arg("version", *result.version)));
    if (result.product_count)
        line(say(tr_n("{n} product", "{n} products", *result.product_count),
                 fmt::arg("n", number_words(*result.product_count))));
    line(say(tr("Answer after {ms} ms"), fmt::arg("ms", number_words(result.round_trip_ms))));
    for (const auto& word : result.capabilities) line(ability(word));
    return words;
}

}  // namespace stocktray::tray
