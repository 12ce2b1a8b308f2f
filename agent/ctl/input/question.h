// A question to the person at the terminal.
#pragma once
#include <string_view>

#include "agent/ctl/output/terminal.h"

namespace stocktray::ctl {

// Asks "… [y/N] " on standard error. True only for a yes; the end of the input is a no.
[[nodiscard]] bool says_yes(const Terminal& terminal, std::string_view question);

}  // namespace stocktray::ctl
