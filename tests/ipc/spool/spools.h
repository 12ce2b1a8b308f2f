// Spools and changes for tests.
#pragma once
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ipc/spool/spool.h"

namespace stocktray::ipc::testing {

[[nodiscard]] inline qoh::Change a_change(const std::string& id, const std::string& sku = "A-1", std::int64_t delta = -1) {
    qoh::Change change;
    change.id = id;
    change.sku = sku;
    change.delta = delta;
    change.reason = Reason::phone_order;
    return change;
}

[[nodiscard]] inline Spool a_spool(const std::filesystem::path& file) {
    auto spool = Spool::open(file, "test");
    REQUIRE_MESSAGE(spool.has_value(), (spool ? "" : spool.error().message));
    return std::move(*spool);
}

inline std::int64_t put(Spool& spool, const qoh::Change& change, std::int64_t now = 1'000) {
    auto seqs = spool.append({&change, 1}, now);
    REQUIRE_MESSAGE(seqs.has_value(), (seqs ? "" : seqs.error().message));
    return seqs->front();
}

[[nodiscard]] inline std::vector<std::string> ids_of(const std::vector<SpoolEntry>& entries) {
    std::vector<std::string> ids;
    for (const auto& entry : entries) ids.push_back(entry.id);
    return ids;
}

[[nodiscard]] inline std::vector<std::string> waiting_ids(Spool& spool) {
    auto entries = spool.list(SpoolState::waiting, 0, 100'000);
    REQUIRE(entries.has_value());
    return ids_of(*entries);
}

}  // namespace stocktray::ipc::testing
