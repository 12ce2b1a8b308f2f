// What can be taken from a role alone, as from a single button in the Order Manager's security groups.
#pragma once
#include <string_view>

#include "ipc/words.h"

namespace stocktray::ipc {

enum class Bar { send_qoh, cancel };
template <>
struct Words<Bar> {
    static constexpr std::string_view name = "Bar";
    static constexpr Word<Bar> table[] = {{Bar::send_qoh, "send_qoh"}, {Bar::cancel, "cancel"}};
};

}  // namespace stocktray::ipc
