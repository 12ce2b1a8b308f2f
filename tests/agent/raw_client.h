// A client that sends whatever bytes it likes, and reads answers only when told to.
#pragma once
#include <zmq.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::tests {

class RawClient {
public:
    explicit RawClient(const std::string& endpoint, zmq::socket_type type = zmq::socket_type::dealer)
        : socket_{context_, type} {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.connect(endpoint);
    }

    void subscribe(const std::string& prefix) { socket_.set(zmq::sockopt::subscribe, prefix); }
    void keep_answers(int most) { socket_.set(zmq::sockopt::rcvhwm, most); }

    // False: the way to the agent is blocked.
    bool send(std::string_view bytes, std::chrono::milliseconds limit = std::chrono::seconds{5}) {
        socket_.set(zmq::sockopt::sndtimeo, static_cast<int>(limit.count()));
        return socket_.send(zmq::buffer(bytes), zmq::send_flags::none).has_value();
    }
    void send_parts(std::string_view first, std::string_view second) {
        (void)socket_.send(zmq::buffer(first), zmq::send_flags::sndmore);
        (void)socket_.send(zmq::buffer(second), zmq::send_flags::none);
    }

    std::optional<std::string> receive(std::chrono::milliseconds limit = std::chrono::seconds{10}) {
        socket_.set(zmq::sockopt::rcvtimeo, static_cast<int>(limit.count()));
        zmq::message_t message;
        if (!socket_.recv(message)) return std::nullopt;
        return message.to_string();
    }

private:
    zmq::context_t context_{1};
    zmq::socket_t socket_;
};

}  // namespace stocktray::tests
