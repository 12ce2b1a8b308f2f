// Where a floor writes its changes: a bare SQLite file, or the product's own tables.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

namespace stocktray::bench {

class Ledger {
public:
    virtual ~Ledger() = default;
    // Writes so many changes and returns when they are on the disk.
    virtual void commit(std::size_t changes) = 0;
};

// `kind`: "sqlite" or "store". Null for anything else.
[[nodiscard]] std::unique_ptr<Ledger> open_ledger(const std::string& kind, const std::string& folder);

}  // namespace stocktray::bench
