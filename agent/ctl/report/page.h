// A report as one page that needs nothing else: it can be mailed, kept and printed.
#pragma once
#include <iosfwd>
#include <optional>

#include "agent/ctl/report/charts.h"
#include "ipc/messages/report.h"

namespace stocktray::ctl {

// Why pictures are missing in it, if they are.
[[nodiscard]] std::optional<NoChart> write_page(std::ostream& out, const ipc::report::GetResult& report);

}  // namespace stocktray::ctl
