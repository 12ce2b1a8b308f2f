#include "tests/ipc/fake_agent.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace stocktray::ipc::testing {

FakeAgent::FakeAgent(const Endpoints& endpoints, std::string run, Start start)
    : FakeAgent{endpoints, RpcServer::Options{.run = std::move(run)}, start} {}

FakeAgent::FakeAgent(const Endpoints& endpoints, RpcServer::Options options, Start start)
    : server_{*RpcServer::bind(endpoints, std::move(options))},
      wake_descriptor_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    if (start == Start::at_once) this->start();
}

FakeAgent::~FakeAgent() {
    thread_.request_stop();
    wake();
    if (thread_.joinable()) thread_.join();
    ::close(wake_descriptor_);
}

void FakeAgent::start() {
    thread_ = std::jthread{[this](std::stop_token stop) { serve(std::move(stop)); }};
}

void FakeAgent::on_raw(std::string method, Handler handler) {
    const std::scoped_lock lock{mutex_};
    handlers_[std::move(method)] = std::move(handler);
}

void FakeAgent::run(const std::function<void(RpcServer&)>& work) {
    std::unique_lock lock{mutex_};
    bool is_done = false;
    work_.push_back([&](RpcServer& server) {
        work(server);
        is_done = true;
    });
    wake();
    done_.wait(lock, [&] { return is_done; });
}

void FakeAgent::wake() const {
    const std::uint64_t one = 1;
    (void)!::write(wake_descriptor_, &one, sizeof one);
}

void FakeAgent::serve(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            const std::scoped_lock lock{mutex_};
            for (; !work_.empty(); work_.pop_front()) work_.front()(server_);
            for (auto& request : server_.drain()) {
                const auto handler = handlers_.find(request.method);
                if (handler != handlers_.end())
                    handler->second(server_, request);
                else
                    server_.reply_error(request.from, {Code::unknown_method, "There is no such method.", {}});
            }
        }
        done_.notify_all();
        std::vector<pollfd> waiting{{wake_descriptor_, POLLIN, 0}};
        for (const int descriptor : server_.descriptors()) waiting.push_back({descriptor, POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), server_.is_ready() ? 0 : 1'000);
        std::uint64_t count = 0;
        (void)!::read(wake_descriptor_, &count, sizeof count);
    }
}

}  // namespace stocktray::ipc::testing
