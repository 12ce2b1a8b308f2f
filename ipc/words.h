// Words of the wire: every enumeration has one table, and both directions read it.
#pragma once
#include <optional>
#include <string_view>

namespace stocktray::ipc {

template <class E>
struct Word {
    E value;
    std::string_view text;
};

// Specialised beside each enumeration: `name` (as PROTOCOL.md calls it) and `table`. An *open* list may
// grow within one protocol version; it names the value that stands for a word this program does not know.
template <class E>
struct Words;

template <class E>
concept Worded = requires {
    Words<E>::table;
};

template <class E>
concept OpenWorded = Worded<E> && requires {
    Words<E>::unknown;
};

// The word of `value`; empty only for a number that is no enumerator.
template <Worded E>
[[nodiscard]] constexpr std::string_view to_string(E value) noexcept {
    for (const auto& word : Words<E>::table)
        if (word.value == value) return word.text;
    return {};
}

template <Worded E>
[[nodiscard]] constexpr std::optional<E> from_string(std::string_view text) noexcept {
    for (const auto& word : Words<E>::table)
        if (word.text == text) return word.value;
    return std::nullopt;
}

}  // namespace stocktray::ipc
