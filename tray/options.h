// The command line.
#pragma once
#include <optional>
#include <string>

#include "tray/model/command.h"

namespace stocktray::tray {

struct Options {
    std::string endpoint{};           // empty: the default one
    std::optional<CommandId> open{};  // --open WINDOW
};

// Either the options, or what is to be printed and the exit code.
struct Reply {
    std::string text;
    int exit_code;
};
struct ReadOptions {
    Options options{};
    std::optional<Reply> reply{};
};
[[nodiscard]] ReadOptions read_options(int count, const char* const* arguments);

// "problems" -> open_problems; none for a window that is not known.
[[nodiscard]] std::optional<CommandId> window_of(const std::string& name);
[[nodiscard]] std::string name_of(CommandId window);

}  // namespace stocktray::tray
