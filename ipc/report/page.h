// A report as one page that needs nothing else: it can be mailed, kept and printed.
#pragma once
#include <iosfwd>
#include <optional>

#include "ipc/messages/report.h"
#include "ipc/report/charts.h"
#include "ipc/report/speech.h"

namespace stocktray::report {

// Why pictures are missing in it, if they are.
[[nodiscard]] std::optional<NoChart> write_page(std::ostream& out, const ipc::report::GetResult& report,
                                                const Speech& speech);

}  // namespace stocktray::report
