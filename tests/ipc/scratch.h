// A folder of its own for one test's sockets, gone with it.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "ipc/endpoint.h"

namespace stocktray::ipc::testing {

class Scratch {
public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "st-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error{"no folder for the test"};
        path_ = pattern;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] Endpoints endpoints() const { return *endpoints_of("ipc://" + path_ + "/rpc.sock"); }

private:
    std::string path_;
};

}  // namespace stocktray::ipc::testing
