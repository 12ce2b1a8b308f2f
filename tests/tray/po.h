// Reads .po and .pot files.
#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace stocktray::tests {

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Message {
    std::string id;
    std::vector<std::string> translations;
};


// The messages of a .po file: each `msgid`, and all its `msgstr`.
inline std::vector<Message> messages_of(const std::string& po) {
    std::vector<Message> messages;
    std::string* target = nullptr;
    std::string plural;
    std::istringstream lines{po};
    for (std::string line; std::getline(lines, line);) {
        const auto quote = line.find('"');
        if (line.starts_with("msgid_plural"))
            target = &plural;
        else if (line.starts_with("msgid"))
            target = &messages.emplace_back().id;
        else if (line.starts_with("msgstr"))
            target = &messages.back().translations.emplace_back();
        else if (line.empty() || line[0] != '"')
            continue;
        target->append(line, quote + 1, line.rfind('"') - quote - 1);
    }
    return messages;
}

}  // namespace stocktray::tests
