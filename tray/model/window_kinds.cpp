#include "tray/model/window_kinds.h"

#include <algorithm>
#include <array>

namespace stocktray::tray {
namespace {

constexpr std::array kinds{WindowKind{CommandId::open_overview, "overview", "watching"},
                           WindowKind{CommandId::open_stack, "stack", "late"},
                           WindowKind{CommandId::open_carts, "carts", "cart"},
                           WindowKind{CommandId::open_changes, "changes", "testing"},
                           WindowKind{CommandId::open_history, "history", "testing"},
                           WindowKind{CommandId::open_problems, "problems", "late"},
                           WindowKind{CommandId::open_settings, "settings", "enabling"},
                           WindowKind{CommandId::open_report, "report", "maintenance"},
                           WindowKind{CommandId::open_about, "about", "start"},
                           WindowKind{CommandId::open_wizard, "wizard", "cart"},
                           WindowKind{CommandId::open_sharing, "sharing", "sharing"},
                           WindowKind{CommandId::open_way_in, "order-manager", "connecting"},
                           WindowKind{CommandId::open_get_qoh, "", "counts"},
                           WindowKind{CommandId::open_send_qoh, "", "counts"},
                           WindowKind{CommandId::open_compare, "", "maintenance"},
                           WindowKind{CommandId::open_explain, "", "maintenance"}};

}  // namespace

std::span<const WindowKind> window_kinds() noexcept {
    return kinds;
}

const WindowKind* window_kind(CommandId id) noexcept {
    const auto* found = std::ranges::find(kinds, id, &WindowKind::id);
    return found == kinds.end() ? nullptr : found;
}

}  // namespace stocktray::tray
