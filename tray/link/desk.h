// The UI thread's side of the link: who waits for which answer, and who listens. Internal to tray/link.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tray/link/conversation.h"
#include "tray/link/worker.h"

namespace stocktray::tray {

// Used by the UI thread alone.
class Desk {
public:
    using RawAnswer = ipc::Expected<ipc::RawAnswer>;

    explicit Desk(Worker& worker) : worker_{worker} {}

    [[nodiscard]] std::uint64_t open();
    void close(std::uint64_t conversation);
    void ask(std::uint64_t conversation, Worker::Question question, std::function<void(RawAnswer)> answer);
    void hear(std::uint64_t conversation, std::vector<std::string> words,
              std::function<void(const News&)> listener);

    // Calls whoever waits; conversations may end meanwhile.
    void deliver(Worker::Batch batch);

private:
    struct Waiting {
        std::uint64_t conversation;
        std::function<void(RawAnswer)> answer;
    };
    struct Listener {
        std::vector<std::string> words;
        std::shared_ptr<std::function<void(const News&)>> listener;
    };

    void tell_words();

    Worker& worker_;
    std::uint64_t last_id_{0};
    std::map<std::uint64_t, Waiting> waiting_;
    std::map<std::uint64_t, Listener> listeners_;
    std::set<std::string> words_;
};

}  // namespace stocktray::tray
