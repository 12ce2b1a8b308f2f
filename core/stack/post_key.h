// The key under which a connector remembers a post.
#pragma once
#include <string>
#include <string_view>

#include "core/random.h"

namespace stocktray::stack {

// 22 signs of 62: 131 bits, far more than the 96 that a key must have.
[[nodiscard]] inline std::string draw_postid(Random& random) {
    static constexpr std::string_view signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id(22, '0');
    for (auto& sign : id) sign = signs[random.below(signs.size())];
    return id;
}

}  // namespace stocktray::stack
