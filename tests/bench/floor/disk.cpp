// The disk alone: 200 bytes times BATCH appended to a file, then one fdatasync.
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "tests/bench/floor/floor.h"

int main(int argc, char** argv) {
    using namespace stocktray::bench;
    if (argc != 4) return usage("floor-disk FOLDER SECONDS BATCH");
    const auto file = std::string{argv[1]} + "/floor.log";
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return 74;
    const auto batch = std::atoll(argv[3]);
    const std::string bytes(static_cast<std::size_t>(batch) * 200, 'x');
    Course course{argv[2]};
    while (!course.is_over()) {
        const auto begun = Clock::now();
        if (::write(descriptor, bytes.data(), bytes.size()) < 0 || ::fdatasync(descriptor) != 0) return 74;
        course.done(begun, batch);
    }
    course.print();
    ::close(descriptor);
    return 0;
}
