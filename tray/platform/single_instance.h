// One tray per user: a lock by a file's name, and a socket beside it by which a second start raises the
// first.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stocktray::tray {

class SingleInstance {
public:
    // Tries to be the first. If another one runs, hands it `window` (a name of --open) and returns none;
    // where not even that works, the reason stands in `why_not`.
    [[nodiscard]] static std::optional<SingleInstance> claim(const std::string& window, std::string& why_not);

    SingleInstance(SingleInstance&&) noexcept;
    SingleInstance& operator=(SingleInstance&&) noexcept;
    ~SingleInstance();

    // Called on the UI thread with the window that a second start asks for.
    void on_second_start(std::function<void(const std::string& window)> heard);

private:
    struct State;
    explicit SingleInstance(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::tray
