// A fake agent at which jobs are done as soon as they are started.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ipc/messages/events.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl::testing {

namespace jobs = ipc::jobs;

inline jobs::ResultItem an_item(std::string sku, ipc::JobResult result) {
    jobs::ResultItem item;
    item.sku = item.store_sku = std::move(sku);
    item.result = result;
    return item;
}

// `before` and `after` of the store's count.
inline jobs::ResultItem a_change_of(std::string sku, ipc::JobResult result, std::int64_t before,
                                    std::int64_t after) {
    auto item = an_item(std::move(sku), result);
    item.om_qoh = item.after = after;
    item.before = before;
    item.delta = after - before;
    return item;
}

struct JobAgent : Ctl {
    // What each job says. `preview` is for dry runs.
    std::vector<jobs::ResultItem> items;
    std::vector<jobs::ResultItem> preview;
    // How each job ends; `running`: it does not.
    ipc::JobState ends{ipc::JobState::done};
    std::optional<jobs::Blocked> blocked;
    std::optional<std::string> message;
    std::vector<jobs::Start> started;
    std::vector<std::int64_t> cancelled;
    std::size_t page_size{2};

    JobAgent() {
        agent.on_raw("agent.status", [](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            ipc::agent::StatusResult status{.run = "run-1", .seq = server.seq(), .synch_qoh = true};
            status.carts.push_back({.cart = "main", .name = "Main Store"});
            server.reply_ok(request.from, status);
        });
        agent.on<jobs::Start>([this](const jobs::Start& start) -> ipc::Expected<jobs::Started> {
            if (start.cart != "main")
                return ipc::Failure{{ipc::Code::not_found, "There is no cart " + start.cart + ".", {}}};
            started.push_back(start);
            return jobs::Started{static_cast<std::int64_t>(started.size())};
        });
        agent.on<jobs::Get>(
            [this](const jobs::Get& get) -> ipc::Expected<jobs::Job> { return job(get.job); });
        agent.on<jobs::Cancel>([this](const jobs::Cancel& cancel) -> ipc::Expected<ipc::Nothing> {
            cancelled.push_back(cancel.job);
            return ipc::Nothing{};
        });
        agent.on<jobs::Results>([this](const jobs::Results& asked) { return page(asked); });
    }

    [[nodiscard]] bool is_preview(std::int64_t id) const {
        return started.at(static_cast<std::size_t>(id) - 1).options.dry_run.value_or(false);
    }
    [[nodiscard]] jobs::Job job(std::int64_t id) const {
        const auto& start = started.at(static_cast<std::size_t>(id) - 1);
        jobs::Job job{.job = id, .kind = start.kind, .cart = start.cart, .dry_run = is_preview(id)};
        job.undoes = start.options.job;
        job.state = job.dry_run ? ipc::JobState::done : ends;
        job.started_at = 1'000;
        if (job.state != ipc::JobState::running) job.finished_at = 3'000;
        if (job.state == ipc::JobState::blocked) job.blocked = blocked;
        if (job.dry_run) job.would_block = blocked;
        job.message = message;
        for (const auto& item : job.dry_run ? preview : items) {
            auto& counts = job.counts;
            std::map<ipc::JobResult, std::int64_t*> places{
                {ipc::JobResult::ok, &counts.ok},
                {ipc::JobResult::would_change, &counts.would_change},
                {ipc::JobResult::waiting, &counts.waiting},
                {ipc::JobResult::different, &counts.different},
                {ipc::JobResult::error, &counts.error},
                {ipc::JobResult::ambiguous, &counts.ambiguous},
                {ipc::JobResult::new_, &counts.new_},
                {ipc::JobResult::not_found, &counts.not_found}};
            if (const auto at = places.find(item.result); at != places.end()) ++*at->second;
            ++job.done;
        }
        job.total = job.done;
        return job;
    }

private:
    [[nodiscard]] ipc::Expected<jobs::ResultsResult> page(const jobs::Results& asked) const {
        const auto& all = is_preview(asked.job) ? preview : items;
        jobs::ResultsResult result;
        for (const auto& item : all) {
            if (asked.after && item.store_sku <= *asked.after) continue;
            if (asked.result && item.result != *asked.result) continue;
            result.items.push_back(item);
            if (result.items.size() < page_size) continue;
            result.next = item.store_sku;
            break;
        }
        return result;
    }
};

}  // namespace stocktray::ctl::testing
