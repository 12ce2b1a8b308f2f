// A job: Get QOH From Website, Send QOH To Website, an audit, or taking one of them back; and what it says of each
// SKU.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/stack/post.h"
#include "core/time.h"

namespace stocktray::jobs {

using JobId = std::int64_t;

enum class Kind { get_qoh, send_qoh, audit, undo };
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;
[[nodiscard]] std::optional<Kind> kind_from(std::string_view word) noexcept;
// As people call it: "Get QOH From Website".
[[nodiscard]] std::string_view in_words(Kind kind) noexcept;
// What it is for goes to the store as posts. (An audit repairs by posts, too, but is worth something without.)
[[nodiscard]] constexpr bool puts_posts(Kind kind) noexcept { return kind == Kind::send_qoh || kind == Kind::undo; }

enum class State {
    queued,     // begins with the next turn
    running,
    waiting,    // for the cart, for web orders, for its posts
    blocked,    // a guard asks before anything was written
    done,       // every SKU is dealt with or named `waiting`; those go on by themselves
    failed,
    cancelled,
};
[[nodiscard]] std::string_view to_string(State state) noexcept;
[[nodiscard]] std::optional<State> state_from(std::string_view word) noexcept;
[[nodiscard]] constexpr bool is_at_work(State state) noexcept {
    return state == State::queued || state == State::running || state == State::waiting;
}

// What a job says of a SKU.
enum class ItemResult { ok, would_change, not_found, not_tracked, ambiguous, error, skipped, new_, different, waiting };
[[nodiscard]] std::string_view to_string(ItemResult result) noexcept;
[[nodiscard]] std::optional<ItemResult> item_result_from(std::string_view word) noexcept;

// Why two counts are as they are.
enum class Cause {
    equal,
    in_flight,
    web_orders_not_imported,
    buffer,
    clamped,
    changed_at_store,
    lost_at_store,
    rejected,
    uncertain,
    not_tracked,
    duplicate_sku,
    case_differs,
    only_here,
    only_at_store,
    unaligned,  // the two were not made equal since the Order Manager counted anew, or since the cart was turned on
    unknown,
};
[[nodiscard]] std::string_view to_string(Cause cause) noexcept;
[[nodiscard]] std::optional<Cause> cause_from(std::string_view word) noexcept;
// The same in words: "changed at the store".
[[nodiscard]] std::string_view in_words(Cause cause) noexcept;

struct Options {
    bool is_dry_run{false};
    bool creates_records{false};   // Get: SKUs that the Order Manager does not know are handed out as new products
    bool allows_pending{false};    // a person says that no web order waits to be imported
    bool overrides_guard{false};
    std::optional<std::vector<std::string>> skus;  // the Order Manager's; none: all
    std::optional<JobId> undoes;
    std::string by;
    std::string reason;
};

struct Job {
    JobId id{0};
    stack::CartKey cart{0};
    Kind kind{Kind::audit};
    State state{State::queued};
    Options options;               // without `skus`, which stay in the database
    bool is_selection{false};
    WallTime started_at{};
    std::optional<WallTime> finished_at;
    std::int64_t total{0};
    std::int64_t done{0};
    std::string code;              // why it is blocked or has failed
    std::string message;
    std::string data;              // a JSON object
    std::string let_go;            // why its SKUs that wait are being skipped; empty: they go on

    // It looks at all counts of its cart, and changes what it has to.
    [[nodiscard]] bool compares_all() const noexcept {
        return kind != Kind::undo && !options.is_dry_run && !is_selection;
    }
};

// An audit that has met the guard: it repairs nothing, nor do its SKUs that go on later.
[[nodiscard]] inline bool only_names(const Job& job) noexcept { return job.kind == Kind::audit && !job.code.empty(); }

// What is still to be done for a SKU.
enum class Stage {
    none,
    posted,      // its gap is in a post
    handed_out,  // its difference waits for the Order Manager
    to_replace,  // its count goes with the next qohreplace
    replaced,    // the script was told its count
    to_read,     // its count is to be read back
};
[[nodiscard]] std::string_view to_string(Stage stage) noexcept;
[[nodiscard]] std::optional<Stage> stage_from(std::string_view word) noexcept;

struct JobItem {
    JobId job{0};
    std::string store_sku;
    std::string sku;
    std::optional<stack::ListingKey> listing;
    ItemResult result{ItemResult::ok};
    Stage stage{Stage::none};
    std::optional<Cause> cause;
    std::optional<std::int64_t> om_qoh;
    std::optional<std::int64_t> before;  // at the store
    std::optional<std::int64_t> after;
    std::int64_t delta{0};
    std::optional<stack::PostId> post;
    std::string text;                    // why, a sentence

    // Something was done for it: a new reading does not judge it anew.
    [[nodiscard]] bool is_dealt_with() const noexcept {
        return post || stage != Stage::none || (delta != 0 && (result == ItemResult::ok || result == ItemResult::new_));
    }
};

// The job moved a count with this line: undo has something to take back.
[[nodiscard]] bool has_moved(Kind kind, const JobItem& line) noexcept;

using Counts = std::map<ItemResult, std::int64_t>;

}  // namespace stocktray::jobs
