#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "agent/gateway/folder/folder_watch.h"

namespace stocktray::gateway {
namespace {

class Poll : public FolderWatch {
public:
    explicit Poll(std::chrono::milliseconds every) : every_{every} {}

    void wait(std::chrono::milliseconds at_most, std::stop_token stop) override {
        std::mutex mutex;
        std::unique_lock lock{mutex};
        std::condition_variable_any stopped;
        stopped.wait_for(lock, stop, std::min(at_most, every_), [] { return false; });
    }
    [[nodiscard]] bool is_told() const noexcept override { return false; }

private:
    std::chrono::milliseconds every_;
};

}  // namespace

std::unique_ptr<FolderWatch> poll_folder(std::chrono::milliseconds every) { return std::make_unique<Poll>(every); }

}  // namespace stocktray::gateway
