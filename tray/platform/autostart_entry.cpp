#include "tray/platform/autostart_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

namespace stocktray::tray {
namespace {

// Two layers of the Desktop Entry Specification: a word of Exec stands in quotes with four signs escaped and
// "%" doubled; and in every value a backslash is written twice.
std::string desktop_quoted(const std::string& word) {
    std::string out = "\"";
    for (const char sign : word) {
        if (sign == '"' || sign == '`' || sign == '$' || sign == '\\') out += "\\\\";
        if (sign == '%') out += '%';
        out.append(sign == '\\' ? 2 : 1, sign);
    }
    return out + "\"";
}

// The program of an Exec line, the other way round.
std::string exec_program(const std::string& value) {
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

std::string write_desktop_entry(const std::string& program) {
    return fmt::format(
        "[Desktop Entry]\nType=Application\nName=Stocktray\nComment=Shows whether all counts are equal\n"
        "Exec={}\nIcon=stocktray\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
        desktop_quoted(program));
}

std::string program_of_desktop_entry(const std::string& entry) {
    std::istringstream lines{entry};
    std::string program;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("Exec=")) program = exec_program(line.substr(5));
        if (line == "Hidden=true" || line == "X-GNOME-Autostart-enabled=false") return {};
    }
    return program;
}

constexpr std::array<std::pair<char, std::string_view>, 3> xml_signs{{{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}}};

std::string write_launch_agent(const std::string& program) {
    std::string escaped;
    for (const char sign : program) {
        const auto at = std::ranges::find(xml_signs, sign, &std::pair<char, std::string_view>::first);
        at == xml_signs.end() ? escaped += sign : escaped += at->second;
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        "<plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t<string>io.stocktray.Stocktray</string>\n"
        "\t<key>ProgramArguments</key>\n\t<array>\n\t\t<string>{}</string>\n\t</array>\n"
        "\t<key>RunAtLoad</key>\n\t<true/>\n</dict>\n</plist>\n",
        escaped);
}

// As it was written above; what a person has written otherwise counts as none.
std::string program_of_launch_agent(const std::string& entry) {
    constexpr std::string_view before = "<array>", open = "<string>", close = "</string>";
    const auto list = entry.find(before);
    const auto from = list == entry.npos ? list : entry.find(open, list);
    const auto to = from == entry.npos ? from : entry.find(close, from);
    if (to == entry.npos || entry.find("<key>Disabled</key>") != entry.npos) return {};
    std::string program = entry.substr(from + open.size(), to - from - open.size());
    // "&" last: what stands behind it is no name any more.
    for (auto pair = xml_signs.rbegin(); pair != xml_signs.rend(); ++pair) {
        const auto& [sign, name] = *pair;
        for (auto at = program.find(name); at != program.npos; at = program.find(name, at + 1)) program.replace(at, name.size(), 1, sign);
    }
    return program;
}

// A path of Windows holds no quotes.
std::string write_run_value(const std::string& program) { return fmt::format("\"{}\"", program); }

std::string program_of_run_value(const std::string& entry) {
    if (!entry.starts_with('"')) return entry.substr(0, entry.find(' '));
    return entry.substr(1, entry.find('"', 1) - 1);
}

}  // namespace

const AutostartEntry desktop_entry{&write_desktop_entry, &program_of_desktop_entry};
const AutostartEntry launch_agent{&write_launch_agent, &program_of_launch_agent};
const AutostartEntry run_value{&write_run_value, &program_of_run_value};

}  // namespace stocktray::tray
