// The first steps, from nothing to the first confirmed change. Where they stand is asked of the agent each
// time; only the chosen side is kept. No wx.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/messages/qoh.h"
#include "tray/link/link.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/carts_model.h"
#include "tray/model/trial.h"

namespace stocktray::tray {

enum class WizardStep { agent, cart, side, run, turn_on, done };
constexpr int wizard_steps = 6;

// Whose counts are right at the beginning.
enum class RightSide { unknown, store, order_manager };

class WizardModel {
public:
    // What it needs of the program around it.
    struct Surroundings {
        RightSide kept_side{RightSide::unknown};
        std::function<void(RightSide)> keep_side;
        std::function<std::int64_t()> now;
        std::function<void()> changed;  // something is to be shown anew
    };

    // `trial` outlives it.
    WizardModel(Link& link, const AgentMirror& mirror, Trial& trial, Surroundings surroundings);
    ~WizardModel();

    // The mirror has changed.
    void look();

    [[nodiscard]] WizardStep step() const noexcept { return step_; }
    [[nodiscard]] std::string title() const;
    // What the step is about, in a sentence or two.
    [[nodiscard]] std::string words() const;
    // How it stands now.
    [[nodiscard]] std::string status() const;
    [[nodiscard]] std::string next_label() const;  // with its access key
    [[nodiscard]] bool can_next() const;
    [[nodiscard]] bool can_back() const;
    void next();  // in the last step: nothing
    void back();

    [[nodiscard]] CartsModel& carts() noexcept { return carts_; }
    [[nodiscard]] const std::string& cart() const noexcept { return cart_; }

    // --- which side is right
    [[nodiscard]] RightSide side() const noexcept { return side_; }
    void choose(RightSide side);
    [[nodiscard]] bool knows_counts() const noexcept { return knows_counts_; }
    void read_counts_from(const std::string& path);
    [[nodiscard]] const std::string& counts_words() const noexcept { return counts_words_; }

    // --- preview and run
    // The guard asks before very many counts change; a person has said that it is right so.
    [[nodiscard]] bool needs_agreement() const;
    void agree(bool is_agreed);
    // SKUs wait while the agent does not know which web orders are imported; a person may say that all are.
    [[nodiscard]] bool can_say_orders_are_imported() const;
    void say_orders_are_imported(bool are_imported);
    [[nodiscard]] int percent() const;  // of the job at work

    // --- the last step: one piece off, confirmed, and put back
    void test_change();
    [[nodiscard]] bool can_test_change() const;

private:
    [[nodiscard]] WizardStep reached() const;
    void go(WizardStep step);
    void choose_cart();
    void begin_with_another_cart();
    void let_go_of_preview();
    void read_state();
    void hear(const News& news);
    void take(const ipc::jobs::Job& job);
    void start(bool is_preview);
    void send_part(std::vector<ipc::qoh::SnapshotItem> items, std::size_t from, std::int64_t part,
                   std::string snapshot);
    void turn_on();
    void fail(const std::string& message);
    [[nodiscard]] bool is_on() const;
    [[nodiscard]] std::string preview_words() const;
    [[nodiscard]] std::string run_words() const;
    [[nodiscard]] std::string trial_words() const;

    const AgentMirror& mirror_;
    Trial& trial_;
    Surroundings surroundings_;
    WizardStep step_{WizardStep::agent};
    bool is_placed_{false};  // the step was chosen once the agent had answered
    RightSide side_;
    std::string cart_;
    bool knows_counts_{false};
    int answers_missing_{0};  // to what was asked about the cart
    bool is_reading_counts_{false};
    std::string counts_words_;
    std::optional<ipc::jobs::Job> preview_;
    std::optional<ipc::jobs::Job> job_;
    std::optional<std::int64_t> awaited_job_;  // started, and not heard of yet
    bool is_starting_{false};
    std::uint64_t starts_{0};  // answers to earlier ones are nobody's
    bool is_agreed_{false};
    bool are_orders_imported_{false};
    bool is_turning_on_{false};
    std::int64_t step_since_{0};
    std::string error_;
    CartsModel carts_;
    Conversation conversation_;
};

}  // namespace stocktray::tray
