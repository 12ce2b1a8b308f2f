// The history: who did what, when and why, newest first, cut by cart, SKU, kind and time.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/messages/history.h"
#include "tray/link/conversation.h"

namespace stocktray::tray {

class HistoryModel {
public:
    static constexpr std::size_t most = 10'000;  // the newest ones are kept

    enum class Column { when, kind, cart, sku, difference, who, text };
    enum class Since { today, week, month, all };
    static constexpr int sinces = 4;
    [[nodiscard]] static std::string words_of(Since since);
    // The kinds in the order in which they are offered.
    [[nodiscard]] static const std::vector<ipc::HistoryKind>& kinds();

    struct Filter {
        std::string cart{};
        std::string sku{};
        std::optional<ipc::HistoryKind> kind{};
        Since since{Since::week};
        bool operator==(const Filter&) const = default;
    };

    struct Surroundings {
        std::function<std::int64_t()> now;
        std::function<std::string(const std::string&)> cart_name;
        std::function<void()> changed;
    };

    HistoryModel(Conversation conversation, Surroundings surroundings);

    void show(const Filter& filter);
    [[nodiscard]] const Filter& filter() const noexcept { return filter_; }
    void read() { show(filter_); }

    [[nodiscard]] std::size_t count() const noexcept { return entries_.size(); }
    // There are more of them to come.
    [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }
    [[nodiscard]] const ipc::history::Entry* find(std::size_t row) const;
    [[nodiscard]] std::string text(std::size_t row, Column column) const;
    [[nodiscard]] std::string headline() const;
    // All that is shown, for spreadsheets: a line each, with the columns' titles on top.
    [[nodiscard]] std::string csv() const;

private:
    void hear(const News& news);
    void ask(std::optional<std::string> after);
    [[nodiscard]] bool fits(const ipc::history::Entry& entry) const;

    Surroundings surroundings_;
    Filter filter_{};
    std::deque<ipc::history::Entry> entries_;
    std::int64_t since_{0};
    int generation_{0};
    bool is_reading_{false};
    bool is_cut_{false};  // there are older ones than are kept
    std::string trouble_;

    Conversation conversation_;
};

// The columns' titles, as the window and the exported file name them.
[[nodiscard]] std::vector<std::string> history_titles();

// A cell of a CSV file: in quotes where it needs them. What a spreadsheet would take for a formula is kept
// from it.
[[nodiscard]] std::string csv_cell(const std::string& text);

}  // namespace stocktray::tray
