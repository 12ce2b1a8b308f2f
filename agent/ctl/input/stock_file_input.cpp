#include "agent/ctl/input/stock_file_input.h"
#include "ipc/path_text.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace stocktray::ctl {

std::unique_ptr<std::istream> open_stock_file(const std::string& file) {
    if (file == "-") {
        auto kept = std::make_unique<std::stringstream>();
        *kept << std::cin.rdbuf();
        kept->clear();  // nothing to copy is an empty file, not a fault
        return kept;
    }
    // A folder can be opened, too.
    if (std::error_code ignored; std::filesystem::is_directory(ipc::path_of(file), ignored)) return nullptr;
    auto opened = std::make_unique<std::ifstream>(ipc::path_of(file), std::ios::binary);
    if (!*opened) return nullptr;
    return opened;
}

}  // namespace stocktray::ctl
