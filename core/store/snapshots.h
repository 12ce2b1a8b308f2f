// The Order Manager's whole count: collected part by part until the last one is there, then taken over slice by slice.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inventory/quantity.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

struct SnapshotItem {
    std::string sku;
    inventory::Quantity qoh;
    std::optional<std::string> name;
    bool is_tracked{true};
};

struct OpenSnapshot {
    std::string source;
    std::string snapshot;  // its id
    WallTime opened_at{};
    AgentTime opened{};
    std::int64_t last_part{0};
    AgentTime touched{};
    std::int64_t received{0};          // SKUs so far
    std::optional<WallTime> whole_at;  // its last part has come: it is being taken over
    std::string taken_to;              // up to this SKU
    std::int64_t moved{0};             // counts that differed
};

class Snapshots {
public:
    explicit Snapshots(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::optional<OpenSnapshot> find(std::string_view source) const;
    // A new one in place of the source's open one.
    void open(const OpenSnapshot& snapshot);
    // Writes how far it has got.
    void save(const OpenSnapshot& snapshot);
    // Of a SKU that was sent before the later count holds. `received` of the snapshot grows by the others.
    void add_part(OpenSnapshot& snapshot, const std::vector<SnapshotItem>& items);
    // The one that is being taken over: of several the one that was whole first.
    [[nodiscard]] std::optional<OpenSnapshot> whole() const;
    // Behind `taken_to`, in the order of SKUs (so that the books are written in the order of their index).
    [[nodiscard]] std::vector<SnapshotItem> next(const OpenSnapshot& snapshot, std::int64_t limit) const;
    // It has been taken over.
    void remove(std::string_view source, std::string_view sku);
    // Those that were not removed.
    [[nodiscard]] std::vector<std::string> left(std::string_view source) const;
    void close(std::string_view source);
    // Discards those without a part since `limit` that are not whole.
    void discard_idle(AgentTime limit);

private:
    Database& database_;
};

}  // namespace stocktray::store
