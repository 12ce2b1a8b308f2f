// Small pictures of a report, drawn by gnuplot.
#pragma once
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/messages/report.h"

namespace stocktray::report {

enum class NoChart {
    no_gnuplot,  // it is not installed
    failed,
};

// Each an SVG document. No text of a store or a person comes into what gnuplot reads. `changes` and
// `confirmed` name the two rows of bars.
[[nodiscard]] tl::expected<std::string, NoChart> chart_of_days(const std::vector<ipc::report::Day>& days,
                                                               const std::string& changes,
                                                               const std::string& confirmed);
[[nodiscard]] tl::expected<std::string, NoChart> chart_of_times(const std::vector<std::string>& bounds,
                                                                const std::vector<std::int64_t>& within);

}  // namespace stocktray::report
