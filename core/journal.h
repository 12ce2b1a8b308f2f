// Writes down what happens, and remembers within a turn what clients must hear once the turn is committed.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/stack/post.h"
#include "core/store/store.h"
#include "core/time.h"

namespace stocktray {

// What became of a post.
enum class PostNews { confirmed, late, rejected, uncertain, settled };

struct PostNotice {
    PostNews news;
    store::ListedPost post;
    std::optional<Milliseconds> took;  // from the change's acceptance to the store's confirmation
};
// Numbers or state of a cart may have changed.
struct StackNotice {
    stack::CartKey cart;
};
// A cart's definition changed.
struct CartNotice {
    stack::CartKey cart;
};
enum class AlertNews { raised, changed, cleared };
struct AlertNotice {
    AlertNews news;
    store::Alert alert;
};
struct HistoryNotice {
    store::HistoryEntry entry;
};
// A job has moved on or ended.
struct JobNotice {
    jobs::JobId job{0};
    bool has_ended{false};  // just now: that waits for no pace
};
// There is something for the Order Manager to take over.
struct PullNotice {
    std::int64_t waiting{0};
};
using Notice = std::variant<PostNotice, StackNotice, CartNotice, AlertNotice, HistoryNotice, JobNotice, PullNotice>;

// Whose doing it is: fills in what an entry does not say itself.
struct Author {
    std::string user;         // empty: not known
    std::string workstation;  // empty: this computer
};

class Journal {
public:
    explicit Journal(store::Store& store) noexcept : store_{store} {}

    // Of all entries until the next call; default: nobody's, the agent's own.
    void write_for(Author author) { author_ = std::move(author); }

    void record(store::HistoryEntry entry);
    void raise(store::Alert alert);
    void clear(std::string_view kind, std::string_view cart, std::string_view sku);
    void tell(Notice notice) { notices_.push_back(std::move(notice)); }

    // What was collected since the last call; empty after a rollback, which forgets it.
    [[nodiscard]] std::vector<Notice> take() { return std::exchange(notices_, {}); }
    void forget() noexcept { notices_.clear(); }

private:
    store::Store& store_;
    Author author_{};
    std::vector<Notice> notices_;
};

}  // namespace stocktray
