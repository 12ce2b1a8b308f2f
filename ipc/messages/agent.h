// agent.*: who answers, how everything is, and the agent's end.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/bar.h"
#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/trouble.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::agent {

struct HelloResult {
    std::string agent{};    // the agent's id
    std::string version{};  // of the program
    std::int64_t protocol{1};
    std::string run{};                        // drawn at each start
    std::vector<std::string> capabilities{};  // the methods and extensions that it has
    Role role{Role::viewer};                  // of this client
    std::int64_t server_time{0};
    std::string incarnation{};  // drawn with the database
    bool restored{false};       // the database is older than what the agent has already sent
    std::optional<std::string> agent_key{};  // over the network: the key it has from now on
    std::vector<Bar> barred{};               // for this client, whatever its role

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("agent", &HelloResult::agent, rules::line));
        visit(field("version", &HelloResult::version, rules::line));
        visit(field("protocol", &HelloResult::protocol, rules::number));
        visit(field("run", &HelloResult::run, rules::line));
        visit(field("capabilities", &HelloResult::capabilities, rules::at_most(1'000, rules::line)));
        visit(field("role", &HelloResult::role));
        visit(field("server_time", &HelloResult::server_time, rules::moment));
        visit(field("incarnation", &HelloResult::incarnation, rules::line));
        visit(field("restored", &HelloResult::restored));
        visit(field("agent_key", &HelloResult::agent_key, rules::line));
        visit(defaulted("barred", &HelloResult::barred, rules::at_most(10)));
    }
    bool operator==(const HelloResult&) const = default;
};

struct Hello {
    using Result = HelloResult;
    static constexpr Method method{"agent.hello", Role::viewer, Effect::reads};
    std::string client{};  // name and version of the caller, for the log
    std::int64_t protocol{1};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("client", &Hello::client, rules::some_line));
        visit(field("protocol", &Hello::protocol, rules::between(1, 1'000)));
    }
    bool operator==(const Hello&) const = default;
};

// One cart as it stands. The numbers count posts; `uncertain` includes the parked ones.
struct CartStatus {
    static constexpr std::string_view type_name = "CartStatus";
    std::string cart{};
    std::string name{};
    Health health{Health::off};
    bool synchronize_inventory{false};
    bool paused{false};
    std::optional<std::int64_t> paused_until{};
    std::int64_t queued{0};
    std::int64_t sending{0};
    std::int64_t uncertain{0};
    std::int64_t parked{0};
    std::int64_t rejected{0};
    std::int64_t late{0};
    std::int64_t slow{0};
    std::int64_t oldest_age_ms{0};  // 0 when nothing is unconfirmed
    std::optional<WaitingFor> waiting_for{};
    std::optional<std::int64_t> until{};
    std::int64_t last_confirmed_at{0};           // 0: never yet
    std::optional<std::int64_t> not_imported{};  // web orders the Order Manager has not imported
    std::optional<bool> import_complete{};
    std::optional<std::int64_t> unaligned_since{};  // its counts were not compared as a whole since
    std::optional<Trouble> last_error{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &CartStatus::cart, rules::cart));
        visit(field("name", &CartStatus::name, rules::line));
        visit(field("health", &CartStatus::health));
        visit(field("synchronize_inventory", &CartStatus::synchronize_inventory));
        visit(field("paused", &CartStatus::paused));
        visit(field("paused_until", &CartStatus::paused_until, rules::moment));
        visit(field("queued", &CartStatus::queued, rules::number));
        visit(field("sending", &CartStatus::sending, rules::number));
        visit(field("uncertain", &CartStatus::uncertain, rules::number));
        visit(field("parked", &CartStatus::parked, rules::number));
        visit(field("rejected", &CartStatus::rejected, rules::number));
        visit(field("late", &CartStatus::late, rules::number));
        visit(field("slow", &CartStatus::slow, rules::number));
        visit(field("oldest_age_ms", &CartStatus::oldest_age_ms, rules::duration));
        visit(field("waiting_for", &CartStatus::waiting_for));
        visit(field("until", &CartStatus::until, rules::moment));
        visit(field("last_confirmed_at", &CartStatus::last_confirmed_at, rules::moment));
        visit(field("not_imported", &CartStatus::not_imported, rules::number));
        visit(field("import_complete", &CartStatus::import_complete));
        visit(field("unaligned_since", &CartStatus::unaligned_since, rules::moment));
        visit(field("last_error", &CartStatus::last_error));
    }
    bool operator==(const CartStatus&) const = default;
};

// The posts of all carts together.
struct StackCounts {
    static constexpr std::string_view type_name = "StackCounts";
    std::int64_t queued{0};
    std::int64_t sending{0};
    std::int64_t uncertain{0};
    std::int64_t parked{0};
    std::int64_t rejected{0};
    std::int64_t late{0};
    std::int64_t slow{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("queued", &StackCounts::queued, rules::number));
        visit(field("sending", &StackCounts::sending, rules::number));
        visit(field("uncertain", &StackCounts::uncertain, rules::number));
        visit(field("parked", &StackCounts::parked, rules::number));
        visit(field("rejected", &StackCounts::rejected, rules::number));
        visit(field("late", &StackCounts::late, rules::number));
        visit(field("slow", &StackCounts::slow, rules::number));
    }
    bool operator==(const StackCounts&) const = default;
};

struct StatusResult {
    std::string run{};
    std::int64_t seq{0};  // of the last event
    bool synch_qoh{false};
    std::optional<bool> restored{};
    std::vector<CartStatus> carts{};
    StackCounts stack{};
    std::int64_t uptime_ms{0};
    std::optional<std::string> agent_key{};  // over the network: the key it has from now on

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("run", &StatusResult::run, rules::line));
        visit(field("seq", &StatusResult::seq, rules::number));
        visit(field("synch_qoh", &StatusResult::synch_qoh));
        visit(field("restored", &StatusResult::restored));
        visit(field("carts", &StatusResult::carts));
        visit(field("stack", &StatusResult::stack));
        visit(field("uptime_ms", &StatusResult::uptime_ms, rules::duration));
        visit(field("agent_key", &StatusResult::agent_key, rules::line));
    }
    bool operator==(const StatusResult&) const = default;
};

struct Status : Nothing {
    using Result = StatusResult;
    static constexpr Method method{"agent.status", Role::viewer, Effect::reads};
};

struct MetricsResult {
    std::string text{};  // in the Prometheus text format

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("text", &MetricsResult::text, rules::text_up_to(4'000'000)));
    }
    bool operator==(const MetricsResult&) const = default;
};

struct Metrics : Nothing {
    using Result = MetricsResult;
    static constexpr Method method{"agent.metrics", Role::viewer, Effect::reads};
};

struct DiagnosticsResult {
    std::string path{};  // on the agent's machine

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("path", &DiagnosticsResult::path));
    }
    bool operator==(const DiagnosticsResult&) const = default;
};

// Writes a bundle for support; secrets and customer data are left out.
struct Diagnostics : Nothing {
    using Result = DiagnosticsResult;
    static constexpr Method method{"agent.diagnostics", Role::operator_, Effect::reads};
};

// Answered when a clean stop has begun.
struct Shutdown : Nothing {
    using Result = Nothing;
    static constexpr Method method{"agent.shutdown", Role::admin, Effect::changes_state};
};

}  // namespace stocktray::ipc::agent
