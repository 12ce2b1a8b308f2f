#include "agent/lan/members.h"

#include <doctest/doctest.h>

#include "agent/platform/users.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;
using agent::LocalAccess;
using agent::Members;
using ipc::Caller;
using ipc::Role;

namespace {

constexpr std::uint32_t nobody_id = 65'534;
constexpr WallTime noon{Milliseconds{1'700'000'000'000}};
const auto ann = ipc::PublicKey::from_hex(std::string(64, 'a')).value();

struct Desk {
    TempDir dir;
    store::Store store{store::Store::open((dir.path() / "db").string()).value()};

    void know(Role role, const std::string& name = "ann@till-2") {
        REQUIRE(store.turn({noon, {}}, [&] {
            store.client_keys.put({.key = ann.hex(), .name = name, .role = std::string{ipc::to_string(role)}, .added = noon});
        }));
    }
    [[nodiscard]] Role role_of(const Caller& caller, LocalAccess access = {}) {
        return Members{store, std::move(access)}.find(caller).rights.role;
    }
};

}  // namespace

TEST_SUITE("Members") {
    TEST_CASE("a key has the role that it was given, an unknown one none") {
        Desk desk;
        CHECK(desk.role_of({.key = ann}) == Role::none);
        desk.know(Role::operator_);
        CHECK(desk.role_of({.key = ann}) == Role::operator_);
        const auto member = Members{desk.store, {}}.find({.key = ann});
        CHECK(member.user == "ann");
        CHECK(member.workstation == "till-2");
        CHECK(agent::named({}, "till-2").workstation == "till-2");
        CHECK(agent::named({}, "till-2").user.empty());
    }

    TEST_CASE("the agent's own user and root may do everything, others what the configuration says") {
        Desk desk;
        CHECK(desk.role_of({.user = platform::own_user_id()}) == Role::admin);
        CHECK(desk.role_of({.user = 0}) == Role::admin);
        CHECK(desk.role_of({.user = nobody_id}) == Role::none);
        const auto known = platform::user_of(nobody_id);
        REQUIRE(!known.name.empty());
        REQUIRE(!known.groups.empty());
        CHECK(desk.role_of({.user = nobody_id}, {.users = {{known.name, Role::viewer}}}) == Role::viewer);
        CHECK(desk.role_of({.user = nobody_id}, {.users = {{known.name, Role::viewer}}, .groups = {{known.groups[0], Role::operator_}}}) ==
              Role::operator_);
        CHECK(desk.role_of({.user = nobody_id}, {.users = {{"somebody-else", Role::admin}}}) == Role::none);
    }

    TEST_CASE("who is not told apart is this user on loopback, and nobody where others are let in") {
        Desk desk;
        const LocalAccess others{.users = {{"somebody-else", Role::admin}}};
        CHECK(desk.role_of({.address = "127.0.0.1"}, others) == Role::admin);
        CHECK(desk.role_of({}, others) == Role::none);
        CHECK(desk.role_of({.address = "192.0.2.7"}, others) == Role::none);
        CHECK(desk.role_of({}) == Role::admin);
    }

    TEST_CASE("last seen is kept every ten minutes, and not for keys that are gone") {
        Desk desk;
        desk.know(Role::viewer);
        Members members{desk.store, {}};
        const auto seen_after = [&](std::chrono::minutes later) {
            const WallTime now{noon + std::chrono::duration_cast<Milliseconds>(later)};
            REQUIRE(desk.store.turn({now, {}}, [&] { members.note_seen({.key = ann, .address = "192.0.2.7"}, now); }));
            const auto key = desk.store.client_keys.get(ann.hex());
            return key && key->last_seen ? std::chrono::duration_cast<std::chrono::minutes>(*key->last_seen - noon).count() : -1;
        };
        CHECK(seen_after(std::chrono::minutes{1}) == 1);
        CHECK(seen_after(std::chrono::minutes{10}) == 1);
        CHECK(seen_after(std::chrono::minutes{11}) == 11);
        CHECK(desk.store.client_keys.get(ann.hex())->address == "192.0.2.7");
        REQUIRE(desk.store.turn({noon, {}}, [&] { desk.store.client_keys.remove(ann.hex()); }));
        CHECK(seen_after(std::chrono::minutes{30}) == -1);
        desk.know(Role::viewer);
        CHECK(seen_after(std::chrono::minutes{31}) == 31);
    }
}
