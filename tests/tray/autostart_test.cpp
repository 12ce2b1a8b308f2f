#include "tray/platform/autostart.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

using tray::Autostart;

Autostart on_linux(const std::filesystem::path& folder, const std::filesystem::path& program) {
    return {tray::desktop_entry, tray::autostart_file(folder / "stocktray.desktop"), program};
}

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
        const auto autostart = on_linux(dir.path() / "autostart", "/bin/sh");
        CHECK(autostart.state() == Autostart::State::off);
        CHECK(autostart.turn_on().empty());
        CHECK(autostart.state() == Autostart::State::on);
        CHECK(autostart.turn_off().empty());
        CHECK(autostart.state() == Autostart::State::off);
    }

    TEST_CASE("nobody_else_may_write_into_it_under_any_umask") {
        const TempDir dir;
        const auto folder = dir.path() / "config" / "autostart";
        const auto before = ::umask(0);
        const auto said = on_linux(folder, "/bin/sh").turn_on();
        ::umask(before);
        CHECK(said.empty());
        for (const auto& path : {dir.path() / "config", folder, folder / "stocktray.desktop"}) {
            CAPTURE(path);
            CHECK((std::filesystem::status(path).permissions() & (std::filesystem::perms::group_write | std::filesystem::perms::others_write)) ==
                  std::filesystem::perms::none);
        }
    }

    TEST_CASE("a_program_that_has_moved_is_found_and_repaired") {
        const TempDir dir;
        CHECK(on_linux(dir.path(), dir.path() / "gone").turn_on().empty());
        const auto moved = on_linux(dir.path(), "/bin/sh");
        CHECK(moved.state() == Autostart::State::broken);
        moved.repair();
        CHECK(moved.state() == Autostart::State::on);
        CHECK(contents(dir.path() / "stocktray.desktop").find("Exec=\"/bin/sh\"\n") != std::string::npos);
    }

    TEST_CASE("what_a_person_has_turned_off_is_not_repaired") {
        const TempDir dir;
        std::ofstream{dir.path() / "stocktray.desktop", std::ios::binary} << "[Desktop Entry]\nExec=/nowhere\nHidden=true\n";
        const auto autostart = on_linux(dir.path(), "/bin/sh");
        autostart.repair();
        CHECK(autostart.state() == Autostart::State::off);
    }

    TEST_CASE("a_path_of_any_signs_is_written_so_that_it_is_found_again") {
        const TempDir dir;
        const auto program = dir.path() / "a 100% \"$odd\" \\name";
        std::ofstream{program} << "";
        const auto autostart = on_linux(dir.path(), program);
        CHECK(autostart.turn_on().empty());
        CHECK(autostart.state() == Autostart::State::on);
    }

    TEST_CASE("every_system_finds_the_program_again_that_it_wrote") {
        for (const auto& entry : {tray::desktop_entry, tray::launch_agent, tray::run_value})
            for (const std::string program : {"/usr/bin/stocktray", "C:\\Program Files\\Stocktray\\bin\\stocktray.exe",
                                              "/Applications/A & B <new> &amp; &lt;/stocktray", "/home/müller/50% $off/stocktray"}) {
                CAPTURE(program);
                CHECK(entry.program(entry.write(program)) == program);
                CHECK(entry.program("").empty());
            }
    }

    TEST_CASE("a_launch_agent_is_what_launchd_reads") {
        const auto text = tray::launch_agent.write("/Applications/A & B/stocktray");
        CHECK(text.find("<array>\n\t\t<string>/Applications/A &amp; B/stocktray</string>\n\t</array>") != std::string::npos);
        CHECK(text.find("<key>RunAtLoad</key>\n\t<true/>") != std::string::npos);
    }

    TEST_CASE("a_launch_agent_that_is_disabled_starts_nothing") {
        auto text = tray::launch_agent.write("/bin/sh");
        text.insert(text.find("\t<key>RunAtLoad"), "\t<key>Disabled</key>\n\t<true/>\n");
        CHECK(tray::launch_agent.program(text).empty());
    }

    TEST_CASE("a_run_value_is_a_command_line") {
        CHECK(tray::run_value.write("C:\\Program Files\\s.exe") == "\"C:\\Program Files\\s.exe\"");
        CHECK(tray::run_value.program("\"C:\\Program Files\\s.exe\" --open stack") == "C:\\Program Files\\s.exe");
        CHECK(tray::run_value.program("C:\\s.exe --open stack") == "C:\\s.exe");
    }
}

}  // namespace stocktray::tests
