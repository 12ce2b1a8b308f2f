#include "agent/lan/invitations.h"

#include <doctest/doctest.h>

#include <set>

using namespace stocktray;
using namespace std::chrono_literals;
using agent::Invitations;
using ipc::Role;

namespace {
const std::string mine(64, 'a'), yours(64, 'b');
constexpr Invitations::Clock::time_point start{1h};
}  // namespace

TEST_SUITE("Invitations") {
    TEST_CASE("a token gives what it was drawn for, once; who used it may ask again") {
        Invitations invitations;
        const auto token = invitations.draw({Role::operator_, {ipc::Bar::cancel}}, start);
        const auto rights = invitations.redeem(token, mine, start);
        REQUIRE(rights);
        CHECK(rights->role == Role::operator_);
        CHECK(rights->has(ipc::Bar::cancel));
        CHECK(!invitations.redeem(token, yours, start));
        CHECK(invitations.redeem(token, mine, start));
    }

    TEST_CASE("it ends after ten minutes, for who used it, too") {
        Invitations invitations;
        const auto token = invitations.draw({Role::viewer, {}}, start);
        CHECK(invitations.redeem(token, mine, start + 10min - 1ms));
        CHECK(!invitations.redeem(token, mine, start + 10min));
    }

    TEST_CASE("what was never drawn is nothing") {
        Invitations invitations;
        const auto token = invitations.draw({Role::admin, {}}, start);
        CHECK(!invitations.redeem("", mine, start));
        CHECK(!invitations.redeem(token.substr(1), mine, start));
        CHECK(!invitations.redeem(std::string(32, '0'), mine, start));
        CHECK(!Invitations{}.redeem(token, mine, start));
    }

    TEST_CASE("tokens are long, and none is drawn twice") {
        Invitations invitations;
        std::set<std::string> tokens;
        for (int i = 0; i < 1'000; ++i) tokens.insert(invitations.draw({Role::viewer, {}}, start));
        CHECK(tokens.size() == 1'000);
        for (const auto& token : tokens) CHECK(token.size() == 32);
    }

    TEST_CASE("only so many are open at a time: the oldest goes") {
        Invitations invitations;
        const auto first = invitations.draw({Role::viewer, {}}, start);
        for (std::size_t i = 1; i < Invitations::most; ++i) (void)invitations.draw({Role::viewer, {}}, start);
        CHECK(invitations.redeem(first, mine, start));
        (void)invitations.draw({Role::viewer, {}}, start);
        CHECK(!invitations.redeem(first, mine, start));
    }
}
