// Appends changes to a spool for several threads: those who come while one writes share the next commit, and with it
// the sync that makes it durable.
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "ipc/spool/spool.h"

namespace stocktray::ipc {

class Appender {
public:
    // `use_mutex` is held over every use of `spool`. Both must outlive it.
    Appender(Spool& spool, std::mutex& use_mutex) noexcept : spool_{spool}, use_mutex_{use_mutex} {}

    // On the disk when it returns; as `Spool::append`. From any thread.
    [[nodiscard]] Spool::Appended append(std::span<const qoh::Change> changes, std::int64_t now);

private:
    struct Request {
        Spool::Submission changes;
        std::optional<Spool::Appended> result{};
    };
    void write(const std::vector<Request*>& requests, std::int64_t now);

    Spool& spool_;
    std::mutex& use_mutex_;
    std::mutex mutex_{};  // over everything below
    std::condition_variable written_{};
    std::vector<Request*> waiting_{};
    bool is_writing_{false};
};

}  // namespace stocktray::ipc
