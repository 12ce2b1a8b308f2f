#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <random>
#include <string>
#include <system_error>

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;

std::string six_letters() {
    std::random_device random;
    std::uniform_int_distribution<int> letter{0, 25};
    std::string name;
    for (int i = 0; i < 6; ++i) name += static_cast<char>('a' + letter(random));
    return name;
}

}  // namespace

TempDir::TempDir() {
    do path_ = fs::temp_directory_path() / ("stocktray-" + six_letters());
    while (!fs::create_directory(path_));
    fs::permissions(path_, fs::perms::owner_all);
}

TempDir::~TempDir() {
    if (std::getenv("STOCKTRAY_KEEP_TEMP") == nullptr) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
}

}  // namespace stocktray::tests
