// The Order Manager's whole count, collected part by part until the last one is there.
#pragma once
#include <cstdint>
#include <functional>
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
};

class Snapshots {
public:
    explicit Snapshots(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::optional<OpenSnapshot> find(std::string_view source) const;
    // A new one in place of the source's open one.
    void open(const OpenSnapshot& snapshot);
    void add_part(const OpenSnapshot& snapshot, const std::vector<SnapshotItem>& items);
    // Calls `take` for each collected item in the order of SKUs (so that the books are written in the order
    // of their index); of a SKU sent twice the later.
    void each(std::string_view source, const std::function<void(const SnapshotItem&)>& take) const;
    [[nodiscard]] std::int64_t count(std::string_view source) const;
    void close(std::string_view source);
    // Discards those without a part since `limit`.
    void discard_idle(AgentTime limit);

private:
    Database& database_;
};

}  // namespace stocktray::store
