#include "tray/link/snapshot_reader.h"

#include <iterator>
#include <utility>

namespace stocktray::tray {

// The feed has its own connection: ours may come back a moment later. Then it is asked again at the next
// look.
template <class T>
bool SnapshotReader::look(ipc::Client& client, Part<T>& part, const T& params) {
    if (part.answer) return true;
    if (!part.pending) {
        auto sent = client.send(params);
        if (sent)
            part.pending = *sent;
        else if (sent.error().code == ipc::Code::no_agent)
            waits_for_connection_ = true;
        else
            part.answer = ipc::Failure{std::move(sent.error())};
        return part.answer.has_value();
    }
    part.answer = client.take(*part.pending);
    if (part.answer && !*part.answer && part.answer->error().code == ipc::Code::no_answer) {
        part = {};
        waits_for_connection_ = true;
    }
    return part.answer.has_value();
}

template <class T, class Entries>
bool SnapshotReader::look_through(ipc::Client& client, Part<T>& part, T params, Entries T::Result::*entries) {
    params.after = part.before.next;
    const bool was_there = part.answer.has_value();
    if (!look(client, part, params)) return false;
    if (was_there || !*part.answer) return true;
    auto& page = **part.answer;
    auto& all = part.before.*entries;
    all.insert(all.end(), std::make_move_iterator((page.*entries).begin()), std::make_move_iterator((page.*entries).end()));
    part.before.next = std::move(page.next);
    if (!part.before.next) {
        page.*entries = std::move(all);
        return true;
    }
    part.pending.reset();
    part.answer.reset();
    return look_through(client, part, std::move(params), entries);
}

template <class T>
void SnapshotReader::forget(ipc::Client& client, Part<T>& part) {
    if (part.pending && !part.answer) client.forget(part.pending->msgid);
    part = {};
}

void SnapshotReader::give_up(ipc::Client& client) {
    is_reading_ = false;
    forget(client, status_);
    forget(client, hello_);
    forget(client, parameters_);
    forget(client, carts_);
    forget(client, alerts_);
    forget(client, jobs_);
}

void SnapshotReader::begin(ipc::Client& client, std::optional<ipc::agent::StatusResult> status) {
    give_up(client);
    is_reading_ = true;
    if (status) status_.answer = std::move(*status);
}

std::optional<std::variant<Snapshot, OtherVersion, ipc::AgentLost>> SnapshotReader::take(
    ipc::Client& client) {
    waits_for_connection_ = false;
    bool is_whole = look(client, status_, ipc::agent::Status{});
    is_whole = look(client, hello_, ipc::agent::Hello{.client = "stocktray " STOCKTRAY_VERSION}) && is_whole;
    is_whole = look(client, parameters_, ipc::parameters::Get{}) && is_whole;
    is_whole = look_through(client, carts_, ipc::carts::List{}, &ipc::carts::ListResult::carts) && is_whole;
    is_whole = look_through(client, alerts_, ipc::alerts::List{.limit = 1'000}, &ipc::alerts::ListResult::alerts) && is_whole;
    is_whole = look(client, jobs_, ipc::jobs::List{}) && is_whole;
    if (!is_whole) return std::nullopt;
    is_reading_ = false;
    auto& hello = *hello_.answer;
    if (!hello && hello.error().code == ipc::Code::unsupported)
        return OtherVersion{std::move(hello.error().message)};
    for (const ipc::Error* error :
         {hello ? nullptr : &hello.error(), *status_.answer ? nullptr : &status_.answer->error(),
          *parameters_.answer ? nullptr : &parameters_.answer->error(),
          *carts_.answer ? nullptr : &carts_.answer->error(),
          *alerts_.answer ? nullptr : &alerts_.answer->error(),
          *jobs_.answer ? nullptr : &jobs_.answer->error()})
        if (error) return ipc::AgentLost{*error};
    return Snapshot{.hello = std::move(*hello),
                    .status = std::move(**status_.answer),
                    .parameters = std::move((*parameters_.answer)->parameters),
                    .carts = std::move((*carts_.answer)->carts),
                    .alerts = std::move((*alerts_.answer)->alerts),
                    .jobs = std::move((*jobs_.answer)->jobs)};
}

}  // namespace stocktray::tray
