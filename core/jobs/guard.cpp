#include "core/jobs/guard.h"

#include <fmt/format.h>

namespace stocktray::jobs {
namespace {

constexpr std::int64_t handful = 5;

}  // namespace

void Reach::add(std::int64_t before, std::int64_t after) noexcept {
    ++compared;
    if (before == after) return;
    ++changed;
    if (before <= 0) return;
    const auto difference = after > before ? after - before : before - after;
    if (difference * 2 > before) ++by_half;
    if (after <= 0) ++to_zero;
}

std::optional<GuardWords> guard(const Reach& reach, std::int64_t percent) {
    const auto is_many = [&](std::int64_t skus, std::int64_t of) { return skus >= handful && skus * 100 > of * percent; };
    if (reach.listed_before > 0 && is_many(reach.listed_before - reach.listed, reach.listed_before))
        return GuardWords{"short_list",
                          fmt::format("The store lists {} SKUs now; the last complete list had {}.", reach.listed,
                                      reach.listed_before)};
    if (is_many(reach.to_zero, reach.compared))
        return GuardWords{"zeros", fmt::format("{} of {} counts would become 0.", reach.to_zero, reach.compared)};
    if (is_many(reach.by_half, reach.compared))
        return GuardWords{"wipe", fmt::format("{} of {} counts would change by more than half.", reach.by_half,
                                              reach.compared)};
    return std::nullopt;
}

std::string to_json(const Reach& reach) {
    return fmt::format(R"({{"compared":{},"changed":{},"by_half":{},"to_zero":{},"listed":{},"listed_before":{}}})",
                       reach.compared, reach.changed, reach.by_half, reach.to_zero, reach.listed, reach.listed_before);
}

}  // namespace stocktray::jobs
