// The user `nobody`, who can only be played by root.
#pragma once
#include <doctest/doctest.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/needs.h"
#include "tests/support/process.h"

namespace stocktray::tests {

// A command line as `nobody`.
[[nodiscard]] inline std::vector<std::string> as_nobody(const std::vector<std::string>& words) {
    std::vector<std::string> line{"setpriv", "--reuid=nobody", "--regid=nogroup", "--init-groups"};
    line.insert(line.end(), words.begin(), words.end());
    return line;
}

// Says why not, or fails, as has_what_it_needs.
[[nodiscard]] inline bool can_play_others(const std::string& program) {
    if (::geteuid() == 0 && run({as_nobody({program, "--version"}), {}, {}}).exit_code == 0) return true;
    return has_the_rights("another user can only be played by root, with the programs where that user can run them");
}

inline void give_to_nobody(const std::filesystem::path& path) {
    const auto* user = ::getpwnam("nobody");
    if (user == nullptr || ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error{"no user nobody"};
}

}  // namespace stocktray::tests
