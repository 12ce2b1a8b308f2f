// Takes a file of changes or of the whole count over, once. Changes go into the outbox, so nothing is lost while the
// agent is away; a count needs the agent.
#pragma once
#include <cstdint>
#include <istream>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/import/ledger.h"
#include "ipc/import/objections.h"
#include "ipc/spool/outbox.h"
#include "ipc/stock_file/stock_file.h"

namespace stocktray::import {

struct Wishes {
    stock_file::Recipe recipe{};
    Consent consent{};
    int fewest_percent{default_fewest_percent};
    std::string series{};
};

// A file as it was read; nothing has been done yet.
struct Inspected {
    std::string name{};
    LedgerEntry entry{};  // as it will be kept
    stock_file::Contents contents{};
    std::vector<Objection> objections{};
    std::int64_t at{0};  // when it was written, as far as this computer can know; milliseconds since the epoch
    bool is_resumed{false};  // it was begun before, and not finished
};

// Why nothing can be said of the file as a whole.
struct NotInspected {
    enum class Why {
        wrong,    // the file
        half,     // the file; the rest may still come
        storage,  // the ledger
    };
    Why why{Why::wrong};
    std::string sentence{};
    bool only_lacks_line_end{false};  // of a half file: nothing else says that it is not whole
};

// Reads `bytes` twice, from their beginning. `written_at`: when the file was written, as its time stamp says; its changes
// happened then, or before. A stamp of another clock may lie ahead of ours: no file was written later than it was read.
[[nodiscard]] tl::expected<Inspected, NotInspected> inspect(std::istream& bytes, const std::string& name, std::int64_t written_at,
                                                            const Wishes& wishes, Ledger& ledger);

struct Taken {
    std::int64_t rows{0};      // changes that are on the disk, or counts that the agent has
    std::int64_t waiting{0};   // of all changes in the spool: not with the agent yet
    std::vector<stock_file::BadLine> refused{};  // changes that the agent will not have, by their lines
    std::vector<std::string> retake{};  // of a count: SKUs that changed meanwhile, to be counted again
    std::vector<std::string> left{};  // of a count: SKUs that changed at about the time the file was written, or since
};

// Takes over what `inspected` without objections says. Changes are on the disk when it returns; it waits up to `wait`
// for the agent to have them. `opened`: of a count, the name of a snapshot that was opened before it was read; none: it is
// opened now, and what changed since the file was written is left as it is. Called again after a failure or a kill it goes on where it was: nothing counts twice.
// `no_agent`, `no_answer`: a count, and the agent is away. `storage`: the disk.
[[nodiscard]] ipc::Expected<Taken> take(const Inspected& inspected, ipc::Outbox& outbox, Ledger& ledger, const std::string& source,
                                        ipc::Outbox::Duration wait, const std::string& opened = {});

}  // namespace stocktray::import
