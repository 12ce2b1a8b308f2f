// A ZeroMQ echo over ipc, DEALER to ROUTER, OUTSTANDING messages of 200 bytes under way. With a ledger (floor
// B) everything that waits is committed in one transaction before it is answered.
#include <deque>
#include <fstream>
#include <thread>
#include <zmq.hpp>

#include "tests/bench/floor/floor.h"
#include "tests/bench/floor/ledger.h"

using namespace stocktray::bench;

namespace {

void serve(zmq::context_t& context, zmq::socket_t router, Ledger* ledger) {
    zmq::socket_t stop{context, zmq::socket_type::pair};
    stop.connect("inproc://stop");
    std::vector<std::pair<zmq::message_t, zmq::message_t>> batch;
    for (;;) {
        zmq::pollitem_t items[] = {{router, 0, ZMQ_POLLIN, 0}, {stop, 0, ZMQ_POLLIN, 0}};
        zmq::poll(items, 2, std::chrono::milliseconds{-1});
        if ((items[1].revents & ZMQ_POLLIN) != 0) return;
        batch.clear();
        for (;;) {
            zmq::message_t peer;
            zmq::message_t body;
            if (!router.recv(peer, zmq::recv_flags::dontwait) || !router.recv(body)) break;
            batch.emplace_back(std::move(peer), std::move(body));
        }
        if (batch.empty()) continue;
        if (ledger != nullptr) ledger->commit(batch.size());
        for (auto& [peer, body] : batch) {
            router.send(peer, zmq::send_flags::sndmore);
            router.send(body, zmq::send_flags::none);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return usage("floor-echo FOLDER SECONDS OUTSTANDING none|sqlite|store");
    const auto ledger = open_ledger(argv[4], argv[1]);
    const auto endpoint = "ipc://" + std::string{argv[1]} + "/echo.sock";
    zmq::context_t server_context{1};
    zmq::socket_t stop{server_context, zmq::socket_type::pair};
    stop.bind("inproc://stop");
    zmq::socket_t router{server_context, zmq::socket_type::router};
    router.bind(endpoint);
    std::thread server{[&, socket = std::move(router)]() mutable {
        serve(server_context, std::move(socket), ledger.get());
    }};
    zmq::context_t context{1};
    zmq::socket_t dealer{context, zmq::socket_type::dealer};
    dealer.connect(endpoint);
    const auto outstanding = static_cast<std::size_t>(std::atoll(argv[3]));
    const std::string bytes(200, 'x');
    std::deque<Clock::time_point> begun;
    Course course{argv[2]};
    while (!course.is_over()) {
        while (begun.size() < outstanding) {
            begun.push_back(Clock::now());
            dealer.send(zmq::buffer(bytes), zmq::send_flags::none);
        }
        zmq::message_t answer;
        (void)dealer.recv(answer);
        course.done(begun.front());
        begun.pop_front();
    }
    course.print();
    stop.send(zmq::str_buffer("stop"), zmq::send_flags::none);
    server.join();
    return 0;
}
