#include "ipc/spool/appender.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace stocktray::ipc {

Spool::Appended Appender::append(std::span<const qoh::Change> changes, std::int64_t now) {
    Request mine{changes};
    std::unique_lock lock{mutex_};
    waiting_.push_back(&mine);
    written_.wait(lock, [&] { return mine.result || !is_writing_; });
    if (!mine.result) {
        // Nobody writes: this thread does, for all who have come.
        is_writing_ = true;
        const auto requests = std::exchange(waiting_, {});
        lock.unlock();
        try {
            write(requests, now);
        } catch (const std::exception& error) {
            // Nobody may wait for ever for one that ran out of memory; what it has written, it has not said.
            const std::lock_guard all{mutex_};
            for (auto* request : requests)
                if (!request->result) request->result = fail(Code::storage, fmt::format("It could not be saved: {}.", error.what()));
        }
        lock.lock();
        is_writing_ = false;
        written_.notify_all();
    }
    return std::move(*mine.result);
}

void Appender::write(const std::vector<Request*>& requests, std::int64_t now) {
    std::vector<Spool::Submission> submissions;
    for (const auto* request : requests) submissions.push_back(request->changes);
    Expected<std::vector<Spool::Appended>> results;
    {
        const std::lock_guard lock{use_mutex_};
        results = spool_.append(submissions, now);
    }
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < requests.size(); ++i)
        requests[i]->result = results ? std::move((*results)[i]) : Spool::Appended{Failure{results.error()}};
}

}  // namespace stocktray::ipc
