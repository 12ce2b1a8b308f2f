// An agent for tests: RpcServer in a thread of its own, with a handler per method. What it has no handler for
// is answered `unknown_method`; where a client may be waiting for the agent, it is told its handlers before it starts.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ipc/codec/framing.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::ipc::testing {

class FakeAgent {
public:
    using Handler = std::function<void(RpcServer&, IncomingRequest&)>;

    enum class Start { at_once, when_told };

    explicit FakeAgent(const Endpoints& endpoints, std::string run = "run-1", Start start = Start::at_once);
    FakeAgent(const Endpoints& endpoints, RpcServer::Options options, Start start);
    ~FakeAgent();

    // `answer` gets the decoded request and returns Expected<Result>. Called in the agent's thread.
    template <Request T>
    void on(std::function<Expected<typename T::Result>(const T&)> answer) {
        on_raw(std::string{T::method.name}, [answer](RpcServer& server, IncomingRequest& request) {
            const auto params = decode<T>(request.params);
            if (!params) return server.reply_error(request.from, params.error());
            const auto result = answer(*params);
            if (result)
                server.reply_ok(request.from, *result);
            else
                server.reply_error(request.from, result.error());
        });
    }
    void on_raw(std::string method, Handler handler);

    // What was asked before is answered now.
    void start();

    // Runs `work` in the agent's thread, which has been started, and waits until it is done.
    void run(const std::function<void(RpcServer&)>& work);

    template <Event T>
    void publish(const T& event) {
        run([&](RpcServer& server) { server.publish(event); });
    }

private:
    void serve(std::stop_token stop);
    void wake() const;

    RpcServer server_;
    std::map<std::string, Handler, std::less<>> handlers_;
    std::mutex mutex_;  // over handlers_ and work_
    std::condition_variable done_;
    std::deque<std::function<void(RpcServer&)>> work_;
    int wake_descriptor_;
    std::jthread thread_;
};

}  // namespace stocktray::ipc::testing
