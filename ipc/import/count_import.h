// The way of a whole count to the agent: as a snapshot, whose name comes of the file.
#pragma once
#include <string>
#include <vector>

#include "ipc/messages/qoh.h"
#include "ipc/spool/outbox.h"

namespace stocktray::import {

// Clocks differ by so much, and a program needs so long to write what it has counted.
inline constexpr std::int64_t doubtful_ms = 2 * 60 * 1'000;

struct CountFile {
    const std::vector<ipc::qoh::SnapshotItem>& items;
    std::string source{};
    std::string snapshot{};
    std::int64_t written_at{0};  // milliseconds since the epoch
    bool is_resumed{false};      // it may have come over before
    bool is_opened{false};       // the snapshot, by somebody, before the counts were read: the agent knows what has changed since
};

struct CountTaken {
    std::int64_t received{0};
    std::vector<std::string> retake{};  // changed while the agent took the count: it has no verdict on them until counted again
    std::vector<std::string> left{};    // changed at about the time the file was written, or since: their counts stay as they were
};

// `timeout`: of each answer.
[[nodiscard]] ipc::Expected<CountTaken> import_counts(const CountFile& file, ipc::Outbox& outbox, ipc::Outbox::Duration timeout);

}  // namespace stocktray::import
