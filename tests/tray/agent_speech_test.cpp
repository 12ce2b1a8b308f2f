// What the agent says, in the tray's language: nothing that it can say is missing, and nothing gets lost on the way.
#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <regex>
#include <set>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/tray/po.h"
#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/agent_speech/pattern.h"
#include "tray/model/words.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;

const fs::path source{STOCKTRAY_SOURCE_DIR};

std::vector<std::string> catalogue() {
    std::vector<std::string> all;
    for (const auto sentences : {tray::sentences_about_trouble(), tray::sentences_about_jobs(),
                                 tray::sentences_about_counts(), tray::sentences_about_requests(),
                                 tray::sentences_about_sharing(), tray::sentences_about_files(), tray::sentences_about_gateway()})
        all.insert(all.end(), sentences.begin(), sentences.end());
    return all;
}

// Files whose texts reach no window: what starts and logs the agent, SQL, the store's own words, a diagram.
bool is_silent(const fs::path& file) {
    const auto path = fs::relative(file, source).string();
    if (path.starts_with("core/store/"))
        return path != "core/store/database.cpp" && path != "core/store/parameters.cpp" && path != "core/store/store.cpp";
    // What the gateway answers Order Managers, writes into reports beside files, and says about its configuration.
    for (const char* start : {"agent/gateway/main.cpp", "agent/gateway/configuration.cpp", "agent/gateway/database/settings_table.cpp",
                              "agent/gateway/database/state.cpp", "agent/gateway/folder/folder_report.cpp",
                              "agent/gateway/folder/folder_configuration.cpp", "agent/gateway/script/answers.cpp",
                              "agent/gateway/script/posted_pieces.cpp", "agent/gateway/script/post_desk.cpp",
                              "agent/gateway/script/script_desk.cpp", "agent/gateway/script/counts_desk.cpp",
                              "agent/gateway/script/text_reply", "agent/gateway/script/ledger.cpp"})
        if (path.starts_with(start)) return true;
    for (const char* start : {"agent/ctl/", "agent/platform/", "agent/main.cpp", "agent/configuration.cpp",
                              "agent/diagnostics.cpp", "agent/log.cpp", "agent/settings.cpp", "core/cart/seti/refusals.cpp", "core/stack/post_transitions.cpp"})
        if (path.starts_with(start)) return true;
    return false;
}

std::vector<std::string> speaking_files() {
    std::vector<std::string> files;
    for (const char* room : {"core", "agent"})
        for (const auto& entry : fs::recursive_directory_iterator{source / room}) {
            const auto extension = entry.path().extension();
            if ((extension == ".cpp" || extension == ".h") && !is_silent(entry.path()))
                files.push_back(entry.path().string());
        }
    for (const char* file : {"cells.cpp", "columns.cpp", "stock_file.cpp", "survey.cpp"})
        files.push_back((source / "ipc/stock_file" / file).string());
    files.push_back((source / "ipc/spool/clock_notice.cpp").string());
    std::ranges::sort(files);
    return files;
}

// Only logged, written for programs, or put together from parts that stand in the catalogue one by one.
const std::set<std::string> never_shown{
    "Accept-Encoding: identity",
    "Content-Type:",
    "stopping; {} questions to carts are under way",
    "the data folder can be written to again",
    "a turn could not be committed: {} ({})",
    "no door on the network:",
    "events are left out: {} ({})",
    "{} The carts' passwords are in it: they wait for it.",
    "The carts' passwords are in the keyring of this user's desktop.\n",
    "Too long to be looked through while the agent works: {}. Stop it, then run: sqlite3 stocktray.db 'PRAGMA integrity_check'\n",
    "the keyring does not answer; the agent ends without it",
    "{} It is tried again every {} seconds.",
    "{} answers now",
    "the door at {} is closed",
    "workstations can reach the agent at",
    "out of memory",
    "{}: {} rows taken",
    "{} is not whole yet, and those behind it wait:",
    "a person has accepted the reading",
    "there is no question to accept",
    "gateway, database",
    "{}: {} rows, {} changes told, {} items in a snapshot, {} ms",
    "{}: what the gateway knows cannot be read:",
    "mkdir -p",
    "ODBC's wide signs are UTF-16 here",
    "Stopped.",
    "the agent does not take a notice of the gateway:",
    "the agent does not take this notice of the gateway: {} ({})",
    "the carts could not be asked for:",
    "Access denied",
    "the store of {} does not take a password any more that it took before",
    "the import of {} could not be kept and is told again with its next call:",
    "Earlier changes have not reached Stocktray's agent yet.",
    "Expected {} updates, found {}.",
    "The counts were not taken, and nothing was changed.",
    "More than 1000000 counts wait to be sent. Please send the rest when these are sent.",
    "The counts before these are being taken over. Nothing was changed; please send these again in a moment.",
    "sends to start",
    "{}: there is no cart",
    "The counts were not taken, and nothing was changed.",
    "{} counts of {} changed while they were sent and are left to the next ones",
    "Send QOH to {} waits:",
    "Send QOH to {}: job {} for {} counts",
    "script.source is for fan_out = \"stocktray\" only.",
    "web server:",
    "The request is too large.",
};
// What drivers of databases write: the gateway looks for it in their messages.
const std::set<std::string> of_drivers{
    "can't open lib",
    "cannot open lib",
    "file not found",
    "data source name not found",
    "access denied for user",
    "password authentication failed",
    "login failed",
    "no password supplied",
    "authentication failed",
    "permission denied",
    "command denied",
    "permission was denied",
    "doesn't exist",
    "invalid object name",
    "unknown column",
    "invalid column name",
    "unknown database",
    "unable to open database",
    "connect failed",
    "timed out",
    "canceling statement",
    "can't connect",
    "could not connect",
    "connection refused",
    "server has gone away",
    "lost connection",
    "unknown mysql server host",
    "could not translate host name",
    "read only",
    "syntax error",
};
const std::set<std::string> made_of_parts{
    ", without",
    "Post {} ({:+} of {}) {}{}{}.",
    "{} SKU{} of {} differ{}.",
    "{} SKU{} of {} could not be compared.",
    "The Order Manager has to count {} SKU{} again: {}{}.",
    "{} web order{} of the store {} not been imported by the Order Manager.",
    "{} piece{}",
    "{} is reported by {}; mixing differences and counts would count pieces twice.",
    "{}, {} of {}:",
    "{} of {} stopped before it changed anything{}:",
    "{} goes on although: {}{}",
    "{} of {}:",
    "{} in {}:",
    "The query answers {} rows in {:.1f} s: it is asked every {:.0f} s.",
    "`odbcinst -q -s` lists the data sources (DSN=...), `odbcinst -q -d` the drivers (Driver={...}).",
    "was cancelled",
    "was applied, a person says",
    "was not applied, a person says, and is sent again",
};

std::string plain(std::string text) {
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"\\\"", "\""}, {"\\n", "\n"}})
        for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    return text;
}

std::string trimmed(std::string text) {
    while (text.ends_with(" {}")) text.resize(text.size() - 3);
    const auto begin = text.find_first_not_of(' ');
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// Words for a person: a sentence, or a piece of one. SQL and names on the wire are none.
bool is_speech(const std::string& text) {
    static const std::regex words{"[A-Za-z]{2}.* |^ *[A-Z][a-z]+\\.$| .*[A-Za-z]{2}"};
    static const std::regex sql{"^ ?(SELECT|SET SESSION|INSERT|UPDATE|DELETE|PRAGMA|BEGIN|COMMIT|ROLLBACK|CREATE|WITH|VACUUM|ATTACH) .*"};
    return std::regex_search(text, words) && !std::regex_search(text, sql);
}

struct German {
    German() {
        tray::bind_texts(STOCKTRAY_BIN_DIR "/../share/locale");
        REQUIRE(std::setlocale(LC_MESSAGES, "C.UTF-8"));
        ::setenv("LANGUAGE", "de", 1);
    }
    ~German() {
        ::unsetenv("LANGUAGE");
        std::setlocale(LC_MESSAGES, "C");
    }
};

// A filled one, as it comes over the wire, and what was filled in.
std::pair<std::string, std::vector<std::string>> example(const std::string& pattern) {
    static const std::regex place{R"(\{[^}]*\})"};
    std::vector<std::string> values;
    std::string text;
    std::string rest = pattern;
    for (std::smatch found; std::regex_search(rest, found, place);) {
        const auto number = std::to_string(values.size() + 11);
        values.push_back(found.str().find('+') == std::string::npos ? "Q" + number : "+" + number);
        text += found.prefix().str() + values.back();
        rest = found.suffix();
    }
    return {text + rest, values};
}

}  // namespace

TEST_SUITE("agent_speech") {
    TEST_CASE("nothing_that_the_agent_can_say_is_missing") {
        const TempDir dir;
        const auto pot = (dir.path() / "agent.pot").string();
        std::vector<std::string> line{"xgettext", "-a", "--language=C++", "--from-code=UTF-8", "--no-location", "-o", pot};
        const auto files = speaking_files();
        REQUIRE(files.size() > 50);
        line.insert(line.end(), files.begin(), files.end());
        const auto collected = run({line, {}, {}});
        REQUIRE_MESSAGE(collected.exit_code == 0, collected.errors);
        const auto known = catalogue();
        const auto is_known = [&](const std::string& text) {
            return std::ranges::any_of(known, [&](const std::string& sentence) {
                return sentence.find(text) != std::string::npos;
            });
        };
        int sentences = 0;
        for (const auto& message : messages_of(contents(pot))) {
            const auto text = plain(message.id);
            if (!is_speech(text) || trimmed(text).empty()) continue;
            ++sentences;
            const auto words = trimmed(text);
            CHECK_MESSAGE((is_known(words) || made_of_parts.contains(words) || never_shown.contains(words) ||
                           of_drivers.contains(words)),
                          "not in tray/model/agent_speech: ", words);
        }
        CHECK(sentences > 400);
    }

    TEST_CASE("each_sentence_is_recognised_and_keeps_what_is_filled_in") {
        const German german;
        for (const auto& sentence : catalogue()) {
            const auto [text, values] = example(sentence);
            const auto said = tray::translated_sentence(text);
            CHECK_MESSAGE(said != text, text);
            for (const auto& value : values)
                CHECK_MESSAGE(said.find(value) != std::string::npos, text, " became ", said);
        }
    }

    TEST_CASE("sentences_stay_as_they_are_in_english") {
        for (const auto& sentence : catalogue()) {
            const auto text = example(sentence).first;
            CHECK(tray::translated_sentence(text) == text);
        }
        CHECK(tray::translated_sentence("").empty());
    }

    TEST_CASE("several_sentences_and_sentences_in_sentences_are_translated") {
        const German german;
        CHECK(tray::translated_sentence("St. Ives has not followed for more than 120 seconds. The store's web server could not be "
                                        "reached. Something new.") ==
              "St. Ives ist seit mehr als 120 Sekunden nicht gefolgt. Der Webserver des Shops war nicht erreichbar. Something new.");
        CHECK(tray::translated_sentence("Main Store, -2 of A-1: The store does not know this SKU.") ==
              "Main Store, -2 von A-1: Der Shop kennt diese SKU nicht.");
        CHECK(tray::translated_sentence("The store's script reported an error. (“Not now. Later”)") ==
              "Das Skript des Shops meldete einen Fehler. („Not now. Later“)");
        CHECK(tray::translated_sentence("5 pieces in web orders that the Order Manager has not imported; otherwise equal.") ==
              "5 Stück in Web-Bestellungen, die der Order Manager nicht importiert hat; sonst gleich.");
        CHECK(tray::translated_sentence("Phone order: -1 of SKU-0001, order 55 (gift).") ==
              "Telefonbestellung: -1 von SKU-0001, Bestellung 55 (gift).");
        CHECK(tray::translated_sentence("Send QOH To Website of Main Store: 3 ok, 2 not found.") ==
              "QOH zur Website senden bei Main Store: 3 richtig, 2 nicht gefunden.");
    }

    TEST_CASE("a_pattern_tells_what_stands_in_its_places") {
        using tray::SentencePattern;
        constexpr auto within = SentencePattern::Places::within_a_sentence;
        const SentencePattern pattern{"{} has {} of {}, {:+} more{}."};
        const auto found = pattern.read("A has 3 of B has 4 of C, +1 more.", within);
        REQUIRE(found);
        CHECK(*found == std::vector<std::string_view>{"A", "3", "B has 4 of C", "+1", ""});
        CHECK_FALSE(pattern.read("A has 3 of B, one more.", within));
        CHECK_FALSE(pattern.read("So. A has 3 of B, +1 more.", within));
        CHECK(pattern.read("So. A has 3 of B, +1 more.", SentencePattern::Places::anything));
        CHECK(tray::filled("{1}: {0}, {:+}", {"a", "b"}) == "b: a, a");
        CHECK(tray::filled("{} {} {}", {"a", "b"}) == "a b ");
    }
}

}  // namespace stocktray::tests
