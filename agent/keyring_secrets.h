// Passwords in a keyring, which may be locked, slow or away: a thread asks it, and the loop waits for it only a moment.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "agent/secrets.h"

namespace stocktray::agent {

// Any call may take as long as a person takes to unlock it. Used by one thread, but for `end`.
class Keyring {
public:
    struct Item {
        std::string agent;  // empty: as older versions kept it, shared by all agents of a user
        std::string cart;
    };

    virtual ~Keyring() = default;
    // When it returns without an error, `store` and `clear` need no person any more.
    [[nodiscard]] virtual Result<void> unlock() = 0;
    [[nodiscard]] virtual Result<std::optional<std::string>> look_up(const Item& item) = 0;
    [[nodiscard]] virtual Result<void> store(const Item& item, const std::string& password) = 0;
    // One that is not there is cleared.
    [[nodiscard]] virtual Result<void> clear(const Item& item) = 0;
    // From any thread: ends what is under way, and all that follows, with an error.
    virtual void end() noexcept = 0;
};

class KeyringSecrets final : public Secrets {
public:
    using Duration = std::chrono::milliseconds;

    struct Patience {
        Duration reading{250};        // of the loop, for one password, once
        Duration writing{3'000};      // of the loop, for one that a person has entered
        Duration again_after{5'000};  // a keyring that said no is asked anew
        Duration ending{500};         // of the program's end, for a keyring that is being asked
    };

    // `in_use` is told, from another thread, that a password is in there.
    KeyringSecrets(std::unique_ptr<Keyring> keyring, std::string agent, Patience patience, std::function<void()> in_use);
    ~KeyringSecrets() override;

    [[nodiscard]] Result<std::string> get(const std::string& cart) override;
    void expect(const std::string& cart) override;
    [[nodiscard]] Result<void> put(const std::string& cart, const std::string& password) override;
    void forget(const std::string& cart) override;

private:
    struct Work;

    Patience patience_;
    std::shared_ptr<Work> work_;  // the thread's, too: one that a keyring does not let go is left behind
    std::thread thread_;
};

}  // namespace stocktray::agent
