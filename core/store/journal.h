// What happened, who did it and why (history), and what a person should look at (alerts).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace stocktray::store {

class Database;

struct HistoryEntry {
    std::int64_t entry{0};
    WallTime at{};
    std::string kind;
    std::string by;
    std::string workstation;
    std::string cart;  // ids as on the wire; empty: none
    std::string sku;
    std::optional<std::int64_t> delta;
    std::string text;  // a sentence
    std::vector<std::pair<std::string, std::string>> more{};  // for programs: names and values
};

// An entry without its sentence, for counting.
struct HistoryMark {
    std::int64_t entry{0};
    WallTime at{};
    std::string_view kind;
    std::string_view cart;
    std::string_view reason;  // of a change
};

struct HistoryFilter {
    std::optional<std::string> cart;
    std::optional<std::string> sku;
    std::vector<std::string> kinds;  // empty: all
    std::optional<WallTime> since;
    std::int64_t after{0};
    std::int64_t limit{100};
};

class History {
public:
    explicit History(Database& database) noexcept : database_{database} {}

    void add(HistoryEntry& entry);  // sets `entry.entry`
    [[nodiscard]] std::optional<HistoryEntry> get(std::int64_t entry) const;
    [[nodiscard]] std::vector<HistoryEntry> list(const HistoryFilter& filter) const;
    // The last entries of one SKU, newest first.
    [[nodiscard]] std::vector<HistoryEntry> latest_of(std::string_view sku, std::int64_t limit) const;
    // Those from `from` to before `until`, the newest first; at most `most` are looked at. Calls `take` for each;
    // its texts live until it returns. True: there are no more.
    bool each_between(WallTime from, WallTime until, std::int64_t most,
                      const std::function<void(const HistoryMark&)>& take) const;
    std::int64_t prune(WallTime limit, std::int64_t most);

private:
    // The first entry at or after `time`; behind the last one if there is none. The wall clock may have jumped
    // in between: entries from near a jump are then found on the wrong side of it.
    [[nodiscard]] std::int64_t first_since(WallTime time) const;

    Database& database_;
};

enum class Severity { info, warning, critical };
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;

struct Alert {
    std::int64_t alert{0};
    std::string kind;
    Severity severity{Severity::warning};
    std::string cart;
    std::string sku;
    WallTime since{};
    std::string message;
    std::string hint;
    std::string action;
    std::int64_t count{1};
    bool is_dismissed{false};
};

enum class Raised { newly, changed, same };

class Alerts {
public:
    explicit Alerts(Database& database) noexcept : database_{database} {}

    // One alert per kind, cart and SKU: a second raising updates it. `alert.alert` and `since` are set.
    [[nodiscard]] Raised raise(Alert& alert);
    // The alert that was cleared, if there was one.
    [[nodiscard]] std::optional<Alert> clear(std::string_view kind, std::string_view cart, std::string_view sku);
    [[nodiscard]] std::vector<Alert> list() const;  // those not dismissed, oldest first
    // The same, those behind `after`, as long as `take` wants more.
    void each_after(std::int64_t after, const std::function<bool(const Alert&)>& take) const;
    [[nodiscard]] std::optional<Alert> dismiss(std::int64_t alert);
    [[nodiscard]] std::vector<Alert> of_cart(std::string_view cart) const;
    // Those whose kind begins so, dismissed ones too.
    [[nodiscard]] std::vector<Alert> of_kinds(std::string_view beginning) const;

private:
    Database& database_;
};

}  // namespace stocktray::store
