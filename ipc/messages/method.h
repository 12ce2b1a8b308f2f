// What each request says about itself.
#pragma once
#include <string_view>

#include "ipc/messages/field.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc {

enum class Effect { reads, changes_state };

// `role`: the least that may call it (viewer < operator < order_manager < admin).
struct Method {
    std::string_view name;
    Role role;
    Effect effect;
};

// A request names its method and the type of its result.
template <class T>
concept Request = Message<T> && requires {
    { T::method } -> std::convertible_to<Method>;
    typename T::Result;
};

// An event names its topic; the bus adds run, seq and topic_seq.
template <class T>
concept Event = Message<T> && requires {
    { T::topic } -> std::convertible_to<std::string_view>;
};

}  // namespace stocktray::ipc
