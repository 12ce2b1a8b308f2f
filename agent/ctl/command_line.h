// The command line as a whole: from the arguments to the exit code.
#pragma once
#include <string>
#include <vector>

#include "agent/ctl/exit_code.h"
#include "agent/ctl/output/terminal.h"

namespace stocktray::ctl {

// `arguments` without the program's name.
[[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, const Terminal& terminal);

}  // namespace stocktray::ctl
