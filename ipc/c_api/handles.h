// What stands behind the opaque handles. Internal to ipc/c_api.
#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ipc/c_api/stocktray.h"
#include "ipc/client/feed.h"
#include "ipc/messages/orders.h"
#include "ipc/messages/qoh.h"
#include "ipc/messages/takeover.h"
#include "ipc/spool/outbox.h"

struct stocktray_connection {
    std::unique_ptr<stocktray::ipc::Outbox> outbox;
    std::mutex event_mutex{};  // over `feed`
    std::optional<stocktray::ipc::Feed> feed{};
};

struct stocktray_change {
    stocktray::ipc::qoh::Change change{};
    std::string complaint{};  // what was wrong when it was made: said when it is submitted
};

struct stocktray_orders {
    stocktray::ipc::orders::Imported imported{};
    std::unordered_map<std::string, std::size_t> places{};  // of each order in them
};

struct stocktray_snapshot {
    stocktray::ipc::Outbox* outbox{nullptr};
    std::int32_t timeout_ms{0};
    stocktray::ipc::qoh::Snapshot part{};  // being filled
    std::size_t bytes{0};                  // of its texts
    std::vector<std::string> retake{};
    bool is_finished{false};
};

struct stocktray_items {
    struct Item {
        stocktray::ipc::qoh::PullItem item{};
        std::string job{};
    };
    std::vector<Item> items{};
};

struct stocktray_event {
    std::string topic{};
    std::string data{};
};
