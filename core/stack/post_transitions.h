// The one place where a post's state may change. What the table lacks cannot happen: a caller that asks for
// it has a bug if the event is ours, and gets "no change" if the outside made it (a late answer).
// The diagram in ARCHITECTURE.md is generated from this table.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/stack/post.h"

namespace stocktray::stack {

enum class On {
    sent,
    applied,
    refused,
    sku_refused,           // not found, not tracked, ambiguous: sending it again would not help
    unclear,
    found_at_start,        // law 2: it may have gone out
    verified_applied,
    verified_not_applied,
    verified_sku_refused,
    gap_sent,              // through the one door
    switched_off,          // never sent: left to the gap
    cancels_out,           // the changes added up to nothing
    agent_restored,        // what this database calls unsent may have been sent since
    retried,               // by a person
    cancelled,             // by a person
};
[[nodiscard]] std::string_view to_string(On event) noexcept;

struct Transition {
    State from;
    On on;
    State to;
};

[[nodiscard]] std::span<const Transition> post_transitions() noexcept;

// The state after the event, or nothing where the table has no row.
[[nodiscard]] std::optional<State> next_state(State from, On on) noexcept;

// The table as a Mermaid state diagram.
[[nodiscard]] std::string transitions_diagram();

}  // namespace stocktray::stack
