// Why a count is what it is at a cart: both numbers, the cause, and what happened to the SKU, a sentence a
// step.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ipc/messages/takeover.h"
#include "tray/link/conversation.h"

namespace stocktray::tray {

class ExplainModel {
public:
    enum class Column { when, difference, store, text };

    struct Surroundings {
        std::function<std::int64_t()> now;
        std::function<std::string(const std::string&)> cart_name;
        std::function<void()> changed;
    };

    ExplainModel(Conversation conversation, Surroundings surroundings);

    void show(const std::string& cart, const std::string& sku);
    void read() { show(cart_, sku_); }
    [[nodiscard]] const std::string& cart() const noexcept { return cart_; }
    [[nodiscard]] const std::string& sku() const noexcept { return sku_; }

    // The cause in a sentence, then both counts.
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] std::size_t count() const noexcept { return result_.steps.size(); }
    [[nodiscard]] std::string text(std::size_t row, Column column) const;
    // Everything as text, for the clipboard.
    [[nodiscard]] std::string whole() const;

private:
    Surroundings surroundings_;
    std::string cart_;
    std::string sku_;
    int generation_{0};
    bool is_known_{false};
    std::string trouble_;
    ipc::qoh::ExplainResult result_{};

    Conversation conversation_;
};

// Why two counts are as they are, in a sentence.
[[nodiscard]] std::string words_of(ipc::Cause cause);

}  // namespace stocktray::tray
