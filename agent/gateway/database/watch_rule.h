// What the agent is told of one SKU of a watched database. Pure: no I/O, no clock.
//
// The database is the truth, the agent's book is what was told of it. Nothing is spooled: what was not told is still
// in the database. A count goes out as `qoh` with `expected`, the book that it replaces, so that the agent posts exactly
// the difference, or refuses. The rules, and why each is as it is:
//
// 1. The base is the agent's book, not what was read last. A SKU that we know nothing of is asked for first; only one
//    that the agent has no count of either goes into a snapshot, which posts nothing (so is the whole first run).
//    Because a state file that was lost looks like a first run, and a snapshot then would swallow what changed meanwhile.
// 2. An offer is durable before it is sent, and is sent again, unchanged, until it is answered.
//    Because 100 -> 99 may have been taken without our hearing of it; the database goes back to 100, nothing seems to
//    have changed, and the book says 99 for ever. A question in place of the repeat is not enough: the first sending
//    may still lie in a buffer and be taken after the answer.
// 3. Only "accepted" says that the book is what was offered. After any other answer the book is asked for, and the
//    database is read again *after* that. Because a duplicate may be that of a restored state file, a superseded count
//    has moved nothing, and in a conflict somebody else (a second gateway, a person) has told a newer count than ours.
// 4. A version is the time when the reading began, or one more than the last. Because a reading that took long must
//    lose against one that began later, and a state file that was lost or restored must not fall behind.
//    Where it lost all the same (a clock that was wrong), the next leaps ahead, further each time; `expected` keeps that safe.
// 5. The id is made of SKU and version, so 100, 99, 100, 99 are four changes, and a repeat is none.
// 6. A SKU that is missing from a reading is told nothing, least of all 0. Because a query was changed, an item was
//    deleted, a reading was cut: none of that is stock. When it comes back it is compared as ever.
// 7. No time goes with a count. Because the agent takes a change that is older than a snapshot to be contained in
//    it; `expected` says exactly what this one is relative to.
// 8. An agent that was restored, or is another one, gets a whole snapshot and no changes: what was posted in its
//    former life would be posted again. What was offered to the former one is dropped.
// 9. A SKU whose offers are not accepted is asked about ever more seldom, and from the third time on stands in front of
//    a person with the agent's words.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::gateway::database {

// A row of the query.
struct Counted {
    std::string sku{};
    std::int64_t qoh{0};
    std::optional<std::string> name{};
    bool is_tracked{true};
    bool operator==(const Counted&) const = default;
};

// A count on its way to the agent.
struct Offer {
    std::int64_t qoh{0};
    std::int64_t expected{0};
    std::int64_t version{0};
    bool operator==(const Offer&) const = default;
};

// What the agent knows of an item beside its count; it takes them from snapshots only.
struct Description {
    std::optional<std::string> name{};
    bool is_tracked{true};
    bool operator==(const Description&) const = default;
};

// What is kept of a SKU.
struct Watched {
    std::optional<std::int64_t> told{};        // the agent's book; none: has to be asked for
    std::optional<Offer> offer{};              // may have reached the agent
    std::optional<Description> described{};    // none: not told yet
    std::int64_t version{0};                   // the last that was drawn
    int setbacks{0};                           // answers in a row that were not "accepted"
    std::int64_t not_before{0};                // milliseconds since the epoch: the SKU rests until then
    std::string trouble{};                     // the agent's words of the last refusal
    bool operator==(const Watched&) const = default;
};

enum class Step {
    nothing,   // both sides are equal
    rest,      // its turn has not come
    repeat,    // an offer has no answer yet
    ask,       // the agent's book is not known
    offer,     // the count has changed
    describe,  // only name or tracking has
};

[[nodiscard]] Step step_for(const Watched& watched, const Counted& counted, std::int64_t now_ms);

// Draws the next offer; `told` must be known. `read_at_ms`: when the reading began.
void make_offer(Watched& watched, const Counted& counted, std::int64_t read_at_ms);

// What the agent answered to an offer.
void accepted(Watched& watched);
// A refusal, or an answer that does not say what became of it.
void not_accepted(Watched& watched, std::string words, std::int64_t now_ms);

// Both sides have come to be equal by themselves.
void settled(Watched& watched);

// What it answered to the question for its book; none: it has no count of the SKU.
enum class Known { has_book, needs_snapshot };
Known asked(Watched& watched, std::optional<std::int64_t> book);

// A snapshot with this count was taken over.
void snapshot_taken(Watched& watched, const Counted& counted);

// The agent is another one, or has lost what it knew.
void forget_agent(Watched& watched);

// 1 to 64 printable characters; the same for ever for the same watch, SKU and version.
[[nodiscard]] std::string id_of(std::string_view watch, std::string_view sku, std::int64_t version);

// From how many refusals on a person should know.
inline constexpr int setbacks_for_a_person = 3;
[[nodiscard]] inline bool needs_a_person(const Watched& watched) { return watched.setbacks >= setbacks_for_a_person; }

}  // namespace stocktray::gateway::database
