#include "ipc/import/objections.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace stocktray::import {

using Kind = Objection::Kind;

std::string moment(std::int64_t ms) {
    const std::time_t seconds = ms / 1'000;
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:%Y-%m-%d %H:%M}", local);
}

std::optional<Objection> fewer_than_known(const stock_file::Contents& contents, std::int64_t known, const Consent& consent,
                                          int fewest_percent) {
    const auto rows = static_cast<std::int64_t>(contents.rows);
    if (contents.kind != stock_file::Kind::counts || rows == 0 || consent.takes_fewer || rows * 100 >= known * fewest_percent)
        return std::nullopt;
    return Objection{Kind::fewer, fmt::format("The agent knows the counts of {} SKUs; this file has {} row{}. Perhaps it is half.", known,
                                              rows, rows == 1 ? "" : "s")};
}

std::int64_t attempt_of(const Earlier& earlier) noexcept {
    if (!earlier.same) return 1;
    return earlier.same->taken_at ? earlier.same->attempt + 1 : earlier.same->attempt;
}

std::vector<Objection> objections(const stock_file::Contents& contents, const Earlier& earlier, const Consent& consent,
                                  int fewest_percent) {
    std::vector<Objection> found;
    const bool is_count = contents.kind == stock_file::Kind::counts;
    if (contents.bad_rows > 0 && !consent.skips_bad_lines)
        found.push_back({Kind::bad_lines, fmt::format("{} of {} rows cannot be read, so nothing of the file is taken.",
                                                      contents.bad_rows, contents.rows)});
    // No rows of changes change nothing; no rows of a whole count would be a shop without goods.
    if (is_count && contents.counts.empty())
        found.push_back({Kind::no_rows, "There is no count in this file."});
    // An older count with the same content may have become right again; only the last one says nothing new.
    const auto& same = earlier.same;
    const bool is_taken = same && same->taken_at &&
                          (!is_count || (earlier.last_count && earlier.last_count->fingerprint == same->fingerprint));
    if (is_taken && !consent.takes_again)
        found.push_back({Kind::taken_before, fmt::format("The same content was taken as {} on {}.", same->name,
                                                         moment(*same->taken_at))});
    const bool is_unfinished = same && !same->taken_at;
    // What is not known to have been taken cannot be left out.
    const bool may_leave_out = consent.takes_only_new && earlier.beginning && earlier.beginning->taken_at;
    if (earlier.beginning && !is_taken && !is_unfinished && !may_leave_out)
        found.push_back({Kind::has_grown,
                         fmt::format("It begins with the rows of {}, taken on {}: that file was half, or this one goes on "
                                     "growing. They would be counted twice.",
                                     earlier.beginning->name, moment(earlier.beginning->begun_at))});
    if (is_count && earlier.last_count && !consent.takes_fewer) {
        const auto before = earlier.last_count->rows;
        const auto now = static_cast<std::int64_t>(contents.rows);
        if (now * 100 < before * fewest_percent)
            found.push_back({Kind::fewer, fmt::format("The last count, {} of {}, had {} rows; this one has {}. Perhaps it is half.",
                                                      earlier.last_count->name, moment(*earlier.last_count->taken_at), before, now)});
    }
    return found;
}

}  // namespace stocktray::import
