#include "agent/gateway/database/agent_book.h"

namespace stocktray::gateway::database {
namespace {

using std::chrono::seconds;

constexpr seconds answered_within{10};
constexpr seconds snapshot_within{120};  // a million items are taken over in one transaction

Book::Counts counts_in(const ipc::qoh::ListResult& list) {
    Book::Counts counts;
    for (const auto& item : list.items)
        if (item.om_qoh) counts.emplace(item.sku, *item.om_qoh);
    return counts;
}

}  // namespace

ipc::Expected<ipc::agent::HelloResult> AgentBook::hello() {
    return client_.call(ipc::agent::Hello{program_, 1}, answered_within);
}

ipc::Expected<Book::Counts> AgentBook::counts_of(const std::vector<std::string>& skus) {
    ipc::qoh::List list;
    list.skus = skus;
    list.limit = static_cast<std::int64_t>(most_asked);
    const auto listed = client_.call(list, answered_within);
    if (!listed) return ipc::Failure{listed.error()};
    return counts_in(*listed);
}

ipc::Expected<Book::Page> AgentBook::page(const std::string& after) {
    ipc::qoh::List list;
    if (!after.empty()) list.after = after;
    list.limit = static_cast<std::int64_t>(most_asked);
    const auto listed = client_.call(list, answered_within);
    if (!listed) return ipc::Failure{listed.error()};
    return Page{counts_in(*listed), listed->next};
}

ipc::Expected<ipc::qoh::SubmitResult> AgentBook::offer(std::vector<ipc::qoh::Change> changes) {
    return client_.call(ipc::qoh::Submit{source_, std::move(changes)}, answered_within);
}

ipc::Expected<ipc::qoh::SnapshotResult> AgentBook::snapshot(ipc::qoh::Snapshot part) {
    part.source = source_;
    return client_.call(part, snapshot_within);
}

ipc::Expected<ipc::qoh::PullResult> AgentBook::pull(ipc::qoh::Pull request) { return client_.call(request, answered_within); }

}  // namespace stocktray::gateway::database
