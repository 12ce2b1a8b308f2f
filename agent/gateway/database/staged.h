// Walks over the rows of a reading. Internal to telling.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/gateway/database/book.h"
#include "agent/gateway/database/state.h"

namespace stocktray::gateway::database {

// `most` rows at a time, by SKU, until none is left or `use` fails.
inline ipc::Expected<void> for_each_batch(State& state, std::size_t most,
                                          const std::function<ipc::Expected<void>(const std::vector<Counted>&)>& use) {
    std::string after;
    for (;;) {
        const auto rows = state.staged(after, most);
        if (rows.empty()) return {};
        after = rows.back().sku;
        if (auto done = use(rows); !done) return done;
    }
}

[[nodiscard]] inline std::optional<std::int64_t> found_in(const Book::Counts& counts, const std::string& sku) {
    const auto found = counts.find(sku);
    return found == counts.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace stocktray::gateway::database
