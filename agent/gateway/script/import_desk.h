// Web orders: those that the Order Manager was given, and how far it has imported them.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "agent/gateway/door.h"
#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/order_reader.h"
#include "agent/gateway/script/script_options.h"

namespace stocktray::gateway {

class ImportDesk {
public:
    ImportDesk(const Surroundings& surroundings, Ledger& ledger, FanOut fan_out) noexcept
        : surroundings_{surroundings}, ledger_{ledger}, fan_out_{fan_out} {}

    // The Order Manager was given these, whole.
    void passed(const std::string& cart, const OrderReader::Passed& passed);
    // It was given an answer that may hold orders, and could not be read.
    void passed_unread(const std::string& cart);
    // It has named the last order that it has, in a call that the store has not refused.
    void has_imported(const std::string& cart, bool is_source, std::string_view last_order);
    // Imports that waited for the posts that belong to them, and do not wait any longer. Call now and then.
    void look_again();

private:
    struct Waiting {
        std::string last_order;
        bool is_source{false};
    };
    void report(const std::string& cart, bool is_source, std::string_view last_order);

    const Surroundings& surroundings_;
    Ledger& ledger_;
    FanOut fan_out_;
    std::mutex mutex_;
    std::map<std::string, Waiting> waiting_;
    std::map<std::string, std::pair<std::string, std::chrono::steady_clock::time_point>> told_;
};

}  // namespace stocktray::gateway
