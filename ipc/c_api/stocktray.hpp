// libstocktray for C++17 and later: stocktray.h with owners for its handles and exceptions for its codes. Header
// only, so that it fits every compiler.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stocktray.h"

namespace stocktray_cpp {

class Error : public std::runtime_error {
public:
    Error(stocktray_code code, const std::string& sentence) : std::runtime_error{sentence}, code_{code} {}
    [[nodiscard]] stocktray_code code() const noexcept { return code_; }

private:
    stocktray_code code_;
};

inline void must(stocktray_code code) {
    if (code != STOCKTRAY_OK) throw Error{code, stocktray_last_error()};
}

enum class Place { at_agent = STOCKTRAY_AT_AGENT, spooled = STOCKTRAY_SPOOLED, refused = STOCKTRAY_REFUSED };

// A change of a count; the names are those of stocktray.h.
class Change {
public:
    // Pieces up or down.
    Change(const std::string& id, const std::string& sku, std::int64_t pieces, const std::string& reason)
        : handle_{stocktray_change_new(id.empty() ? nullptr : id.c_str(), sku.c_str(), pieces, reason.c_str()),
                  stocktray_change_free} {
        if (!handle_) throw std::bad_alloc{};
    }
    Change& set(const char* field, const std::string& text) {
        must(stocktray_change_set_text(handle_.get(), field, text.c_str()));
        return *this;
    }
    Change& set(const char* field, std::int64_t number) {
        must(stocktray_change_set_number(handle_.get(), field, number));
        return *this;
    }
    [[nodiscard]] const stocktray_change* get() const noexcept { return handle_.get(); }

private:
    std::unique_ptr<stocktray_change, void (STOCKTRAY_CALL *)(stocktray_change*)> handle_;
};

struct Item {
    std::string sku, cursor, name, cart;
    std::int64_t delta{0}, qoh{0};
    bool is_new{false};
};

struct Event {
    std::string topic, data;
};

class Connection {
public:
    explicit Connection(const std::string& client, const char* endpoint = nullptr, const char* spool = nullptr)
        : handle_{nullptr, stocktray_close} {
        stocktray_connection* opened = nullptr;
        must(stocktray_open(client.c_str(), endpoint, spool, &opened));
        handle_.reset(opened);
    }

    // Saved when it returns; throws where it could not be saved or, within `wait_ms`, was refused.
    Place submit(const Change& change, std::int32_t wait_ms = 0) {
        stocktray_place place = STOCKTRAY_SPOOLED;
        must(stocktray_submit_one(handle_.get(), change.get(), wait_ms, &place));
        return static_cast<Place>(place);
    }
    // Whether nothing is on its way any more; throws where the agent will not have what is.
    bool flush(std::int32_t wait_ms) {
        const auto code = stocktray_flush(handle_.get(), wait_ms);
        if (code == STOCKTRAY_NO_AGENT) return false;
        must(code);
        return true;
    }
    std::vector<Item> pull(const std::string& consumer, std::int32_t limit = 100, std::int32_t timeout_ms = 10'000) {
        stocktray_items* found = nullptr;
        const auto code = stocktray_pull(handle_.get(), consumer.c_str(), limit, timeout_ms, &found);
        if (code == STOCKTRAY_NOTHING) return {};
        must(code);
        const std::unique_ptr<stocktray_items, void (STOCKTRAY_CALL *)(stocktray_items*)> owner{found, stocktray_items_free};
        std::vector<Item> items;
        for (std::size_t i = 0; i < stocktray_items_count(found); ++i)
            items.push_back({stocktray_items_text(found, i, "sku"), stocktray_items_text(found, i, "cursor"),
                             stocktray_items_text(found, i, "name"), stocktray_items_text(found, i, "cart"),
                             stocktray_items_delta(found, i), stocktray_items_qoh(found, i),
                             stocktray_items_is_new(found, i) != 0});
        return items;
    }
    void acknowledge(const std::string& consumer, const std::string& cursor, std::int32_t timeout_ms = 10'000) {
        must(stocktray_acknowledge(handle_.get(), consumer.c_str(), cursor.c_str(), timeout_ms));
    }
    std::optional<Event> next_event(std::int32_t timeout_ms) {
        stocktray_event* found = nullptr;
        const auto code = stocktray_next_event(handle_.get(), timeout_ms, &found);
        if (code == STOCKTRAY_NOTHING) return std::nullopt;
        must(code);
        const std::unique_ptr<stocktray_event, void (STOCKTRAY_CALL *)(stocktray_event*)> owner{found, stocktray_event_free};
        return Event{stocktray_event_topic(found), stocktray_event_data(found)};
    }
    // Any method of PROTOCOL.md, JSON in and out.
    std::string call(const std::string& method, const std::string& params = "{}", std::int32_t timeout_ms = 10'000) {
        char* text = nullptr;
        must(stocktray_call(handle_.get(), method.c_str(), params.c_str(), timeout_ms, &text));
        const std::unique_ptr<char, void (STOCKTRAY_CALL *)(char*)> owner{text, stocktray_text_free};
        return text;
    }
    [[nodiscard]] std::int64_t waiting() const { return stocktray_waiting(handle_.get()); }
    [[nodiscard]] std::int64_t refused() const { return stocktray_refused(handle_.get()); }
    [[nodiscard]] std::int64_t silent_since() const { return stocktray_silent_since(handle_.get()); }
    // Why nothing is delivered just now; empty: all is well.
    [[nodiscard]] std::string trouble() const {
        return stocktray_trouble(handle_.get()) == STOCKTRAY_OK ? std::string{} : stocktray_last_error();
    }
    // For everything else of stocktray.h.
    [[nodiscard]] stocktray_connection* get() const noexcept { return handle_.get(); }

private:
    std::unique_ptr<stocktray_connection, void (STOCKTRAY_CALL *)(stocktray_connection*)> handle_;
};

}  // namespace stocktray_cpp
