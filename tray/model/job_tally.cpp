#include "tray/model/job_tally.h"

namespace stocktray::tray {

using ipc::Cause;
using ipc::JobResult;
using ipc::jobs::ResultItem;

bool is_new_product(const ResultItem& item) {
    return item.result == JobResult::new_ ||
           (item.result == JobResult::would_change && item.cause == Cause::only_at_store);
}

bool is_change(const ResultItem& item) {
    return item.result == JobResult::would_change || is_new_product(item);
}

void JobTally::count(const ResultItem& item, std::int64_t by) {
    if (item.result == JobResult::waiting) {
        auto& some = waiting[item.cause.value_or(Cause::unknown)];
        some += by;
        if (some == 0) waiting.erase(item.cause.value_or(Cause::unknown));
    }
    // Only of what was to be changed stands what came of it.
    if (item.result == JobResult::different && item.before && item.after && item.delta != 0) {
        if (*item.after == *item.before + item.delta) unread += by;
        else if (*item.after != *item.before) missed += by;
    }
    if (is_new_product(item)) {
        new_products += by;
        return;
    }
    if (item.result != JobResult::would_change && (item.result != JobResult::ok || item.delta == 0)) return;
    changed += by;
    // Whose count is changed: a Get changes the Order Manager's.
    if (item.after && *item.after <= 0 && *item.after - item.delta > 0) to_zero += by;
}

void JobTally::add(const ResultItem& item) {
    count(item, 1);
}

void JobTally::remove(const ResultItem& item) {
    count(item, -1);
}

}  // namespace stocktray::tray
