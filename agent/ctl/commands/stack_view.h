// The stack as a list, and its shape: where it is stuck, seen in seconds.
#pragma once
#include "agent/ctl/commands/commands.h"

namespace stocktray::ctl {

void add_stack_list(Tree& tree, CLI::App& nouns);
void add_stack_shape(Tree& tree, CLI::App& nouns);

}  // namespace stocktray::ctl
