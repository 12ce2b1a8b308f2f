#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "tray/platform/autostart.h"

namespace stocktray::tray {
namespace {

// Two layers of the Desktop Entry Specification: a word of Exec stands in quotes with four signs escaped and
// "%" doubled; and in every value a backslash is written twice.
std::string quoted(const std::string& word) {
    std::string out = "\"";
    for (const char sign : word) {
        if (sign == '"' || sign == '`' || sign == '$' || sign == '\\') out += "\\\\";
        if (sign == '%') out += '%';
        out.append(sign == '\\' ? 2 : 1, sign);
    }
    return out + "\"";
}

// The program of an Exec line, the other way round.
std::string program_of(const std::string& value) {
    std::string line;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        line += value[i];
    }
    const bool is_quoted = line.starts_with('"');
    std::string out;
    for (std::size_t i = is_quoted ? 1 : 0; i < line.size() && line[i] != (is_quoted ? '"' : ' '); ++i) {
        if ((line[i] == '\\' || line[i] == '%') && i + 1 < line.size()) ++i;
        out += line[i];
    }
    return out;
}

}  // namespace

Autostart::State Autostart::state() const {
    std::ifstream file{file_};
    std::string program;
    bool is_hidden = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("Exec=")) program = program_of(line.substr(5));
        if (line == "Hidden=true" || line == "X-GNOME-Autostart-enabled=false") is_hidden = true;
    }
    if (program.empty() || is_hidden) return State::off;
    std::error_code error;
    const bool is_found = program.find('/') == std::string::npos || std::filesystem::exists(program, error);
    return is_found ? State::on : State::broken;
}

std::string Autostart::turn_on() const {
    std::error_code error;
    std::filesystem::create_directories(file_.parent_path(), error);
    const auto fresh = file_.string() + ".new";
    std::ofstream file{fresh};
    file << fmt::format(
        "[Desktop Entry]\nType=Application\nName=Stocktray\nComment=Shows whether all counts are equal\n"
        "Exec={}\nIcon=stocktray\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
        quoted(program_.string()));
    file.close();
    if (!file) return std::make_error_code(std::errc::io_error).message();
    std::filesystem::rename(fresh, file_, error);
    return error ? error.message() : std::string{};
}

std::string Autostart::turn_off() const {
    std::error_code error;
    std::filesystem::remove(file_, error);
    return error ? error.message() : std::string{};
}

void Autostart::repair() const {
    if (state() == State::broken) static_cast<void>(turn_on());
}

}  // namespace stocktray::tray
