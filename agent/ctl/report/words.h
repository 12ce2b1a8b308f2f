// A report's facts as pairs of a name and a value, for the text and for the page alike.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ipc/messages/report.h"

namespace stocktray::ctl {

struct Fact {
    std::string name;
    std::string value;
};

// "18 November 2026 09:00 to …", in local time.
[[nodiscard]] std::string time_of(const ipc::report::GetResult& report);

// "1234 changes of counts in the Order Manager; every store has followed." The first thing to be read.
[[nodiscard]] std::string verdict_of(const ipc::report::GetResult& report);

// Changes by reason, the most frequent first.
[[nodiscard]] std::vector<Fact> reasons_of(const ipc::report::GetResult& report);

[[nodiscard]] std::vector<Fact> facts_of(const ipc::report::Cart& cart);

// "≤ 100 ms", …, "longer".
[[nodiscard]] std::vector<std::string> bounds_of(const ipc::report::GetResult& report);

// "301 SKUs: 299 equal, 1 differs, 1 not at the store".
[[nodiscard]] std::string audit_in_words(const ipc::jobs::Job& job);

}  // namespace stocktray::ctl
