// Feeds the files of a folder to a fuzzer, in any build: replay FOLDER.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " FOLDER\n";
        return 2;
    }
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{argv[1], error})
        if (entry.is_regular_file()) files.push_back(entry.path());
    // A corpus that is not there must not look like one that passed.
    if (error || files.empty()) {
        std::cerr << argv[1] << ": no corpus" << (error ? ": " + error.message() : "") << '\n';
        return 1;
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
        std::cerr << file.filename().string() << '\n';  // the last one named is the one that failed
        std::ifstream in{file, std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
        if (in.bad()) {
            std::cerr << file.string() << ": cannot be read\n";
            return 1;
        }
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::cerr << files.size() << " inputs\n";
}
