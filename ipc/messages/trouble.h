// Something wrong, as a person is told it: what it is and what to do.
#pragma once
#include <string>
#include <string_view>

#include "ipc/messages/field.h"

namespace stocktray::ipc {

struct Trouble {
    static constexpr std::string_view type_name = "Trouble";
    std::string code{};     // for programs; an open list
    std::string message{};  // what
    std::string hint{};     // what to do; may be empty

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("code", &Trouble::code, rules::line));
        visit(field("message", &Trouble::message));
        visit(defaulted("hint", &Trouble::hint));
    }
    bool operator==(const Trouble&) const = default;
};

}  // namespace stocktray::ipc
