#include <chrono>
#include <thread>
#include <utility>

#include "ipc/c_api/boundary.h"
#include "ipc/c_api/handles.h"
#include "ipc/codec/json.h"

using namespace stocktray;
using namespace stocktray::c_api;

namespace {

// How long the library's own news may be kept waiting by the agent's.
constexpr std::chrono::milliseconds look_every{100};

std::string json_of(const ipc::Data::Map& members) {
    ipc::Encoder to;
    ipc::write(to, ipc::Data{members});
    const auto document = ipc::Document::parse(to.take());
    return ipc::to_json(document.root(), ipc::Layout::one_line);
}

stocktray_event event_of(const ipc::Outbox::Notice& notice) {
    ipc::Data::Map members{{"message", notice.message}};
    if (!notice.id.empty()) members.push_back({"id", notice.id});
    if (!notice.sku.empty()) members.push_back({"sku", notice.sku});
    if (!notice.code.empty()) members.push_back({"code", notice.code});
    if (notice.count > 0) members.push_back({"count", notice.count});
    if (notice.since > 0) members.push_back({"since", notice.since});
    return {notice.topic, json_of(members)};
}

// None: the library itself says whether the agent is there.
std::optional<stocktray_event> event_of(const ipc::Feed::Item& item) {
    if (const auto* status = std::get_if<ipc::agent::StatusResult>(&item)) {
        const auto document = ipc::Document::parse(ipc::encode(*status));
        return stocktray_event{"agent.status", ipc::to_json(document.root(), ipc::Layout::one_line)};
    }
    if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item))
        return stocktray_event{std::string{event->numbers.topic}, ipc::to_json(event->data, ipc::Layout::one_line)};
    return std::nullopt;
}

}  // namespace

stocktray_code STOCKTRAY_CALL stocktray_next_event(stocktray_connection* connection, int32_t timeout_ms,
                                                   stocktray_event** event) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !event) return wrong_argument("stocktray_next_event needs a connection and a place.");
        *event = nullptr;
        const auto deadline = std::chrono::steady_clock::now() + wait_of(timeout_ms);
        const std::lock_guard lock{connection->event_mutex};
        if (!connection->feed) {
            auto feed = ipc::Feed::open({.endpoint = connection->outbox->endpoint()});
            if (!feed) return say(feed.error());
            connection->feed.emplace(std::move(*feed));
        }
        for (;;) {
            if (const auto notice = connection->outbox->next_notice()) {
                *event = new stocktray_event{event_of(*notice)};
                return STOCKTRAY_OK;
            }
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            const auto item = connection->feed->next(std::clamp(left, std::chrono::milliseconds{0}, look_every));
            if (item) {
                if (auto news = event_of(*item)) {
                    *event = new stocktray_event{std::move(*news)};
                    return STOCKTRAY_OK;
                }
            } else if (std::chrono::steady_clock::now() >= deadline) {
                return STOCKTRAY_NOTHING;
            }
        }
    });
}

const char* STOCKTRAY_CALL stocktray_event_topic(const stocktray_event* event) { return event ? event->topic.c_str() : nullptr; }
const char* STOCKTRAY_CALL stocktray_event_data(const stocktray_event* event) { return event ? event->data.c_str() : nullptr; }
void STOCKTRAY_CALL stocktray_event_free(stocktray_event* event) { delete event; }
