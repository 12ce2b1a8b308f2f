// A report for a terminal or a mail: 80 columns.
#pragma once
#include <iosfwd>

#include "ipc/messages/report.h"

namespace stocktray::ctl {

void write_text(std::ostream& out, const ipc::report::GetResult& report);

}  // namespace stocktray::ctl
