// A watched database as the watcher sees it.
#pragma once
#include <functional>
#include <string>

#include "agent/gateway/database/cell.h"
#include "core/result.h"

namespace stocktray::gateway::database {

// One thread uses it. Errors are sentences for the person who runs the database; after one, the next call tries anew.
class Source {
public:
    virtual ~Source() = default;

    // Whether there is a cheap query that shows that something has changed.
    [[nodiscard]] virtual bool has_watermark() const = 0;
    // Its answer as text; any other text means that counts may have changed.
    [[nodiscard]] virtual Result<std::string> watermark() = 0;
    // All rows, in any order, none kept. What was given before an error says nothing.
    [[nodiscard]] virtual Result<void> read(const std::function<void(const RawRow&)>& take) = 0;
};

}  // namespace stocktray::gateway::database
