// Whether the tray starts with the desktop: one file in the person's autostart folder.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

class Autostart {
public:
    enum class State {
        off,
        on,
        broken,  // it names a program that is not there any more
    };

    // `folder`: $XDG_CONFIG_HOME/autostart. `program`: this one, as an absolute path.
    Autostart(std::filesystem::path folder, std::filesystem::path program)
        : file_{std::move(folder) / "stocktray.desktop"}, program_{std::move(program)} {}

    [[nodiscard]] State state() const;
    // Empty, or why it could not be written.
    [[nodiscard]] std::string turn_on() const;
    [[nodiscard]] std::string turn_off() const;
    // Writes the file anew where the program has moved; else nothing.
    void repair() const;

private:
    std::filesystem::path file_;
    std::filesystem::path program_;
};

}  // namespace stocktray::tray
