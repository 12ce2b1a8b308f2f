// The jobs: one at a time per cart is at work, others of it that are done may have SKUs that still wait. Starts
// them, drives them, and lets what waits go on by itself.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/jobs/round.h"
#include "core/jobs/run.h"
#include "core/jobs/tools.h"
#include "core/result.h"

namespace stocktray::jobs {

class Jobs {
public:
    explicit Jobs(Tools tools) noexcept : tools_{tools} {}

    // Begins a job. `conflict` while another one is at work at the cart, and for what cannot be taken back.
    [[nodiscard]] Result<JobId> start(Kind kind, const std::string& cart, Options options, Now now);
    // Ends a job where it stands: what was sent stays sent, nothing more is done, and what waits is let go.
    [[nodiscard]] Result<void> cancel(JobId id, Now now);

    // At the start of the program, and after a turn that was taken back: what its jobs had in mind is not to be
    // trusted. What was at work goes on with a new reading.
    void resume(Now now);

    // The end of a turn, for a cart that can be asked; it may not be, then `hold` says so.
    void advance(stack::CartState& cart, Now now);
    [[nodiscard]] bool works_at(stack::CartKey cart) const noexcept { return runs_.contains(cart); }
    // The cart's job could do another slice at once.
    [[nodiscard]] bool has_more(const stack::CartState& cart) const noexcept;
    // What waits of jobs that were let go is skipped slice by slice, whether the cart can be asked or not. Its other jobs do
    // nothing meanwhile: what they find has to be as it will be.
    void go_on_letting_go(stack::CartState& cart, Now now);
    [[nodiscard]] bool is_letting_go(const stack::CartState& cart) const noexcept { return letting_go_.contains(cart.cart.key); }
    void hold(stack::CartState& cart, Now now);
    // The cart was synchronized: what waits for its jobs does not go on by itself any more.
    void switched_off(stack::CartState& cart);
    // Carts that are gone take their jobs with them.
    void end_gone(Now now);
    // An audit is due for the cart.
    void start_due(stack::CartState& cart, Now now);

    void answered(stack::CartState& cart, const stack::ForJob& asked, const cart::Done& done, Now now);
    void page(const stack::CartState& cart, const stack::ForJob& asked, const std::vector<cart::ReadCount>& page, std::int32_t answer);
    // The Order Manager has imported web orders of the cart: what waited for that goes on.
    void imported(const stack::CartState& cart, Now now);

    // What a job that is at work does at this moment.
    [[nodiscard]] Run::Doing doing(const Job& job) const noexcept;

    [[nodiscard]] std::optional<AgentTime> next_wakeup(const stack::CartState& cart, Now now) const;

private:
    // SKUs of finished jobs that wait, a round of them at a time.
    struct Waiting {
        // The next look finds out anew what can be read.
        void forget_reading() {
            gathered.clear();
            round.reset();
        }

        std::optional<AgentTime> look_at;
        std::int64_t tries{0};
        bool follows_posts{false};  // lines end with posts that are under way: soon, if all is well
        std::int64_t ticket{0};
        JobId job{0};
        std::string cursor;
        std::vector<sync::QuietRound::Watched> gathered;  // of that job, for its next round
        std::optional<Round> round;
    };

    // How far the oldest job of a cart that was let go has got.
    struct LettingGo {
        JobId job{0};
        std::string after;       // lines up to this one were looked at
        bool is_at_posts{true};  // those with posts first: they are on their way; then those that wait
    };

    void take_up(const Job& job);
    void let_go(const Job& job, const std::string& why);
    void wind_up(const Job& job);
    void close(stack::CartState& cart, Now now);
    void release(stack::CartState& cart, bool ends_posts);
    [[nodiscard]] bool withdraw(stack::CartState& cart, const JobItem& line, Now now);
    [[nodiscard]] bool follow_posts(stack::CartState& cart, const Job& job, std::string& after, Now now);
    void look_at_waiting(stack::CartKey cart, Now now);
    [[nodiscard]] stack::JobNeeds needs_of_waiting(stack::CartKey cart) const;
    void advance_waiting(stack::CartState& cart, Now now);
    bool begin_waiting(stack::CartState& cart, Waiting& waiting, Now now);
    void say_what_is_missing(const stack::CartState& cart, const Job& job, const std::string& store_sku);
    [[nodiscard]] std::optional<sync::QuietRound::Watched> take_up_again(stack::CartState& cart,
                                                                         const Job& job, JobItem line,
                                                                         Now now);
    void ask_for(const stack::CartState& cart, const Waiting& waiting, Now now);
    void conclude_waiting(stack::CartState& cart, Waiting& waiting, Now now);
    [[nodiscard]] bool conclude_slice(stack::CartState& cart, Waiting& waiting, const Job& job, Now now);
    [[nodiscard]] bool give_up_slice(const stack::CartState& cart, Waiting& waiting);
    void pause_waiting(Waiting& waiting, Now now);
    void note_audit(stack::CartState& cart, const Job& job, Now now);
    [[nodiscard]] std::optional<AgentTime> audit_due(const stack::CartState& cart) const;

    Tools tools_;
    std::map<stack::CartKey, std::unique_ptr<Run>> runs_;
    std::map<stack::CartKey, Waiting> waiting_;
    std::map<stack::CartKey, LettingGo> letting_go_;
    std::map<stack::CartKey, AgentTime> audit_failed_;  // when; until one begins anew
    std::int64_t last_ticket_{0};
};

}  // namespace stocktray::jobs
