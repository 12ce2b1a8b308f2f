#include "agent/request_queue.h"

#include <algorithm>

namespace stocktray::agent {

void RequestQueue::add(std::vector<ipc::IncomingRequest> requests) {
    size_ += requests.size();
    for (auto& request : requests) {
        bytes_ += request.size;
        Connection connection{request.from.door, request.from.peer};
        auto& waiting = waiting_[connection];
        if (waiting.empty()) turns_.push_back(std::move(connection));
        waiting.push_back(std::move(request));
    }
}

ipc::Portion RequestQueue::room() const noexcept {
    const ipc::Portion most{};
    return {most.requests - std::min(most.requests, size_), most.bytes - std::min(most.bytes, bytes_)};
}

bool RequestQueue::all_of(const std::function<bool(const ipc::IncomingRequest&)>& holds) const {
    return std::ranges::all_of(waiting_, [&](const auto& one) { return std::ranges::all_of(one.second, holds); });
}

ipc::IncomingRequest RequestQueue::take() {
    auto connection = std::move(turns_.front());
    turns_.pop_front();
    const auto at = waiting_.find(connection);
    auto request = std::move(at->second.front());
    at->second.pop_front();
    --size_;
    bytes_ -= request.size;
    if (at->second.empty()) waiting_.erase(at);
    else turns_.push_back(std::move(connection));
    return request;
}

}  // namespace stocktray::agent
