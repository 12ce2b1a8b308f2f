// What an agent that does nothing holds: ROUTER and XPUB, a database with a write-ahead log, one curl multi.
// Waits in it until its input is closed.
#include <curl/curl.h>
#include <unistd.h>

#include <string>
#include <zmq.hpp>

#include "tests/bench/floor/floor.h"
#include "tests/bench/floor/ledger.h"

int main(int argc, char** argv) {
    using namespace stocktray::bench;
    if (argc != 2) return usage("floor-idle FOLDER");
    const std::string folder = argv[1];
    const auto ledger = open_ledger("sqlite", folder);
    ledger->commit(1);
    zmq::context_t context{1};
    zmq::socket_t router{context, zmq::socket_type::router};
    router.bind("ipc://" + folder + "/idle-rpc.sock");
    zmq::socket_t events{context, zmq::socket_type::xpub};
    events.bind("ipc://" + folder + "/idle-events.sock");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* multi = curl_multi_init();
    std::puts("ready");
    std::fflush(stdout);
    for (;;) {
        curl_waitfd watched[] = {{router.get(zmq::sockopt::fd), CURL_WAIT_POLLIN, 0},
                                 {events.get(zmq::sockopt::fd), CURL_WAIT_POLLIN, 0},
                                 {STDIN_FILENO, CURL_WAIT_POLLIN, 0}};
        curl_multi_poll(multi, watched, 3, 86'400'000, nullptr);
        if (watched[2].revents != 0) break;
        (void)router.get(zmq::sockopt::events);
        (void)events.get(zmq::sockopt::events);
    }
    curl_multi_cleanup(multi);
    return 0;
}
