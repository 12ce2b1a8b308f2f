// The stretch of network between an agent and a store: carries bytes as they are, and breaks as the test says.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace stocktray::tests {

enum class Carriage {
    whole,
    byte_by_byte,  // four bytes in a millisecond, one by one, both ways
    silent,        // connections are made, and nothing passes
    no_answers,    // the store hears and does what is asked; nothing comes back
    resets,        // each connection ends by a reset, as soon as there is a byte
};

// From where a wire can be reached: this host alone, or the hosts of a test, too.
enum class Reach { loopback, all };

class Wire {
public:
    explicit Wire(std::uint16_t to_port, Reach reach = Reach::loopback);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    // From now on; connections that are open are not spared.
    void set(Carriage carriage) noexcept { carriage_ = carriage; }
    // Where new connections lead to.
    void lead_to(std::uint16_t port) noexcept { to_port_ = port; }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    void accept_loop(const std::stop_token& stop);
    void carry(int client, const std::stop_token& stop);

    std::atomic<std::uint16_t> to_port_;
    std::atomic<Carriage> carriage_{Carriage::whole};
    std::atomic<int> connections_{0};
    std::uint16_t port_{0};
    int listener_{-1};
    std::vector<std::jthread> workers_;
    std::jthread acceptor_;  // the last: it uses the rest
};

}  // namespace stocktray::tests
