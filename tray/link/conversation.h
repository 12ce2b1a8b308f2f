// What a view-model asks the agent and hears from it. Everything here belongs to the UI thread: callbacks run
// there, and none runs once the conversation is gone. So a view-model holds one as its last member and may
// capture itself freely:
//
//     conversation_.ask(ipc::stack::List{.limit = 100}, [this](auto answer) {
//         if (!answer) return show_error(answer.error().message);
//         show(answer->posts);
//     });
//     conversation_.hear({"post"}, [this](const News& news) { … });
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ipc/client/client.h"
#include "tray/link/news.h"

namespace stocktray::tray {

class Desk;

class Conversation {
public:
    using Duration = std::chrono::milliseconds;
    template <class Result>
    using Answer = std::function<void(ipc::Expected<Result>)>;

    explicit Conversation(std::weak_ptr<Desk> desk);
    ~Conversation();
    Conversation(Conversation&& other) noexcept;
    Conversation& operator=(Conversation&& other) noexcept;
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    // The answer comes later, exactly once: a result, the agent's error, `no_agent` or `no_answer`.
    template <ipc::Request T>
    void ask(const T& params, Answer<typename T::Result> answer, Duration within = std::chrono::seconds{15}) {
        ask_raw(std::string{T::method.name}, ipc::encode(params), within,
                [answer = std::move(answer)](ipc::Expected<ipc::RawAnswer> raw) {
                    if (!raw) return answer(ipc::Failure{std::move(raw.error())});
                    auto result = ipc::decode<typename T::Result>(raw->result, ipc::Reading::lenient);
                    if (!result) result.error().code = ipc::Code::bad_answer;
                    answer(std::move(result));
                });
    }

    // News from now on, in batches. `words`: first words of topics that are wanted beside the usual ones
    // ("post", "history"); the agent is asked for them only while somebody listens. Replaces what was heard
    // before.
    void hear(std::vector<std::string> words, std::function<void(const News&)> listener);

    // Nothing more is heard or answered.
    void end();

private:
    void ask_raw(std::string method, std::string params, Duration within,
                 std::function<void(ipc::Expected<ipc::RawAnswer>)> answer);

    std::weak_ptr<Desk> desk_;
    std::uint64_t id_{0};
};

}  // namespace stocktray::tray
