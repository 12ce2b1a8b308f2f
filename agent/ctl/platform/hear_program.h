// One of our own programs, run for what it says. Not on Windows.
#pragma once
#include <string>
#include <vector>

#include "core/result.h"

namespace stocktray::ctl {

struct Heard {
    int code{0};         // its exit code
    std::string said{};   // on standard output and standard error, as it came
};

// As platform::run_program, but what it says is kept and not shown.
[[nodiscard]] Result<Heard> hear_program(const std::string& name, const std::vector<std::string>& arguments);

}  // namespace stocktray::ctl
