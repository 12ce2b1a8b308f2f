// Somebody who describes a way in by stocktrayctl setup, with the agent and a practice store running.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "tests/agent/bench.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

struct SetupDesk {
    Bench bench;
    TempDir dir;
    std::filesystem::path file{dir.path() / "config" / "stocktray" / "gateway.toml"};

    std::map<std::string, std::string> environment() const {
        auto environment = bench.agent.environment();
        environment["XDG_CONFIG_HOME"] = (dir.path() / "config").string();
        environment["XDG_DATA_HOME"] = (dir.path() / "data").string();
        return environment;
    }
    // `typed`: what the program reads on its standard input.
    Finished setup(std::vector<std::string> words, const std::string& typed = {}) {
        std::vector<std::string> line{"sh", "-c", "printf %s \"$TYPED\" | \"$0\" \"$@\"",
                                      std::string{STOCKTRAY_BIN_DIR} + "/stocktrayctl", "--endpoint", bench.agent.endpoint(), "setup"};
        line.insert(line.end(), words.begin(), words.end());
        auto with_typed = environment();
        with_typed["TYPED"] = typed;
        return run({line, with_typed, {}});
    }
    std::string written() const { return text_of(file); }
    static std::string text_of(const std::filesystem::path& file) {
        std::ifstream stream{file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
};

}  // namespace stocktray::tests
