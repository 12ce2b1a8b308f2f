#include "tray/windows/window_book.h"

#include <algorithm>

namespace stocktray::tray {

WindowBook::~WindowBook() {
    for (const auto& [key, window] : open_) {
        window->on_gone({});
        window->Destroy();
    }
}

void WindowBook::add(CommandId kind, Each each, Maker maker) {
    makers_.insert_or_assign(kind, std::pair{each, std::move(maker)});
}

std::set<CommandId> WindowBook::kinds() const {
    std::set<CommandId> kinds;
    for (const auto& [kind, maker] : makers_) kinds.insert(kind);
    return kinds;
}

bool WindowBook::open(const Command& command) {
    const auto maker = makers_.find(command.id);
    if (maker == makers_.end()) return false;
    const auto& [each, make] = maker->second;
    const Key key{command.id, each == Each::cart ? command.cart : std::string{}};
    auto at = open_.find(key);
    if (at == open_.end()) {
        Window* window = make(context_, command);
        window->on_gone([this, key] { open_.erase(key); });
        at = open_.emplace(key, window).first;
    }
    at->second->turn_to(command);
    if (at->second->IsIconized()) at->second->Restore();
    at->second->Show();
    at->second->Raise();
    return true;
}

void WindowBook::show_view(const TrayView& view) {
    for (const auto& [key, window] : open_) window->show_view(view);
}

bool WindowBook::is_open(CommandId kind) const {
    return std::ranges::any_of(open_, [&](const auto& one) { return one.first.first == kind; });
}

bool WindowBook::close_others() {
    const auto open = open_;
    return std::ranges::all_of(open, [](const auto& one) {
        const auto& [key, window] = one;
        return key.first == CommandId::open_overview || window->Close();
    });
}

}  // namespace stocktray::tray
