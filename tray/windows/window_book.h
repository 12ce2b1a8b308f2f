// The windows that are open: one per kind and cart. Opening a second time raises the first.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tray/windows/window.h"

namespace stocktray::tray {

class WindowBook {
public:
    using Maker = std::function<Window*(const Context&, const Command&)>;

    explicit WindowBook(const Context& context) : context_{context} {}
    ~WindowBook();

    // One window for all carts, or one for each.
    enum class Each { once, cart };
    void add(CommandId kind, Each each, Maker maker);

    [[nodiscard]] std::set<CommandId> kinds() const;

    // Opens or raises; false where there is no such window.
    bool open(const Command& command);
    void show_view(const TrayView& view);
    [[nodiscard]] bool is_open(CommandId kind) const;
    // Closes what is open beside the overview, each window with the question that it has then. False: a person wants one to stay.
    [[nodiscard]] bool close_others();

private:
    using Key = std::pair<CommandId, std::string>;

    const Context& context_;
    std::map<CommandId, std::pair<Each, Maker>> makers_;
    std::map<Key, Window*> open_;  // owned by wx, which deletes them when they are closed
};

// Every window there is: a line each.
void fill_window_table(WindowBook& book);

}  // namespace stocktray::tray
