// What a job says of each SKU: as a table for people, as CSV for spreadsheets, as JSON for programs.
#pragma once
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/ctl/commands/pages.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/session.h"
#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

// What a person wants to know of many lines in a few numbers.
struct Tally {
    std::int64_t changed{0};  // counts that were, or would be, changed
    std::int64_t to_zero{0};  // of them, to 0 or less from more
    std::int64_t new_products{0};
    std::int64_t missed{0};   // of those that differ: changed, and not to what was due
    std::int64_t unread{0};   // of those that differ: told to the store, which has not said since what it has
    std::int64_t unknown{0};  // SKUs that were named and that the Order Manager does not know
    std::map<ipc::Cause, std::int64_t> waiting;

    void add(const ipc::jobs::ResultItem& item);
};

// "2 SKUs wait for web orders. 1 SKU waits for what is under way." Empty: none waits.
[[nodiscard]] std::string waits(const Tally& tally);

// The table's columns for jobs of this kind, with the lines in it.
[[nodiscard]] Table table_of(ipc::JobKind kind, const std::vector<ipc::jobs::ResultItem>& items);

// A file that is written line by line, or standard output with "-". Opened before a job is started: a file
// that cannot be written is then no loss.
class ResultsCsv {
public:
    // False: the file cannot be written.
    [[nodiscard]] bool open(const std::string& file, const Terminal& terminal);
    void add(const ipc::jobs::ResultItem& item);
    // False: not all of it was written.
    [[nodiscard]] bool close();

private:
    std::ofstream file_;
    std::ostream* out_{nullptr};
};

// Calls `take` for each line, a page at a time.
[[nodiscard]] ipc::Expected<void> each_result(Session& session, std::int64_t job,
                                              std::optional<ipc::JobResult> only, auto&& take) {
    return each_page(session, ipc::jobs::Results{.job = job, .result = only}, INT64_MAX,
                     [&](ipc::jobs::ResultsResult page) {
                         for (auto& item : page.items) take(std::move(item));
                     });
}

}  // namespace stocktray::ctl
