// keys.*: which computers on the network may do what with this agent.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/bar.h"
#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"
#include "ipc/secret.h"
#include "ipc/words.h"

namespace stocktray::ipc {

enum class KeyState {
    active,
    asks,  // it has no role yet: somebody has to approve it
};
template <>
struct Words<KeyState> {
    static constexpr std::string_view name = "KeyState";
    static constexpr Word<KeyState> table[] = {{KeyState::active, "active"}, {KeyState::asks, "asks"}};
};

}  // namespace stocktray::ipc

namespace stocktray::ipc::keys {

inline constexpr Rule key_rule{.noun = "key", .min_bytes = 64, .max_bytes = 64, .alphabet = Alphabet::printable_ascii};

struct ClientKey {
    static constexpr std::string_view type_name = "ClientKey";
    std::string key{};   // 64 hexadecimal digits
    std::string name{};  // the workstation's, as it gave it
    KeyState state{KeyState::active};
    Role role{Role::none};
    std::vector<Bar> barred{};
    std::int64_t added_at{0};
    std::optional<std::int64_t> last_seen{};
    std::optional<std::string> address{};  // from where it was seen last

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("key", &ClientKey::key, key_rule));
        visit(field("name", &ClientKey::name, rules::line));
        visit(field("state", &ClientKey::state));
        visit(field("role", &ClientKey::role));
        visit(field("barred", &ClientKey::barred, rules::at_most(10)));
        visit(field("added_at", &ClientKey::added_at, rules::moment));
        visit(field("last_seen", &ClientKey::last_seen, rules::moment));
        visit(field("address", &ClientKey::address, rules::line));
    }
    bool operator==(const ClientKey&) const = default;
};

struct ListResult {
    std::vector<ClientKey> keys{};
    std::optional<std::string> lan_address{};   // where the agent listens; none: it does not
    std::optional<std::string> agent_key{};     // its own
    std::optional<std::int64_t> old_key_until{};  // so long the key before is accepted, too
    std::optional<std::string> lan_problem{};   // why it does not listen although it should; a sentence

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("keys", &ListResult::keys));
        visit(field("lan_address", &ListResult::lan_address, rules::line));
        visit(field("agent_key", &ListResult::agent_key, rules::line));
        visit(field("old_key_until", &ListResult::old_key_until, rules::moment));
        visit(field("lan_problem", &ListResult::lan_problem));
    }
    bool operator==(const ListResult&) const = default;
};

struct List : Nothing {
    using Result = ListResult;
    static constexpr Method method{"keys.list", Role::admin, Effect::reads};
};

struct InviteResult {
    std::string pairing{};  // the string that a workstation takes
    std::int64_t expires_at{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("pairing", &InviteResult::pairing, rules::line));
        visit(field("expires_at", &InviteResult::expires_at, rules::moment));
    }
    bool operator==(const InviteResult&) const = default;
};

// Draws a token that makes one workstation a client with this role; good once, for ten minutes.
struct Invite {
    using Result = InviteResult;
    static constexpr Method method{"keys.invite", Role::admin, Effect::changes_state};
    Role role{Role::operator_};
    std::vector<Bar> barred{};
    std::optional<std::string> host{};  // how the workstation reaches this computer; none: its name

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("role", &Invite::role));
        visit(defaulted("barred", &Invite::barred, rules::at_most(10)));
        visit(field("host", &Invite::host, rules::some_line));
    }
    bool operator==(const Invite&) const = default;
};

struct PairResult {
    KeyState state{KeyState::active};
    Role role{Role::none};
    std::string agent_name{};  // of the agent's computer
    std::vector<Bar> barred{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("state", &PairResult::state));
        visit(field("role", &PairResult::role));
        visit(field("agent_name", &PairResult::agent_name, rules::line));
        visit(defaulted("barred", &PairResult::barred, rules::at_most(10)));
    }
    bool operator==(const PairResult&) const = default;
};

// The one method for a key without a role. With a token it has the token's role at once; without, it asks for one.
struct Pair {
    using Result = PairResult;
    static constexpr Method method{"keys.pair", Role::none, Effect::changes_state};
    std::optional<Secret> token{};
    std::string name{};  // the workstation's

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("token", &Pair::token, rules::id));
        visit(field("name", &Pair::name, rules::some_line));
    }
    bool operator==(const Pair&) const = default;
};

// Gives a key that asks its role.
struct Approve {
    using Result = Nothing;
    static constexpr Method method{"keys.approve", Role::admin, Effect::changes_state};
    std::string key{};
    Role role{Role::operator_};
    std::vector<Bar> barred{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("key", &Approve::key, key_rule));
        visit(field("role", &Approve::role));
        visit(defaulted("barred", &Approve::barred, rules::at_most(10)));
    }
    bool operator==(const Approve&) const = default;
};

struct SetRole {
    using Result = Nothing;
    static constexpr Method method{"keys.set_role", Role::admin, Effect::changes_state};
    std::string key{};
    Role role{Role::operator_};
    std::vector<Bar> barred{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("key", &SetRole::key, key_rule));
        visit(field("role", &SetRole::role));
        visit(defaulted("barred", &SetRole::barred, rules::at_most(10)));
    }
    bool operator==(const SetRole&) const = default;
};

// From the next request on it may do nothing any more, and it hears nothing.
struct Revoke {
    using Result = Nothing;
    static constexpr Method method{"keys.revoke", Role::admin, Effect::changes_state};
    std::string key{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("key", &Revoke::key, key_rule));
    }
    bool operator==(const Revoke&) const = default;
};

struct RotateResult {
    std::string agent_key{};
    std::optional<std::int64_t> old_key_until{};  // none: it has ended

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("agent_key", &RotateResult::agent_key, key_rule));
        visit(field("old_key_until", &RotateResult::old_key_until, rules::moment));
    }
    bool operator==(const RotateResult&) const = default;
};

// Draws the agent a new key. Workstations that come by within a day learn it by themselves.
struct Rotate {
    using Result = RotateResult;
    static constexpr Method method{"keys.rotate", Role::admin, Effect::changes_state};
    bool at_once{false};  // the key before was stolen: it ends now, and all workstations have to be paired again

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(defaulted("at_once", &Rotate::at_once));
    }
    bool operator==(const Rotate&) const = default;
};

}  // namespace stocktray::ipc::keys
