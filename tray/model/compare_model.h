// Compares a store with the Order Manager, or shows what the last comparison found, and does something about
// single SKUs.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/agent_mirror.h"
#include "tray/model/job_results.h"
#include "tray/model/job_runner.h"
#include "tray/model/results_reader.h"

namespace stocktray::tray {

class CompareModel {
public:
    struct Surroundings {
        std::function<Conversation()> converse;
        std::function<std::int64_t()> now;  // milliseconds since 1970
        std::string by{};
        std::function<void()> changed;
        std::function<void()> lines_added;  // only lines were added to the results
    };

    // `mirror` must outlive it.
    CompareModel(std::string cart, const AgentMirror& mirror, Surroundings surroundings);

    // Looks for the last comparison, or the one that is at work.
    void read();
    void compare();
    void cancel() { runner_.cancel(); }

    [[nodiscard]] bool is_at_work() const { return runner_.is_at_work(); }
    [[nodiscard]] JobResults& results() noexcept { return results_; }
    // The audit that these are of; none yet.
    [[nodiscard]] const std::optional<std::int64_t>& read_job() const noexcept { return read_job_; }
    [[nodiscard]] const std::string& cart() const noexcept { return cart_; }
    [[nodiscard]] std::string title() const;
    [[nodiscard]] std::string headline() const;  // what was found and when, or how far it is
    [[nodiscard]] int percent() const;           // below 0: not known
    [[nodiscard]] std::string trouble() const;   // empty: nothing went wrong

    // Why no comparison and no repair can be started now; empty: they can.
    [[nodiscard]] std::string why_not_start() const;

    // Why the Order Manager's count cannot be sent; empty: it can.
    [[nodiscard]] std::string why_not_send() const;

    // Whose count is right.
    enum class Right { store, order_manager };
    // The SKU's counts can be made equal.
    [[nodiscard]] bool can_repair(std::size_t at) const;
    void repair(const std::vector<std::size_t>& lines, Right right);
    // `days` 0: tell of it again.
    void ignore(const ipc::jobs::ResultItem& item, int days);
    void explain(std::size_t line);

    // What has been done about the line here; else its result.
    [[nodiscard]] std::string result_of(std::size_t line) const;
    // The pane below the list: the explanation that was asked for, or the agent's sentence.
    [[nodiscard]] std::string explanation(std::optional<std::size_t> line) const;
    // What came of the last thing that was done; empty: nothing was done.
    [[nodiscard]] const std::string& done_words() const noexcept { return done_; }

private:
    void audit_changed();
    void repair_changed();
    void read_repaired(const ipc::jobs::Job& job, std::optional<std::string> after);
    void take_repaired(const ipc::jobs::Job& job, const std::vector<ipc::jobs::ResultItem>& items);
    void tell_repaired(const ipc::jobs::Job& job);
    [[nodiscard]] std::string cart_name() const { return mirror_.name_of(cart_); }

    std::string cart_;
    const AgentMirror& mirror_;
    Surroundings surroundings_;
    std::optional<ipc::jobs::Job> other_;  // at work at the cart, and not ours
    std::optional<std::int64_t> read_job_;
    JobTally repaired_;  // of the repair that is being read
    std::optional<std::int64_t> told_repair_;
    std::map<std::string, std::string> done_at_;       // by the store's SKU
    std::map<std::string, std::string> explanations_;  // by the store's SKU
    std::string done_;
    std::string trouble_;
    bool is_looking_{true};  // whether there is one is not known yet
    JobResults results_;
    ResultsReader reader_;
    JobRunner runner_;
    JobRunner repairer_;
    Conversation conversation_;
};

}  // namespace stocktray::tray
