// SKUs out of a file.
#pragma once
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "agent/ctl/exit_code.h"

namespace stocktray::ctl {

struct InputProblem {
    ExitCode code;
    std::string sentence;
};

// One SKU a line, or the column `sku` of a CSV file; "-" reads standard input. A file without any SKU is a
// problem: no SKUs would mean all of them.
[[nodiscard]] tl::expected<std::vector<std::string>, InputProblem> read_skus(const std::string& file);

}  // namespace stocktray::ctl
