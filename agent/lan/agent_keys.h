// The agent's own keys for the network: in a file that only its owner can read, never in the database.
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>

#include "core/result.h"
#include "core/time.h"
#include "ipc/keys/curve_key.h"

namespace stocktray::agent {

// What becomes of the key before when a new one is drawn.
enum class OldKey { stays_a_day, ends_at_once };

class AgentKeys {
public:
    static constexpr std::chrono::hours old_key_stays{24};

    struct Old {
        ipc::KeyPair keys;
        WallTime until;
    };

    // Draws a pair where there is none. `damaged` where the file cannot be understood.
    [[nodiscard]] static Result<AgentKeys> open(const std::filesystem::path& file);

    [[nodiscard]] const ipc::KeyPair& current() const noexcept { return current_; }
    [[nodiscard]] const std::optional<Old>& old() const noexcept { return old_; }

    // A new pair. On the disk when it returns. `conflict` where a key before the present one is still good and would
    // have to end before its time; `ends_at_once` ends both.
    [[nodiscard]] Result<void> rotate(OldKey old_key, WallTime now);
    // As they were before, kept by whoever asked for it. On the disk when it returns.
    struct State {
        ipc::KeyPair current;
        std::optional<Old> old;
    };
    [[nodiscard]] State state() const { return {current_, old_}; }
    [[nodiscard]] Result<void> put_back(State before);
    // The old one is forgotten. On the disk when it returns.
    [[nodiscard]] Result<void> end_old();

private:
    AgentKeys(std::filesystem::path file, ipc::KeyPair current, std::optional<Old> old)
        : file_{std::move(file)}, current_{std::move(current)}, old_{std::move(old)} {}
    [[nodiscard]] static Result<void> write(const std::filesystem::path& file, const ipc::KeyPair& current,
                                            const std::optional<Old>& old);

    std::filesystem::path file_;
    ipc::KeyPair current_;
    std::optional<Old> old_;
};

}  // namespace stocktray::agent
