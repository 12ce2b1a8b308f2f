// agent.toml: where the agent listens, how it logs, and the times that tests make shorter.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/result.h"
#include "core/stack/retry_schedule.h"
#include "core/sync/doubts.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::agent {

enum class SecretStore { automatic, keyring, file };

// Who on this machine may use an agent that is not their own: names of users and of groups.
struct LocalAccess {
    std::map<std::string, ipc::Role, std::less<>> users{};
    std::map<std::string, ipc::Role, std::less<>> groups{};

    [[nodiscard]] bool is_empty() const noexcept { return users.empty() && groups.empty(); }
};

struct Configuration {
    std::string endpoint;        // empty: the default place
    std::string log_level{"info"};
    std::filesystem::path state_dir;  // empty: $XDG_STATE_HOME/stocktray; holds the marker beside the database
    std::string ca_file;         // certificates trusted beside the system's
    SecretStore secrets{SecretStore::automatic};
    stack::RetrySchedule::Limits retry;
    sync::DoubtTimes doubts;
    LocalAccess access;
};

// A missing file is an empty one unless `is_required`; unknown keys and wrong values are errors that name the
// line and the key.
enum class Presence { required, optional };
[[nodiscard]] Result<Configuration> read_configuration(const std::filesystem::path& file, Presence presence);

// XDG places of this user.
[[nodiscard]] std::filesystem::path default_data_dir();
[[nodiscard]] std::filesystem::path default_configuration_file();
[[nodiscard]] std::filesystem::path default_state_dir();

}  // namespace stocktray::agent
