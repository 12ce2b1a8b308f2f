// The stack as a list, and its shape: where it is stuck, seen in seconds.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/ctl/commands/commands.h"
#include "ipc/messages/stack.h"

namespace stocktray::ctl {

// Rows carts, columns ages, cells counts.
class Shape {
public:
    // The ages that the columns end at, in milliseconds; the last column has no end.
    static constexpr std::array<std::int64_t, 6> bounds{20'000,    120'000,    600'000,
                                                        3'600'000, 21'600'000, 86'400'000};
    using Counts = std::array<std::int64_t, bounds.size() + 1>;

    void add(const ipc::stack::Post& post, std::int64_t now_ms);
    [[nodiscard]] const std::map<std::string, Counts>& carts() const noexcept { return carts_; }

private:
    std::map<std::string, Counts> carts_;
};

void add_stack_list(Tree& tree, CLI::App& nouns);
void add_stack_shape(Tree& tree, CLI::App& nouns);

}  // namespace stocktray::ctl
