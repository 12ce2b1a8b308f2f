// What the agent tells by itself. Each event's topic begins with its family's word; `run`, `seq` and
// `topic_seq` are added by the bus (`ipc/server`).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/data.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/field.h"
#include "ipc/messages/history.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/stack.h"

namespace stocktray::ipc::events {

// The first thing a subscriber hears: from here on it misses nothing. It is no event of its own: it counts in
// no sequence, and `seq` and `topic_seqs` (by first word) are those of the last events sent.
struct Welcome {
    static constexpr std::string_view topic = "agent.welcome";
    std::string run{};
    std::int64_t seq{0};
    std::map<std::string, std::int64_t> topic_seqs{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("run", &Welcome::run, rules::line));
        visit(field("seq", &Welcome::seq, rules::number));
        visit(field("topic_seqs", &Welcome::topic_seqs, rules::number));
    }
    bool operator==(const Welcome&) const = default;
};

struct AgentStarted {
    static constexpr std::string_view topic = "agent.started";
    std::string version{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("version", &AgentStarted::version, rules::line));
    }
    bool operator==(const AgentStarted&) const = default;
};

struct AgentStopping {
    static constexpr std::string_view topic = "agent.stopping";
    std::string version{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("version", &AgentStopping::version, rules::line));
    }
    bool operator==(const AgentStopping&) const = default;
};

// At most 5 a second per cart; the last state always comes.
struct StackChanged : agent::CartStatus {
    static constexpr std::string_view topic = "stack.changed";
};

struct PostConfirmed : stack::Post {
    static constexpr std::string_view topic = "post.confirmed";
    std::int64_t took_ms{0};  // since its oldest change was accepted

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Post::each_field(visit);
        visit(field("took_ms", &PostConfirmed::took_ms, rules::duration));
    }
    bool operator==(const PostConfirmed&) const = default;
};
struct PostLate : stack::Post {
    static constexpr std::string_view topic = "post.late";
};
struct PostRejected : stack::Post {
    static constexpr std::string_view topic = "post.rejected";
};
struct PostUncertain : stack::Post {
    static constexpr std::string_view topic = "post.uncertain";
};
struct PostSettled : stack::Post {
    static constexpr std::string_view topic = "post.settled";
};

struct CartHealth {
    static constexpr std::string_view topic = "cart.health";
    std::string cart{};
    Health health{Health::off};
    std::optional<Trouble> last_error{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &CartHealth::cart, rules::cart));
        visit(field("health", &CartHealth::health));
        visit(field("last_error", &CartHealth::last_error));
    }
    bool operator==(const CartHealth&) const = default;
};

// The whole cart without its password, or only `cart` and `deleted`.
struct CartChanged : carts::Definition<carts::Maybe> {
    static constexpr std::string_view topic = "cart.changed";
    std::optional<bool> deleted{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        Definition::each_field(visit);
        visit(field("deleted", &CartChanged::deleted));
    }
    bool operator==(const CartChanged&) const = default;
};

struct ParameterChanged {
    static constexpr std::string_view topic = "parameter.changed";
    std::string name{};
    Value value{false};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("name", &ParameterChanged::name, rules::some_line));
        visit(field("value", &ParameterChanged::value));
    }
    bool operator==(const ParameterChanged&) const = default;
};

struct AlertRaised : alerts::Alert {
    static constexpr std::string_view topic = "alert.raised";
};
struct AlertChanged : alerts::Alert {
    static constexpr std::string_view topic = "alert.changed";
};
struct AlertCleared : alerts::Alert {
    static constexpr std::string_view topic = "alert.cleared";
};

// At most twice a second per job; the last state always comes.
struct JobProgress : jobs::Job {
    static constexpr std::string_view topic = "job.progress";
};
struct JobFinished : jobs::Job {
    static constexpr std::string_view topic = "job.finished";
};

struct QohAvailable {
    static constexpr std::string_view topic = "qoh.available";
    std::int64_t waiting{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("waiting", &QohAvailable::waiting, rules::number));
    }
    bool operator==(const QohAvailable&) const = default;
};

struct HistoryAdded : history::Entry {
    static constexpr std::string_view topic = "history.added";
};

}  // namespace stocktray::ipc::events
