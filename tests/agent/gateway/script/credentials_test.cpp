#include "agent/gateway/script/credentials.h"

#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

struct Door {
    tests::TempDir dir{};
    Ledger ledger{Ledger::open(dir.path() / "script.db").value()};
    std::string says{"SETIResponse: itemcount=3"};
    int asked{0};
    ipc::carts::Cart cart{};

    Door() { cart.cart = "main"; }
    [[nodiscard]] Credentials credentials() {
        return {ledger, [this](const ipc::carts::Cart&, std::string) -> Result<std::string> {
                    ++asked;
                    if (says.empty()) return fail(ErrorCode::busy, "The store is away.");
                    return says;
                }};
    }
    [[nodiscard]] bool is_written_down() {
        const auto kept = ledger.remembered("login:main");
        return kept && *kept && !(*kept)->empty();
    }
};

FormFields form_with(const std::string& password) { return *FormFields::parse("setiuser=om&password=" + password); }

// Runs beside what a test does.
struct Beside {
    explicit Beside(Credentials& credentials) : thread{[&credentials](std::stop_token stop) { credentials.run(stop); }} {}
    std::jthread thread;
};

}  // namespace

TEST_SUITE("gateway: credentials") {
    TEST_CASE("the first answer does not wait until the password is written down; that is done beside it") {
        Door door;
        auto credentials = door.credentials();
        CHECK(credentials.check(door.cart, form_with("right")));
        CHECK_FALSE(door.is_written_down());
        {
            const Beside beside{credentials};
            CHECK(tests::wait_until([&] { return door.is_written_down(); }));
        }
        // The next run knows it without the store.
        auto next = door.credentials();
        door.says.clear();
        CHECK(next.check(door.cart, form_with("right")));
        CHECK_FALSE(next.check(door.cart, form_with("wrong")));
    }

    TEST_CASE("what the store has refused since is not written down") {
        Door door;
        auto credentials = door.credentials();
        CHECK(credentials.check(door.cart, form_with("right")));
        door.says = "SETIError: Access denied";
        auto other = form_with("wrong");
        CHECK_FALSE(credentials.check(door.cart, other));
        const Beside beside{credentials};
        CHECK(tests::wait_until([&] { return door.is_written_down(); }));
        CHECK(door.asked == 2);
        auto next = door.credentials();
        door.says.clear();
        CHECK_FALSE(next.check(door.cart, other));
    }

    TEST_CASE("a store that hangs does not hold up who asks for another cart") {
        tests::TempDir dir;
        auto ledger = Ledger::open(dir.path() / "script.db").value();
        std::promise<void> is_hanging;
        std::promise<void> wakes_up;
        Credentials credentials{ledger, [&](const ipc::carts::Cart& cart, std::string) -> Result<std::string> {
                                    if (cart.cart == "main") {
                                        is_hanging.set_value();
                                        wakes_up.get_future().wait();
                                    }
                                    return std::string{"SETIResponse: itemcount=3"};
                                }};
        ipc::carts::Cart main;
        main.cart = "main";
        ipc::carts::Cart second;
        second.cart = "second";
        auto hanging = std::async(std::launch::async, [&] { return credentials.check(main, form_with("wrong")).has_value(); });
        is_hanging.get_future().wait();
        auto other = std::async(std::launch::async, [&] { return credentials.check(second, form_with("right")).has_value(); });
        CHECK(tests::wait_until([&] { return other.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
        wakes_up.set_value();
        CHECK(other.get());
        CHECK(hanging.get());
    }
}
