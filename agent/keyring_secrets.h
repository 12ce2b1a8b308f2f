// Passwords in a keyring, which may be locked, slow or away: a thread asks it, and the loop waits for it only a moment.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
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
    // True when `store` needs no person any more.
    [[nodiscard]] virtual Result<void> unlock() = 0;
    [[nodiscard]] virtual Result<std::optional<std::string>> look_up(const Item& item) = 0;
    [[nodiscard]] virtual Result<void> store(const Item& item, const std::string& password) = 0;
    [[nodiscard]] virtual Result<void> clear(const Item& item) = 0;
    // From any thread: ends what is under way, and all that follows, with an error.
    virtual void end() noexcept = 0;
};

class KeyringSecrets final : public Secrets {
public:
    using Duration = std::chrono::milliseconds;

    struct Patience {
        Duration reading{250};      // of the loop, for one password, once
        Duration writing{3'000};    // of the loop, for one that a person has entered
        Duration again_after{5'000};  // a keyring that said no is asked anew
    };

    // `in_use` is told, from another thread, that a password is in there.
    KeyringSecrets(std::unique_ptr<Keyring> keyring, std::string agent, Patience patience, std::function<void()> in_use);
    ~KeyringSecrets() override;

    [[nodiscard]] Result<std::string> get(const std::string& cart) override;
    void expect(const std::string& cart) override;
    [[nodiscard]] Result<void> put(const std::string& cart, const std::string& password) override;
    void forget(const std::string& cart) override;

private:
    using Clock = std::chrono::steady_clock;

    struct Known {
        std::optional<std::string> password{};
        std::optional<Error> why_not{};  // of the last look
        Clock::time_point looked_at{};
        bool is_asked{false};            // a look is under way
    };
    struct Entering {
        std::string password;
        std::optional<Result<void>> done{};
        bool is_given_up{false};
    };

    void look(const std::string& cart);
    void run(const std::stop_token& stop);
    void work_off(std::function<void()> task);
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string& cart);
    [[nodiscard]] Result<void> write(const std::string& cart, const Entering& entering);

    std::unique_ptr<Keyring> keyring_;
    std::string agent_;
    Patience patience_;
    std::function<void()> in_use_;
    std::mutex mutex_;  // over what follows
    std::condition_variable_any changed_;
    std::deque<std::function<void()>> tasks_;
    std::map<std::string, Known> known_;  // what was read once is not asked for again
    std::jthread thread_;
};

}  // namespace stocktray::agent
