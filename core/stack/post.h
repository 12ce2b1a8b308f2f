// A post: one stock change on its way to one listing, and the states of its life.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"
#include "core/inventory/quantity.h"
#include "core/time.h"

namespace stocktray::stack {

using PostId = std::int64_t;
using CartKey = std::int64_t;     // the cart's row in the database; its id on the wire is a text
using ListingKey = std::int64_t;
using ItemKey = std::int64_t;

enum class State {
    queued,     // waits to be sent
    sending,    // committed before the request leaves; found so at a start it becomes uncertain
    uncertain,  // may or may not have been applied
    rejected,   // certainly not applied; a person looks
    confirmed,  // applied
    settled,    // its pieces went out with a gap that was sent through the one door
    folded,     // never sent, left to the gap
    cancelled,  // a person took it out
};
[[nodiscard]] std::string_view to_string(State state) noexcept;
[[nodiscard]] std::optional<State> state_from(std::string_view word) noexcept;

// Which of a cart's posts leave first. What a job sends goes behind every change, in requests of its own.
enum class Lane { last_pieces, changes, jobs };

enum class Proposal { applied, not_applied };
[[nodiscard]] std::string_view to_string(Proposal proposal) noexcept;

// Was it unclear whether the post was applied, and what ended that?
enum class Doubt {
    none,
    open,
    key,     // the store remembered its key
    gap,     // the missing difference was sent through the one door
    person,
};
[[nodiscard]] std::string_view to_string(Doubt doubt) noexcept;
[[nodiscard]] Doubt doubt_from(std::string_view word) noexcept;

// What an unfinished post waits for; the protocol's words.
enum class WaitingFor {
    retry_timer,
    circuit_open,
    credentials,
    paused,
    earlier_post,
    free_connection,
    settling,
    verification,
    order_import,
    restored,
    person,
};
[[nodiscard]] std::string_view to_string(WaitingFor waiting) noexcept;

struct Post {
    PostId id{0};
    CartKey cart{0};
    ListingKey listing{0};
    inventory::Delta delta;
    State state{State::queued};
    bool is_parked{false};
    bool is_paused{false};  // by a person, until `due`
    std::int64_t attempts{0};
    std::int64_t changes{1};  // how many changes were added up in it
    WallTime created_at{};
    AgentTime created{};
    AgentTime due{};  // queued, or uncertain with a key: not to be tried before
    std::optional<cart::PostKey> key;
    std::optional<WallTime> first_sent_at;
    std::optional<AgentTime> first_sent;
    std::optional<WallTime> finished_at;
    std::string error_code;  // a `Cause` in words of the wire, or empty
    std::string error_text;  // what the store said
    std::optional<std::int64_t> expected_qoh;
    std::optional<std::int64_t> reply_qoh;
    std::optional<Proposal> proposal;
    std::optional<PostId> settled_by;
    Doubt doubt{Doubt::none};
};

}  // namespace stocktray::stack
