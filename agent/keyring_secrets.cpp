#include "agent/keyring_secrets.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace stocktray::agent {

KeyringSecrets::KeyringSecrets(std::unique_ptr<Keyring> keyring, std::string agent, Patience patience,
                               std::function<void()> in_use)
    : keyring_{std::move(keyring)},
      agent_{std::move(agent)},
      patience_{patience},
      in_use_{std::move(in_use)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

KeyringSecrets::~KeyringSecrets() {
    thread_.request_stop();
    keyring_->end();
}

void KeyringSecrets::run(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

// With the lock held.
void KeyringSecrets::work_off(std::function<void()> task) {
    tasks_.push_back(std::move(task));
    changed_.notify_all();
}

// In the thread. A password that was kept for all agents of this user becomes this one's own; another agent may still
// need the common one.
Result<std::optional<std::string>> KeyringSecrets::read(const std::string& cart) {
    auto found = keyring_->look_up({agent_, cart});
    if (!found || *found) return found;
    auto shared = keyring_->look_up({"", cart});
    if (!shared || !*shared) return shared;
    if (auto stored = keyring_->store({agent_, cart}, **shared); !stored) spdlog::warn("{}", stored.error().message);
    return shared;
}

// With the lock held.
void KeyringSecrets::look(const std::string& cart) {
    known_[cart].is_asked = true;
    work_off([this, cart] {
        auto found = read(cart);
        if (found && *found) in_use_();
        const std::lock_guard lock{mutex_};
        auto& known = known_[cart];
        known.is_asked = false;
        known.looked_at = Clock::now();
        if (!found) {
            known.why_not = std::move(found.error());
        } else if (!known.password) {  // else it was entered meanwhile
            known.password = std::move(*found).value_or("");
            known.why_not.reset();
        }
        changed_.notify_all();
    });
}

void KeyringSecrets::expect(const std::string& cart) {
    const std::lock_guard lock{mutex_};
    if (const auto& known = known_[cart]; !known.password && !known.is_asked) look(cart);
}

Result<std::string> KeyringSecrets::get(const std::string& cart) {
    std::unique_lock lock{mutex_};
    auto& known = known_[cart];
    if (known.password) return *known.password;
    const bool is_due = !known.why_not || Clock::now() - known.looked_at >= patience_.again_after;
    if (!known.is_asked && is_due) {
        look(cart);
        // Once only: the loop has others to serve while a person looks for the keyring's password.
        changed_.wait_for(lock, patience_.reading, [&] { return !known.is_asked; });
    }
    if (known.password) return *known.password;
    if (known.why_not && !known.is_asked) return Failure{*known.why_not};
    return fail(ErrorCode::busy, "The keyring has not told the password yet.");
}

// In the thread. What nobody waits for any more is not written: its user was told that it was not taken.
Result<void> KeyringSecrets::write(const std::string& cart, const Entering& entering) {
    if (auto unlocked = keyring_->unlock(); !unlocked) return unlocked;
    {
        const std::lock_guard lock{mutex_};
        if (entering.is_given_up) return fail(ErrorCode::busy, "");
    }
    return keyring_->store({agent_, cart}, entering.password);
}

Result<void> KeyringSecrets::put(const std::string& cart, const std::string& password) {
    const auto entering = std::make_shared<Entering>(Entering{password});
    std::unique_lock lock{mutex_};
    work_off([this, cart, entering] {
        auto done = write(cart, *entering);
        if (done) in_use_();
        const std::lock_guard guard{mutex_};
        // In time or not, it is what the keyring has.
        if (done) known_[cart].password = entering->password;
        entering->done = std::move(done);
        changed_.notify_all();
    });
    if (changed_.wait_for(lock, patience_.writing, [&] { return entering->done.has_value(); })) return *entering->done;
    entering->is_given_up = true;
    return fail(ErrorCode::busy, "The keyring has not taken the password: it is locked, or busy. Unlock it, then save again.");
}

void KeyringSecrets::forget(const std::string& cart) {
    const std::lock_guard lock{mutex_};
    known_[cart] = {};
    work_off([this, cart] {
        for (const auto& agent : {agent_, std::string{}})
            if (auto cleared = keyring_->clear({agent, cart}); !cleared) spdlog::warn("{}", cleared.error().message);
        const std::lock_guard guard{mutex_};
        known_[cart] = {};  // what a look before it has brought
    });
}

}  // namespace stocktray::agent
