// The guide has what Help leads to, in every language.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tray/model/window_kinds.h"

namespace stocktray::tests {
namespace {

const std::filesystem::path folder{STOCKTRAY_SOURCE_DIR "/tray/resources/guide"};

std::string guide(const std::string& file) {
    std::ifstream in{folder / file};
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::set<std::string> all_of(const std::string& text, const std::regex& pattern) {
    return {std::sregex_token_iterator{text.begin(), text.end(), pattern, 1}, std::sregex_token_iterator{}};
}

const std::regex anchor{"<a id=\"([a-z]+)\">"};
const std::regex link{R"re((?:src|href)="([^"#]+)(?:#[^"]*)?")re"};
const std::regex picture{R"(!\[[^\]]+\]\(([^)]+)\))"};

}  // namespace

TEST_SUITE("guide") {
    TEST_CASE("each_window_has_its_section_and_each_picture_is_there") {
        for (const auto& [language, file] :
             {std::pair<std::string, std::string>{"en", "guide.md"}, {"de", "guide.de.md"}}) {
            const auto text = guide(file);
            const auto sections = all_of(text, anchor);
            for (const auto& kind : tray::window_kinds())
                CHECK_MESSAGE(sections.contains(std::string{kind.section}), file, ": ",
                              std::string{kind.section});
            const auto pictures = all_of(text, picture);
            CHECK(pictures.size() == 4);
            for (const auto& name : pictures)
                CHECK_MESSAGE(std::filesystem::exists(folder / language / name), file, ": ", name);
        }
        CHECK(all_of(guide("guide.md"), anchor) == all_of(guide("guide.de.md"), anchor));
    }

    TEST_CASE("what_the_built_pages_show_and_lead_to_is_there") {
        const std::filesystem::path built{STOCKTRAY_GUIDE_DIR};
        std::size_t links = 0;
        for (const char* language : {"en", "de"})
            for (const auto& page : std::filesystem::directory_iterator{built / language}) {
                if (page.path().extension() != ".html") continue;
                std::ifstream in{page.path()};
                std::stringstream text;
                text << in.rdbuf();
                for (const auto& to : all_of(text.str(), link)) {
                    if (to.find("://") != std::string::npos) continue;
                    CHECK_MESSAGE(std::filesystem::exists(page.path().parent_path() / to), page.path().string(), ": ", to);
                    ++links;
                }
            }
        CHECK(links > 40);
    }
}

}  // namespace stocktray::tests
