#include "tray/platform/autostart.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

using tray::Autostart;

std::string contents(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_SUITE("Autostart") {
    TEST_CASE("it_is_turned_on_and_off") {
        const TempDir dir;
        const Autostart autostart{dir.path() / "autostart", "/bin/sh"};
        CHECK(autostart.state() == Autostart::State::off);
        CHECK(autostart.turn_on().empty());
        CHECK(autostart.state() == Autostart::State::on);
        CHECK(autostart.turn_off().empty());
        CHECK(autostart.state() == Autostart::State::off);
    }

    TEST_CASE("a_program_that_has_moved_is_found_and_repaired") {
        const TempDir dir;
        CHECK(Autostart{dir.path(), dir.path() / "gone"}.turn_on().empty());
        const Autostart moved{dir.path(), "/bin/sh"};
        CHECK(moved.state() == Autostart::State::broken);
        moved.repair();
        CHECK(moved.state() == Autostart::State::on);
        CHECK(contents(dir.path() / "stocktray.desktop").find("Exec=\"/bin/sh\"\n") != std::string::npos);
    }

    TEST_CASE("what_a_person_has_turned_off_is_not_repaired") {
        const TempDir dir;
        std::ofstream{dir.path() / "stocktray.desktop"} << "[Desktop Entry]\nExec=/nowhere\nHidden=true\n";
        const Autostart autostart{dir.path(), "/bin/sh"};
        autostart.repair();
        CHECK(autostart.state() == Autostart::State::off);
    }

    TEST_CASE("a_path_of_any_signs_is_written_so_that_it_is_found_again") {
        const TempDir dir;
        const auto program = dir.path() / "a 100% \"$odd\" \\name";
        std::ofstream{program} << "";
        const Autostart autostart{dir.path(), program};
        CHECK(autostart.turn_on().empty());
        CHECK(autostart.state() == Autostart::State::on);
    }
}

}  // namespace stocktray::tests
