// A report's facts as pairs of a name and a value, alike for the command line, the page and the window.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ipc/messages/report.h"
#include "ipc/report/speech.h"

namespace stocktray::report {

struct Fact {
    std::string name;
    std::string value;
};

// "2026-11-18 09:00:00 to …".
[[nodiscard]] std::string time_of(const ipc::report::GetResult& report, const Speech& speech);

// "1234 changes of counts in the Order Manager, …": the first thing to be read.
[[nodiscard]] std::string verdict_of(const ipc::report::GetResult& report, const Speech& speech);

// Of a report that is not whole.
[[nodiscard]] std::string partial_words(const Speech& speech);

// Changes by reason, the most frequent first.
[[nodiscard]] std::vector<Fact> reasons_of(const ipc::report::GetResult& report, const Speech& speech);

[[nodiscard]] std::vector<Fact> facts_of(const ipc::report::Cart& cart, const Speech& speech);

// "≤ 100 ms", …, "longer".
[[nodiscard]] std::vector<std::string> bounds_of(const ipc::report::GetResult& report, const Speech& speech);

// "301 SKUs: 299 equal, 1 differs, 1 not at the store".
[[nodiscard]] std::string audit_in_words(const ipc::jobs::Job& job, const Speech& speech);

}  // namespace stocktray::report
