#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/tray/po.h"
#include "tray/model/words.h"

namespace stocktray::tests {
namespace {

const std::string po_folder = STOCKTRAY_SOURCE_DIR "/tray/resources/po";

std::set<std::string> places_of(const std::string& text) {
    static const std::regex place{R"(\{[^}]*\})"};
    return {std::sregex_token_iterator{text.begin(), text.end(), place}, std::sregex_token_iterator{}};
}

std::vector<std::string> languages() {
    std::vector<std::string> all;
    std::istringstream lines{contents(po_folder + "/LINGUAS")};
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
}

}  // namespace

TEST_SUITE("words") {
    TEST_CASE("every_language_has_every_text") {
        const TempDir dir;
        const auto pot = (dir.path() / "stocktray.pot").string();
        const auto collected = run({{po_folder + "/collect", pot}, {}, {}});
        REQUIRE_MESSAGE(collected.exit_code == 0, collected.errors);
        REQUIRE(languages().size() >= 1);
        for (const auto& language : languages()) {
            const auto compared = run({{"msgcmp", po_folder + "/" + language + ".po", pot}, {}, {}});
            CHECK_MESSAGE(compared.exit_code == 0, compared.errors);
            const auto checked =
                run({{"msgfmt", "--check", "-o", "/dev/null", po_folder + "/" + language + ".po"}, {}, {}});
            CHECK_MESSAGE(checked.exit_code == 0, checked.errors);
        }
    }

    TEST_CASE("translations_fill_the_same_places_and_have_an_access_key_where_the_text_has_one") {
        for (const auto& language : languages())
            for (const auto& message : messages_of(contents(po_folder + "/" + language + ".po"))) {
                if (message.id.empty()) continue;
                const auto keys = [](const std::string& text) { return std::ranges::count(text, '&'); };
                for (const auto& translation : message.translations) {
                    CHECK_MESSAGE(places_of(translation) == places_of(message.id), message.id);
                    CHECK_MESSAGE((keys(message.id) == 0 || keys(translation) == 1), message.id);
                    const auto half = translation.size() / 2;
                    const bool is_said_twice = half > 8 && translation.substr(0, half) == translation.substr(translation.size() - half);
                    CHECK_MESSAGE(!is_said_twice, message.id);
                }
            }
    }

    TEST_CASE("ages_are_told_in_the_unit_that_fits") {
        CHECK(tray::age_words(0) == "1 second");
        CHECK(tray::age_words(20'000) == "20 seconds");
        CHECK(tray::age_words(119'000) == "119 seconds");
        CHECK(tray::age_words(180'000) == "3 minutes");
        CHECK(tray::age_words(2 * 3'600'000) == "2 hours");
        CHECK(tray::age_words(4LL * 24 * 3'600'000) == "4 days");
    }

    TEST_CASE("a_pattern_that_does_not_fit_comes_back_as_it_is") {
        CHECK(tray::say("{cart} and {nothing}", fmt::arg("cart", "A")) == "{cart} and {nothing}");
        CHECK(tray::say("{", fmt::arg("cart", "A")) == "{");
    }

    TEST_CASE("tomorrow_at_eight_is_after_now_and_at_eight") {
        const std::int64_t now = 1'700'000'000'000;
        const auto at = tray::tomorrow_at(now, 8);
        CHECK(at > now);
        CHECK(at < now + 48LL * 3'600'000);
        CHECK(tray::minute_of_day(at) == 8 * 60);
    }

    TEST_CASE("german_is_spoken_where_it_is_asked_for") {
        tray::bind_texts(STOCKTRAY_BIN_DIR "/../share/locale");
        REQUIRE(std::setlocale(LC_MESSAGES, "C.UTF-8"));
        ::setenv("LANGUAGE", "de", 1);
        CHECK(tray::tr("All counts are equal.") == "Alle Bestände sind gleich.");
        CHECK(tray::age_words(180'000) == "3 Minuten");
        ::unsetenv("LANGUAGE");
        std::setlocale(LC_MESSAGES, "C");
    }
}

}  // namespace stocktray::tests
