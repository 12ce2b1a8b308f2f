// What a job says of each SKU, filtered for a list, with ticks to leave SKUs out. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ipc/messages/jobs.h"
#include "tray/model/job_tally.h"

namespace stocktray::tray {

class JobResults {
public:
    // One job takes no longer list of SKUs.
    static constexpr std::size_t most_selected = 50'000;

    void clear();
    void add(std::vector<ipc::jobs::ResultItem> items);

    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    // Every line there is; `shown` gives places in it.
    [[nodiscard]] const ipc::jobs::ResultItem& item(std::size_t at) const { return items_[at]; }
    [[nodiscard]] const std::vector<std::size_t>& shown() const noexcept { return shown_; }

    // Only lines whose SKU or reason has `text` in it, whatever their case, and with that result.
    void set_filter(std::string text, std::optional<ipc::JobResult> only);
    // The results that there are, in the order they are told.
    [[nodiscard]] std::vector<ipc::JobResult> kinds() const;

    // Only what would change has a tick.
    [[nodiscard]] bool has_tick(std::size_t at) const { return is_change(items_[at]); }
    [[nodiscard]] bool is_ticked(std::size_t at) const { return !left_out_[at]; }
    // A SKU that has several listings at the store is left out whole, or not at all: with each goes what else it has.
    void tick(std::size_t at, bool is_ticked);
    void tick_shown(bool is_ticked);
    // Empties it for the same deed, looked at once more: SKUs that were left out are left out again.
    void begin_again();
    [[nodiscard]] std::size_t left_out() const noexcept { return left_out_count_; }

    // Of what is ticked, and of all that waits.
    [[nodiscard]] const JobTally& tally() const noexcept { return tally_; }

    // The SKUs that are ticked, and those that wait; none where nothing was left out: the selection is then
    // as it was.
    [[nodiscard]] std::optional<std::vector<std::string>> selection() const;

private:
    void tick_one(std::size_t at, bool is_ticked);
    [[nodiscard]] bool fits(const ipc::jobs::ResultItem& item) const;

    std::vector<ipc::jobs::ResultItem> items_;
    std::vector<bool> left_out_;
    std::size_t left_out_count_{0};
    std::set<std::string> stays_out_;  // of the look before
    std::vector<std::size_t> shown_;
    std::string text_;  // in lower case
    std::optional<ipc::JobResult> only_;
    JobTally tally_;
};

// SKUs as a person pastes them: one a line, or separated by commas, semicolons or tabs. Each once, in their
// order.
[[nodiscard]] std::vector<std::string> skus_of_text(std::string_view text);

}  // namespace stocktray::tray
