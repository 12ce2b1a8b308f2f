// The link's thread: it alone uses the client and the feed. Internal to tray/link.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ipc/client/client.h"
#include "ipc/client/feed.h"
#include "ipc/wake_signal.h"
#include "tray/link/news.h"
#include "tray/link/patience.h"
#include "tray/link/snapshot_reader.h"

namespace stocktray::tray {

class Worker {
public:
    using Duration = std::chrono::milliseconds;
    using Clock = std::chrono::steady_clock;
    using Poster = std::function<void(std::function<void()>)>;

    struct Question {
        std::uint64_t id{0};
        std::string method;
        std::string params;  // one encoded map
        Duration within{15'000};
    };
    struct Batch {
        std::vector<std::pair<std::uint64_t, ipc::Expected<ipc::RawAnswer>>> answers;  // by the question's id
        News news;
    };
    using Deliver = std::function<void(Batch)>;

    [[nodiscard]] static ipc::Expected<std::unique_ptr<Worker>> open(const std::string& endpoint,
                                                                     Poster poster, Patience patience);
    ~Worker() { stop(); }

    // `deliver` runs on the UI thread, through the poster.
    void start(Deliver deliver);
    void stop();

    // From the UI thread.
    void ask(Question question);
    void listen_to(std::vector<std::string> words);
    void reconnect();

private:
    struct Asked {
        Question question;
        Clock::time_point asked_at;
        std::optional<std::uint32_t> msgid{};  // none: waits for the connection
    };

    Worker(std::string endpoint, Poster poster, Patience patience, ipc::Client client, ipc::Feed feed);
    void run();
    bool take_orders();
    void begin_anew();
    bool send_questions();
    bool take_answers();
    bool take_feed();
    bool take_snapshot();
    void begin_reading(std::optional<ipc::agent::StatusResult> status);
    void end_reading();
    void watch_reading();
    void watch_silence();
    void hold(ipc::ReceivedEvent event);
    void hand_over();
    void wait();
    [[nodiscard]] std::optional<Clock::time_point> silence_ends() const;
    [[nodiscard]] std::optional<Clock::time_point> next_look() const;

    std::string endpoint_;
    Poster poster_;
    Patience patience_;
    ipc::Client client_;
    ipc::Feed feed_;
    Deliver deliver_;
    ipc::WakeSignal wake_;

    // Shared with the UI thread.
    std::mutex mutex_;
    bool is_stopping_{false};
    std::vector<Question> inbox_;
    std::optional<std::vector<std::string>> wanted_words_;
    bool wants_new_way_{false};

    // The thread's own.
    std::vector<std::string> words_;  // beside the usual ones
    std::vector<Asked> asked_;
    SnapshotReader reader_;
    Clock::time_point read_until_{};                    // what is read has come by then, or not at all
    std::optional<Clock::time_point> read_again_at_{};  // after a reading that failed
    std::vector<ipc::ReceivedEvent> held_;              // while a snapshot is being read
    Batch batch_;
    Clock::time_point handed_over_at_{};
    bool is_here_{false};           // as was told last
    Clock::time_point heard_at_{};  // the agent's last word
    std::thread thread_;
};

}  // namespace stocktray::tray
