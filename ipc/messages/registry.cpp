#include "ipc/messages/registry.h"

#include <algorithm>
#include <array>

namespace stocktray::ipc {
namespace {

template <class... T>
constexpr auto methods_of(MessageList<T...>) {
    static_assert((Request<T> && ...));
    return std::array{T::method...};
}

template <class... T>
constexpr bool are_events(MessageList<T...>) {
    return (Event<T> && ...);
}

constexpr auto all_methods = methods_of(Requests{});
static_assert(are_events(Events{}));

}  // namespace

std::span<const Method> methods() {
    return all_methods;
}

const Method* find_method(std::string_view name) {
    const auto at = std::ranges::find(all_methods, name, &Method::name);
    return at == all_methods.end() ? nullptr : &*at;
}

}  // namespace stocktray::ipc
