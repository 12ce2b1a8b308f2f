// Whether the tray starts with the desktop: one entry at a place that belongs to this person.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "tray/platform/autostart_entry.h"

namespace stocktray::tray {

// Where the entry lies: a file, or a value of Windows' registry.
class AutostartPlace {
public:
    virtual ~AutostartPlace() = default;
    [[nodiscard]] virtual std::string read() const = 0;  // empty: there is none, or it is switched off there
    // Empty, or why it could not be done.
    [[nodiscard]] virtual std::string write(const std::string& entry) const = 0;
    [[nodiscard]] virtual std::string remove() const = 0;
};

[[nodiscard]] std::unique_ptr<AutostartPlace> autostart_file(std::filesystem::path file);

class Autostart {
public:
    enum class State {
        off,
        on,
        broken,  // it names a program that is not there any more
    };

    // `program`: this one, as an absolute path.
    Autostart(AutostartEntry entry, std::unique_ptr<AutostartPlace> place, std::filesystem::path program)
        : entry_{entry}, place_{std::move(place)}, program_{std::move(program)} {}

    // As this system does it.
    [[nodiscard]] static Autostart of_this_system(const std::filesystem::path& program);

    [[nodiscard]] State state() const;
    // Empty, or why it could not be written.
    [[nodiscard]] std::string turn_on() const;
    [[nodiscard]] std::string turn_off() const;
    // Writes the entry anew where the program has moved; else nothing.
    void repair() const;

private:
    AutostartEntry entry_;
    std::unique_ptr<AutostartPlace> place_;
    std::filesystem::path program_;
};

}  // namespace stocktray::tray
