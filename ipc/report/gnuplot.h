// Runs gnuplot. Internal to ipc/report.
#pragma once
#include <string>
#include <tl/expected.hpp>

#include "ipc/report/charts.h"

namespace stocktray::report {

// What `script` draws.
[[nodiscard]] tl::expected<std::string, NoChart> draw(const std::string& script);

}  // namespace stocktray::report
