// Bare PUB to SUB over ipc, 200 bytes a millisecond: how long a message is on its way.
#include <cstring>
#include <thread>
#include <zmq.hpp>

#include "tests/bench/floor/floor.h"

using namespace stocktray::bench;

int main(int argc, char** argv) {
    if (argc != 3) return usage("floor-pubsub FOLDER SECONDS");
    const auto endpoint = "ipc://" + std::string{argv[1]} + "/events.sock";
    zmq::context_t publishing{1};
    zmq::socket_t publisher{publishing, zmq::socket_type::xpub};
    publisher.bind(endpoint);
    zmq::context_t subscribing{1};
    zmq::socket_t subscriber{subscribing, zmq::socket_type::sub};
    subscriber.set(zmq::sockopt::subscribe, "");
    subscriber.connect(endpoint);
    zmq::message_t subscription;
    (void)publisher.recv(subscription);  // from now on nothing is missed
    std::string bytes(200, 'x');
    Course course{argv[2]};
    std::thread listener{[&] {
        for (;;) {
            zmq::message_t message;
            (void)subscriber.recv(message);
            if (message.size() < bytes.size()) return;
            Clock::time_point sent;
            std::memcpy(&sent, message.data(), sizeof sent);
            course.done(sent);
        }
    }};
    while (!course.is_over()) {
        const auto now = Clock::now();
        std::memcpy(bytes.data(), &now, sizeof now);
        publisher.send(zmq::buffer(bytes), zmq::send_flags::none);
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    publisher.send(zmq::str_buffer("end"), zmq::send_flags::none);
    listener.join();
    course.print();
    return 0;
}
