// Appends changes to a spool and says each that is on the disk, until it is killed or has written COUNT.
//   spool_writer FILE PREFIX COUNT
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ipc/spool/spool.h"

int main(int argc, char** argv) {
    using namespace stocktray::ipc;
    if (argc != 4) return 64;
    auto spool = Spool::open(argv[1], "writer");
    if (!spool) {
        std::fprintf(stderr, "%s\n", spool.error().message.c_str());
        return 1;
    }
    for (int i = 0; i < std::atoi(argv[3]); ++i) {
        qoh::Change change;
        change.id = std::string{argv[2]} + "-" + std::to_string(i);
        change.sku = "SKU-" + std::to_string(i % 7);
        change.delta = -1;
        if (auto done = spool->append({&change, 1}, 1'000 + i); !done) {
            std::fprintf(stderr, "%s\n", done.error().message.c_str());
            return 2;
        }
        std::printf("%s\n", change.id.c_str());
        std::fflush(stdout);
    }
    return 0;
}
