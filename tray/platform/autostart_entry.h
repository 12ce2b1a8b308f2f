// How each system writes down that a program starts with the desktop. Pure: the same text on every system.
#pragma once
#include <string>

namespace stocktray::tray {

struct AutostartEntry {
    // What stands there for `program`, an absolute path in UTF-8.
    std::string (*write)(const std::string& program);
    // The program that an entry starts; empty: none, or a person has switched it off.
    std::string (*program)(const std::string& entry);
};

extern const AutostartEntry desktop_entry;  // Linux: a file of the Desktop Entry Specification
extern const AutostartEntry launch_agent;   // macOS: a property list of launchd
extern const AutostartEntry run_value;      // Windows: a command line in the registry

}  // namespace stocktray::tray
