// One visitor of a variant, made of a function for each of its kinds.
#pragma once

namespace stocktray {

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};

// Not every compiler deduces it for an aggregate.
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace stocktray
