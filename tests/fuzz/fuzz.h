// What all fuzzers share: each is one function that takes bytes from anywhere.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

// libFuzzer's entrance, and that of replay.cpp. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace stocktray::fuzz {

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(bytes), size};
}

// Ends the program where `holds` is false, so that the bytes are kept as a find.
inline void must(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace stocktray::fuzz
