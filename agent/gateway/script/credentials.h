// User and password as the store's script judges them. The script is asked once; then its word is kept (as a hash that cannot
// be turned back), so that posts are answered though the store is away.
#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/store_call.h"
#include "core/cart/seti/form_fields.h"
#include "core/result.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

using cart::seti::FormFields;

class Credentials {
public:
    // How a store is asked: the body of a form -> the body of its answer. Fails where it gave none.
    using AskStore = std::function<Result<std::string>(const ipc::carts::Cart& cart, std::string form)>;

    Credentials(Ledger& ledger, AskStore ask_store);

    // `invalid`: refused, with the store's own words. `busy`: nobody can tell just now (the store is away, and never
    // said anything of these before). From any thread.
    [[nodiscard]] Result<void> check(const ipc::carts::Cart& cart, const FormFields& form);

    // What nobody's answer waits for: writes down what the store has taken, and asks it again about those that were used and
    // not asked about for an hour, for it may know another password by now.
    void run(std::stop_token stop);

private:
    using Clock = std::chrono::steady_clock;
    using Digest = std::array<unsigned char, 32>;
    struct Known {
        bool is_good{false};
        Clock::time_point asked{};
        std::string words{};  // of a refusal
    };
    struct Login {
        ipc::carts::Cart cart;
        std::string text;  // user, password and code
        std::string form;  // the question
        std::string password;
    };

    [[nodiscard]] static Login login_of(const ipc::carts::Cart& cart, const FormFields& form);
    [[nodiscard]] Digest digest_of(const Login& login) const;
    [[nodiscard]] Result<void> ask(const Login& login);
    [[nodiscard]] bool was_good(const Login& login);
    void keep(const Login& login, Known known);
    void write_down(const Login& login);
    [[nodiscard]] std::mutex& turn_of(const std::string& cart);

    Ledger& ledger_;
    AskStore ask_store_;
    Digest key_{};  // of this run: what is in memory tells nothing elsewhere
    std::mutex mutex_;
    // By cart: one question at a time, for a stranger who guesses must not hammer the store. A store that hangs holds up
    // only who asks for its own cart.
    std::map<std::string, std::mutex> asking_;
    std::mutex hashing_;  // one hash at a time: each takes 64 MiB and a tenth of a second, on purpose
    std::condition_variable_any has_work_;
    std::map<Digest, Known> known_;
    std::deque<Login> fresh_;  // taken by the store, and not written down yet
    std::deque<Login> old_;
};

}  // namespace stocktray::gateway
