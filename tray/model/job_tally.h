// What a person wants to know of a job's many lines in a few numbers.
#pragma once
#include <cstdint>
#include <map>

#include "ipc/messages/jobs.h"

namespace stocktray::tray {

struct JobTally {
    std::int64_t changed{0};  // counts that were, or would be, changed
    std::int64_t to_zero{0};  // of them, to 0 or less from more
    std::int64_t new_products{0};
    std::int64_t missed{0};  // of those that differ: changed, and not to what was due
    std::int64_t unread{0};  // of those that differ: told to the store, which has not said since what it has
    std::map<ipc::Cause, std::int64_t> waiting{};

    void add(const ipc::jobs::ResultItem& item);
    // Takes back what `add` did for the same item.
    void remove(const ipc::jobs::ResultItem& item);

    bool operator==(const JobTally&) const = default;

private:
    void count(const ipc::jobs::ResultItem& item, std::int64_t by);
};

// Of a preview: it would change the SKU's count, or make a product of it.
[[nodiscard]] bool is_change(const ipc::jobs::ResultItem& item);
// The store knows it, the Order Manager does not.
[[nodiscard]] bool is_new_product(const ipc::jobs::ResultItem& item);

}  // namespace stocktray::tray
