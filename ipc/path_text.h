// Names of files as text, in UTF-8 on every system. A path that is made of narrow text by itself, or turned into it, would
// take Windows' code page.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace stocktray::ipc {

[[nodiscard]] inline std::filesystem::path path_of(std::string_view text) {
    return std::u8string{text.begin(), text.end()};
}

[[nodiscard]] inline std::string text_of(const std::filesystem::path& path) {
    const auto text = path.u8string();
    return {text.begin(), text.end()};
}

}  // namespace stocktray::ipc
