#include "agent/keyring_secrets.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace stocktray::agent {
namespace {

using Clock = std::chrono::steady_clock;

struct Known {
    std::optional<std::string> password{};
    std::optional<Error> why_not{};  // of the last look
    Clock::time_point looked_at{};
    bool is_asked{false};  // a look is under way
};

struct Entering {
    std::string password;
    std::optional<Result<void>> done{};
    bool is_given_up{false};
};

}  // namespace

// What loop and thread share.
struct KeyringSecrets::Work {
    Work(std::unique_ptr<Keyring> the_keyring, std::string the_agent, std::function<void()> told)
        : keyring{std::move(the_keyring)}, agent{std::move(the_agent)}, in_use{std::move(told)} {}

    std::unique_ptr<Keyring> keyring;
    std::string agent;
    std::function<void()> in_use;

    std::mutex mutex{};  // over what follows
    std::condition_variable changed{};
    std::deque<std::function<void()>> tasks{};
    std::map<std::string, Known> known{};  // what was read once is not asked for again
    bool is_over{false};                   // the program ends
    bool has_ended{false};                 // the thread has

    void run();
    void add(std::function<void()> task);
    void look(const std::string& cart);
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string& cart);
    void enter(const std::string& cart, Entering& entering);
};

void KeyringSecrets::Work::run() {
    std::unique_lock lock{mutex};
    for (;;) {
        changed.wait(lock, [this] { return is_over || !tasks.empty(); });
        if (is_over) break;
        const auto task = std::move(tasks.front());
        tasks.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
    has_ended = true;
    changed.notify_all();
}

// With the lock held.
void KeyringSecrets::Work::add(std::function<void()> task) {
    tasks.push_back(std::move(task));
    changed.notify_all();
}

// In the thread. A password that was kept for all agents of this user becomes this one's own; another agent may still
// need the common one.
Result<std::optional<std::string>> KeyringSecrets::Work::read(const std::string& cart) {
    auto found = keyring->look_up({agent, cart});
    if (!found || *found) return found;
    auto shared = keyring->look_up({"", cart});
    if (!shared || !*shared) return shared;
    if (auto stored = keyring->store({agent, cart}, **shared); !stored) spdlog::warn("{}", stored.error().message);
    return shared;
}

// In the thread. What nobody waits for any more is not written, or taken back: its user was told that it was not taken.
void KeyringSecrets::Work::enter(const std::string& cart, Entering& entering) {
    auto done = keyring->unlock();
    const auto before = done ? keyring->look_up({agent, cart}) : Failure{done.error()};
    if (!before) done = Failure{before.error()};
    std::unique_lock lock{mutex};
    if (entering.is_given_up) return;
    if (done) {
        lock.unlock();
        done = keyring->store({agent, cart}, entering.password);
        if (done) in_use();
        lock.lock();
    }
    if (done && entering.is_given_up) {
        lock.unlock();
        const auto taken_back = *before ? keyring->store({agent, cart}, **before) : keyring->clear({agent, cart});
        if (!taken_back) spdlog::warn("{}", taken_back.error().message);
        return;
    }
    if (done) known[cart].password = entering.password;
    entering.done = std::move(done);
    changed.notify_all();
}

// With the lock held.
void KeyringSecrets::Work::look(const std::string& cart) {
    known[cart].is_asked = true;
    add([this, cart] {
        auto found = read(cart);
        if (found && *found) in_use();
        const std::lock_guard lock{mutex};
        auto& one = known[cart];
        one.is_asked = false;
        one.looked_at = Clock::now();
        if (!found) {
            one.why_not = std::move(found.error());
        } else if (!one.password) {  // else it was entered meanwhile
            one.password = std::move(*found).value_or("");
            one.why_not.reset();
        }
        changed.notify_all();
    });
}

KeyringSecrets::KeyringSecrets(std::unique_ptr<Keyring> keyring, std::string agent, Patience patience, std::function<void()> in_use)
    : patience_{patience},
      work_{std::make_shared<Work>(std::move(keyring), std::move(agent), std::move(in_use))},
      thread_{[work = work_] { work->run(); }} {}

KeyringSecrets::~KeyringSecrets() {
    std::unique_lock lock{work_->mutex};
    work_->is_over = true;
    work_->changed.notify_all();
    lock.unlock();
    work_->keyring->end();
    lock.lock();
    const bool has_ended = work_->changed.wait_for(lock, patience_.ending, [this] { return work_->has_ended; });
    lock.unlock();
    if (has_ended) {
        thread_.join();
    } else {
        spdlog::warn("the keyring does not answer; the agent ends without it");
        thread_.detach();
    }
}

void KeyringSecrets::expect(const std::string& cart) {
    const std::lock_guard lock{work_->mutex};
    if (const auto& known = work_->known[cart]; !known.password && !known.is_asked) work_->look(cart);
}

Result<std::string> KeyringSecrets::get(const std::string& cart) {
    std::unique_lock lock{work_->mutex};
    auto& known = work_->known[cart];
    if (known.password) return *known.password;
    const bool is_due = !known.why_not || Clock::now() - known.looked_at >= patience_.again_after;
    if (!known.is_asked && is_due) {
        work_->look(cart);
        // Once only: the loop has others to serve while a person looks for the keyring's password.
        work_->changed.wait_for(lock, patience_.reading, [&] { return !known.is_asked; });
    }
    if (known.password) return *known.password;
    if (known.why_not && !known.is_asked) return Failure{*known.why_not};
    return fail(ErrorCode::busy, "The keyring has not told the password yet.");
}

Result<void> KeyringSecrets::put(const std::string& cart, const std::string& password) {
    const auto entering = std::make_shared<Entering>(Entering{password});
    std::unique_lock lock{work_->mutex};
    work_->add([work = work_.get(), cart, entering] { work->enter(cart, *entering); });
    if (work_->changed.wait_for(lock, patience_.writing, [&] { return entering->done.has_value(); })) return *entering->done;
    entering->is_given_up = true;
    return fail(ErrorCode::busy, "The keyring has not taken the password: it is locked, or busy. Unlock it, then save again.");
}

void KeyringSecrets::forget(const std::string& cart) {
    const std::lock_guard lock{work_->mutex};
    work_->known[cart] = {};
    work_->add([work = work_.get(), cart] {
        for (const auto& agent : {work->agent, std::string{}})
            if (auto cleared = work->keyring->clear({agent, cart}); !cleared) spdlog::warn("{}", cleared.error().message);
        const std::lock_guard guard{work->mutex};
        work->known[cart] = {};  // what a look before it has brought
    });
}

}  // namespace stocktray::agent
