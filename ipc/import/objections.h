// Why a file that could be read is not taken before somebody has said so.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ipc/import/ledger.h"
#include "ipc/stock_file/stock_file.h"

namespace stocktray::import {

// What is known of earlier files.
struct Earlier {
    std::optional<LedgerEntry> same{};         // the same content
    std::optional<LedgerEntry> beginning{};    // the longest file of changes that this one begins with
    std::optional<LedgerEntry> last_count{};   // of the series
};

// What somebody has agreed to.
struct Consent {
    bool skips_bad_lines{false};
    bool takes_fewer{false};  // than the last count of the series has
    bool takes_again{false};  // the same content is a new file
    bool takes_only_new{false};  // of a file that has grown, the rows behind those that were taken
};

struct Objection {
    enum class Kind { bad_lines, fewer, taken_before, has_grown, no_rows };
    Kind kind{Kind::bad_lines};
    std::string sentence{};

    bool operator==(const Objection&) const = default;
};

// A count with fewer rows than this share of the last one is asked about.
inline constexpr int default_fewest_percent = 80;

// None: it may be taken. A file that was begun and not finished is not the same as one that was taken.
[[nodiscard]] std::vector<Objection> objections(const stock_file::Contents& contents, const Earlier& earlier,
                                                const Consent& consent, int fewest_percent);

// Where no earlier count of the series is known: against the number of SKUs of which the agent knows a count.
[[nodiscard]] std::optional<Objection> fewer_than_known(const stock_file::Contents& contents, std::int64_t known,
                                                        const Consent& consent, int fewest_percent);

// Which attempt at its content this would be.
[[nodiscard]] std::int64_t attempt_of(const Earlier& earlier) noexcept;

// "2026-11-29 14:03", in local time.
[[nodiscard]] std::string moment(std::int64_t ms);

}  // namespace stocktray::import
