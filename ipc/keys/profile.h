// A workstation's membership: which shared agent it belongs to, and the key by which it is known there.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "ipc/error.h"
#include "ipc/keys/curve_key.h"

namespace stocktray::ipc {

struct Profile {
    std::string endpoint;  // tcp://host:port
    PublicKey agent_key;   // nobody else is talked to
    KeyPair own;
    std::string agent_name{};  // for people
};

// $STOCKTRAY_PROFILE, else shared-agent.json in the user's folder for configuration (`stocktray`).
[[nodiscard]] std::filesystem::path default_profile();

// None: this computer is not paired. `storage`: the file cannot be read. `conflict`: it is no profile.
[[nodiscard]] Expected<std::optional<Profile>> read_profile(const std::filesystem::path& file);
// As a whole or not at all, mode 0600; on the disk when it returns.
[[nodiscard]] Expected<void> write_profile(const std::filesystem::path& file, const Profile& profile);
// Takes it away; nothing happens where there is none.
[[nodiscard]] Expected<void> forget_profile(const std::filesystem::path& file);

}  // namespace stocktray::ipc
