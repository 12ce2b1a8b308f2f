#include "agent/gateway/script/credentials.h"

#include <sodium.h>
#include <spdlog/spdlog.h>
#include <algorithm>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/form.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/redact.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto good_for = 1h;
constexpr auto bad_for = 30s;
constexpr std::size_t most_known = 1'000;

std::string remembered_as(const ipc::carts::Cart& cart) { return "login:" + cart.cart; }

}  // namespace

Credentials::Credentials(Ledger& ledger, AskStore ask_store) : ledger_{ledger}, ask_store_{std::move(ask_store)} {
    randombytes_buf(key_.data(), key_.size());
}

Credentials::Login Credentials::login_of(const ipc::carts::Cart& cart, const FormFields& form) {
    Login login{cart, {}, {}, std::string{form.get("password")}};
    for (const auto part : {form.get("setiuser"), form.get("password"), form.get("code")}) {
        login.text += part;
        login.text += '\0';
    }
    // The same question that the Order Manager asks; it changes nothing.
    cart::seti::Form question;
    question.add("setifunction", "getproductscount")
        .add("setiuser", form.get("setiuser"))
        .add("password", form.get("password"))
        .add("code", form.get("code"))
        .add("omversion", form.get("omversion"));
    login.form = std::move(question).take();
    return login;
}

Credentials::Digest Credentials::digest_of(const Login& login) const {
    Digest digest{};
    const auto text = login.cart.cart + '\0' + login.text;
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), key_.data(),
                       key_.size());
    return digest;
}

Result<void> Credentials::check(const ipc::carts::Cart& cart, const FormFields& form) {
    const auto login = login_of(cart, form);
    const auto digest = digest_of(login);
    const auto known = [&]() -> std::optional<Known> {
        const std::lock_guard lock{mutex_};
        const auto found = known_.find(digest);
        return found == known_.end() ? std::nullopt : std::optional{found->second};
    };
    const auto verdict = [&](const Known& one) -> std::optional<Result<void>> {
        const auto age = Clock::now() - one.asked;
        if (!one.is_good && age < bad_for) return fail(ErrorCode::invalid, one.words);
        if (!one.is_good) return std::nullopt;
        if (age > good_for) {
            const std::lock_guard lock{mutex_};
            if (std::ranges::count(old_, login.text, &Login::text) == 0 && old_.size() < most_known) old_.push_back(login);
            has_work_.notify_all();
        }
        return Result<void>{};
    };
    if (const auto one = known())
        if (const auto said = verdict(*one)) return *said;
    if (was_good(login)) {
        // The store is asked behind our back, whether that is so still.
        keep(login, {true, Clock::now() - good_for, {}});
        return {};
    }
    const std::lock_guard lock{turn_of(cart.cart)};
    if (const auto one = known())  // while another one asked
        if (const auto said = verdict(*one)) return *said;
    return ask(login);
}

std::mutex& Credentials::turn_of(const std::string& cart) {
    const std::lock_guard lock{mutex_};
    return asking_[cart];
}

bool Credentials::was_good(const Login& login) {
    const auto kept = ledger_.remembered(remembered_as(login.cart));
    if (!kept || !*kept) return false;
    const std::lock_guard lock{hashing_};
    return crypto_pwhash_str_verify((*kept)->c_str(), login.text.data(), login.text.size()) == 0;
}

void Credentials::keep(const Login& login, Known known) {
    const std::lock_guard lock{mutex_};
    if (known_.size() >= most_known) known_.clear();
    known_.insert_or_assign(digest_of(login), std::move(known));
}

Result<void> Credentials::ask(const Login& login) {
    const auto answer = ask_store_(login.cart, login.form);
    if (!answer) return fail(ErrorCode::busy, answer.error().message);
    const auto found = cart::seti::find_answer(*answer, "");
    if (!found) return fail(ErrorCode::busy, "The store's script did not say whether user name and password are right.");
    if (cart::seti::response_value(found->text, "itemcount")) {
        keep(login, {true, Clock::now(), {}});
        const std::lock_guard lock{mutex_};
        if (fresh_.size() < most_known) fresh_.push_back(login);
        has_work_.notify_all();
        return {};
    }
    const bool is_error = found->marker == cart::seti::Marker::error || found->text.find("<ResponseCode>3") != std::string::npos;
    if (!is_error) return fail(ErrorCode::busy, "The store's script did not say whether user name and password are right.");
    const auto colon = found->text.find(':');
    const auto words = found->marker == cart::seti::Marker::error && colon != std::string::npos
                           ? cart::seti::Redactor{login.password}.keep(cart::seti::trim(found->text.substr(colon + 1, 200)))
                           : std::string{"Access denied"};
    keep(login, {false, Clock::now(), words});
    if (was_good(login))
        if (auto forgotten = ledger_.remember(remembered_as(login.cart), ""); !forgotten) spdlog::error("{}", forgotten.error().message);
    return fail(ErrorCode::invalid, words);
}

// The Order Manager's user waits for the first post, too: a hash that cannot be guessed back takes its time.
void Credentials::write_down(const Login& login) {
    {
        const std::lock_guard lock{mutex_};
        const auto known = known_.find(digest_of(login));
        if (known == known_.end() || !known->second.is_good) return;  // refused since
    }
    if (was_good(login)) return;
    char hash[crypto_pwhash_STRBYTES]{};
    {
        const std::lock_guard lock{hashing_};
        if (crypto_pwhash_str(hash, login.text.data(), login.text.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
            return;
    }
    if (auto kept = ledger_.remember(remembered_as(login.cart), hash); !kept) spdlog::error("{}", kept.error().message);
}

void Credentials::run(std::stop_token stop) {
    auto ask_at = Clock::now();  // the store is not hurried
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        if (!fresh_.empty()) {
            const auto login = std::move(fresh_.front());
            fresh_.pop_front();
            lock.unlock();
            write_down(login);
            lock.lock();
        } else if (!old_.empty() && Clock::now() >= ask_at) {
            const auto login = std::move(old_.front());
            old_.pop_front();
            lock.unlock();
            {
                const std::lock_guard asking{turn_of(login.cart.cart)};
                // A store that is away says nothing against it; asked again when it is used next.
                if (auto said = ask(login); !said && said.error().code == ErrorCode::invalid)
                    spdlog::warn("the store of {} does not take a password any more that it took before", login.cart.cart);
            }
            lock.lock();
            ask_at = Clock::now() + 10s;
        } else if (old_.empty()) {
            has_work_.wait(lock, stop, [this] { return !fresh_.empty() || !old_.empty(); });
        } else {
            has_work_.wait_until(lock, stop, ask_at, [this] { return !fresh_.empty(); });
        }
    }
}

}  // namespace stocktray::gateway
