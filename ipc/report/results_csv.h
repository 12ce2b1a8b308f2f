// What a job says of each SKU as CSV, for spreadsheets: a line of names, then a line for each SKU.
#pragma once
#include <iosfwd>

#include "ipc/messages/jobs.h"

namespace stocktray::report {

void write_results_head(std::ostream& out);
void write_result(std::ostream& out, const ipc::jobs::ResultItem& item);

}  // namespace stocktray::report
