// Requests that wait for a turn of the loop: those of one connection in their order, and the connections by turns, so that
// who asks for much at once makes nobody else wait for all of it.
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

class RequestQueue {
public:
    void add(std::vector<ipc::IncomingRequest> requests);

    // What may still be added: what comes beyond it waits with its sender.
    [[nodiscard]] ipc::Portion room() const noexcept;

    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool all_of(const std::function<bool(const ipc::IncomingRequest&)>& holds) const;

    // The next one; there is one.
    [[nodiscard]] ipc::IncomingRequest take();

private:
    using Connection = std::pair<std::uint32_t, std::string>;  // the door, and the peer behind it

    std::map<Connection, std::deque<ipc::IncomingRequest>> waiting_;
    std::deque<Connection> turns_;  // each that has something waiting, once
    std::size_t size_{0};
    std::size_t bytes_{0};
};

}  // namespace stocktray::agent
