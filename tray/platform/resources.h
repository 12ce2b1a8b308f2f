// Where the program's own files are: beside it in a build tree, or where it was installed.
#pragma once
#include <filesystem>
#include <string>

namespace stocktray::tray {

struct Resources {
    std::filesystem::path program;  // this program
    std::filesystem::path icons;    // holds hicolor/
    std::filesystem::path locale;   // holds de/LC_MESSAGES/stocktray.mo
    std::filesystem::path guide;    // holds en/index.html

    [[nodiscard]] static Resources find();
};

}  // namespace stocktray::tray
