// The latest changes of counts in the Order Manager, newest first, and for each cart whether it has followed.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipc/messages/history.h"
#include "ipc/messages/qoh.h"
#include "tray/link/conversation.h"

namespace stocktray::tray {

class ChangesModel {
public:
    static constexpr std::size_t most = 1'000;  // the newest ones; all of them are in the history

    enum class Column { when, sku, difference, reason, who, stores };

    struct Surroundings {
        std::function<std::int64_t()> now;
        std::function<std::string(const std::string&)> cart_name;
        std::function<void()> changed;
    };

    ChangesModel(Conversation conversation, Surroundings surroundings);

    void read();

    [[nodiscard]] std::size_t count() const noexcept { return changes_.size(); }
    [[nodiscard]] const ipc::history::Entry* find(std::size_t row) const;
    [[nodiscard]] std::string text(std::size_t row, Column column) const;
    [[nodiscard]] std::string headline() const;

    void tick();
    [[nodiscard]] std::optional<std::int64_t> look_again_in() const;

private:
    void hear(const News& news);
    void ask(std::optional<std::string> after);
    void take(ipc::history::ListResult result);
    void ask_counts();
    [[nodiscard]] bool is_newest_of_sku(std::size_t row) const;

    Surroundings surroundings_;
    std::deque<ipc::history::Entry> changes_;
    std::deque<ipc::history::Entry> read_;                      // of the reading that goes on
    std::map<std::string, ipc::qoh::Item, std::less<>> items_;  // by SKU
    std::size_t window_{0};
    std::int64_t began_at_{0};
    bool is_reading_{false};
    bool is_known_{false};
    std::string trouble_;
    bool is_stale_{false};
    bool is_asking_counts_{false};
    std::int64_t refreshed_at_{0};

    Conversation conversation_;
};

// Whether each cart has followed a change: "Main Store: has followed". `is_newest`: no later change of the
// SKU.
[[nodiscard]] std::string followed_words(const ipc::history::Entry& change, const ipc::qoh::Item& item,
                                         bool is_newest,
                                         const std::function<std::string(const std::string&)>& cart_name);

}  // namespace stocktray::tray
