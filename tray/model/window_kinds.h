// The windows there are: how the command line calls each, and which section of the guide helps in it.
#pragma once
#include <span>
#include <string_view>

#include "tray/model/command.h"

namespace stocktray::tray {

struct WindowKind {
    CommandId id;
    std::string_view name;     // `--open NAME`; empty: it needs a cart or a SKU, and the menu leads there
    std::string_view section;  // of the guide (tray/resources/guide)
};

[[nodiscard]] std::span<const WindowKind> window_kinds() noexcept;

// None: the command opens no window.
[[nodiscard]] const WindowKind* window_kind(CommandId id) noexcept;

}  // namespace stocktray::tray
