// Submits changes through an outbox and says each that was promised, until it is killed or has submitted COUNT.
//   spool_client ENDPOINT SPOOL PREFIX COUNT WAIT_MS
// The n-th change is of the SKU PREFIX-n, so that each can be found at the agent. What was not taken is said on
// standard error and tried again under the same id.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "ipc/spool/outbox.h"

int main(int argc, char** argv) {
    using namespace stocktray::ipc;
    if (argc != 6) return 64;
    auto outbox = Outbox::open({"client", argv[1], argv[2]});
    if (!outbox) {
        std::fprintf(stderr, "%s\n", outbox.error().message.c_str());
        return 1;
    }
    const Outbox::Duration wait{std::atoi(argv[5])};
    for (int i = 0; i < std::atoi(argv[4]); ++i) {
        qoh::Change change;
        change.id = std::string{argv[3]} + "-" + std::to_string(i);
        change.sku = change.id;
        change.delta = -1;
        for (;;) {
            auto done = (*outbox)->submit({change}, wait);
            if (done) break;
            std::fprintf(stderr, "%s\n", done.error().message.c_str());
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        std::printf("%s\n", change.id.c_str());
        std::fflush(stdout);
    }
    return 0;
}
