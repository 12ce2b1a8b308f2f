// One job at work: it reads the store, weighs what it would do, asks the guard, acts listing by listing, and reads
// back. It keeps in memory only what a new reading brings again: after a restart it begins with a new reading, and
// what it has done already stands in its lines.
#pragma once
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/jobs/deeds.h"
#include "core/jobs/job.h"
#include "core/jobs/pace.h"
#include "core/jobs/round.h"
#include "core/jobs/store_list.h"
#include "core/jobs/tools.h"
#include "core/sync/quiet_round.h"

namespace stocktray::jobs {

class Run {
public:
    // `older`: finished jobs of the cart with SKUs that wait. `tickets`: the last ticket drawn, for all runs.
    Run(Tools& tools, Job job, std::vector<JobId> older, std::int64_t& tickets);

    [[nodiscard]] const Job& job() const noexcept { return job_; }
    [[nodiscard]] bool is_over() const noexcept { return !is_at_work(job_.state); }
    // There is more to do without waiting for anything.
    [[nodiscard]] bool has_more() const noexcept { return has_more_ && !is_held_; }
    [[nodiscard]] std::optional<AgentTime> resume_at() const noexcept {
        return is_held_ ? std::nullopt : resume_at_;
    }
    // What it does at this moment, in words, and until when it only waits for that. Nothing while it is held.
    struct Doing {
        std::string_view words;
        std::optional<AgentTime> until;
        // How far it is, and how far it was when it began with that: from both follows how fast it is.
        std::int64_t done{0};
        std::int64_t done_before{0};
        AgentTime since{};
    };
    [[nodiscard]] Doing doing() const noexcept;
    // A question that was put out and has not been answered; `ticket` tells whose answer comes in.
    [[nodiscard]] std::int64_t ticket() const noexcept { return ticket_; }

    // The cart cannot be asked at this moment.
    void hold();
    // One slice of work, and the next question if one is due. For a cart that can be asked.
    void advance(stack::CartState& cart, Now now);
    void answered(stack::CartState& cart, const cart::Done& done, Now now);
    void page(const std::vector<cart::ReadCount>& page, std::int32_t answer);

    void finish(State state, Now now);

private:
    static constexpr std::size_t most_rounds = 64;        // in memory
    static constexpr std::int64_t most_failures = 3;      // of one question
    static constexpr Milliseconds failure_pause{2'000};  // before it is asked again

    enum class Phase { begin, listing, weighing, acting, missing, selecting, rounds, undoing, replacing, posting, reading_back, ending };
    // What is done at one pace.
    enum class Stretch { reading, comparing, undoing, replacing, posting, reading_back };
    [[nodiscard]] static Stretch stretch_of(Phase phase) noexcept;
    [[nodiscard]] std::int64_t shown_done() const noexcept;
    enum class Asked { nothing, list, round, replace, read_back, read_anew, orders_anew };

    void begin(stack::CartState& cart);
    void ask(stack::CartState& cart, Asked asked, stack::What what, Now now);
    // A list that could not be told, for this reason. A store that is not reached is waited for.
    [[nodiscard]] bool has_failed_too_often(cart::Cause cause) noexcept;
    void go_on_listing(stack::CartState& cart, Now now);
    void listed(stack::CartState& cart, const cart::CountsResult& counts, Now now);
    void begin_taking_over(Asked asked, const cart::CountsResult& counts, Now now);
    void take_list_over(stack::CartState& cart);
    void list_taken_over(stack::CartState& cart);
    void weigh_slice(stack::CartState& cart, Now now);
    void act_slice(stack::CartState& cart, Now now);
    void act_on(stack::CartState& cart, const store::ComparedListing& row, std::int64_t& equal, Now now);
    void miss_slice(stack::CartState& cart);
    void select_slice(stack::CartState& cart, Now now);
    void undo_slice(stack::CartState& cart, Now now);
    void replace_slice(stack::CartState& cart, Now now);
    void orders_told_anew(const stack::CartState& cart, const cart::Done& done, Now now);
    void post_slice(stack::CartState& cart, Now now);
    void end_posting(stack::CartState& cart, Now now);
    void read_back_slice(stack::CartState& cart, Now now);
    void check_back(stack::CartState& cart, JobItem line, const cart::SkuMoves& look, Now now);

    void act_on_unknown(stack::CartState& cart, const store::Listing& listing, Now now);
    void candidate(stack::CartState& cart, const store::Listing& listing, std::int64_t book_version);
    void fold_unsent(stack::CartState& cart, const store::Listing& listing, Now now);
    [[nodiscard]] bool is_mine(const std::string& sku) const;
    void select_new(stack::CartState& cart, const std::string& sku);
    void start_round(stack::CartState& cart);
    void work_rounds(stack::CartState& cart, Now now);
    void conclude_some(stack::CartState& cart, Now now);
    void give_up_round(const sync::QuietRound& round, Cause cause, const std::string& why);
    void conclude_done(stack::CartState& cart, Now now);
    [[nodiscard]] bool ask_guard(stack::CartState& cart, const Reach& reach, Now now);
    void only_name(const stack::CartState& cart, const GuardWords& words, Now now);
    [[nodiscard]] bool ask_guard_again(stack::CartState& cart, const Reach& shown, Now now);
    void save();

    [[nodiscard]] bool is_preview() const noexcept { return job_.options.is_dry_run; }
    // It overwrites counts that nobody has looked at one by one.
    [[nodiscard]] bool is_guarded() const noexcept { return !is_preview() && reach_.compared > 0 && !only_names(job_); }

    Tools& tools_;
    Deeds deeds_;
    Job job_;
    bool has_older_{false};
    std::int64_t& tickets_;
    Phase phase_{Phase::begin};
    Stretch stretch_{Stretch::reading};
    AgentTime stretch_since_{};
    std::int64_t stretch_done_{0};
    Asked asked_{Asked::nothing};
    std::int64_t ticket_{0};
    bool has_more_{true};
    bool is_held_{false};
    std::optional<AgentTime> resume_at_;

    std::optional<StoreList> list_;
    Asked list_for_{Asked::nothing};   // what a whole list that is taken over was asked for
    std::optional<sync::QuietSteps> steps_;
    sync::Orders orders_{sync::Orders::unasked};
    bool can_conclude_{true};           // false: web orders may wait, so differences are only named
    std::string cannot_conclude_;       // why, a sentence
    std::int64_t import_{0};            // the import that the reading rests on
    AgentTime read_at_{};                // when that list had come
    std::optional<AgentTime> listed_at_; // when the last one had
    bool is_list_whole_{true};
    bool was_read_again_{false};
    std::int64_t failures_{0};
    Reach reach_;  // what the list showed
    Reach later_;  // and the readings after it
    bool is_override_told_{false};
    std::string cursor_;
    Portion portion_;
    std::vector<sync::QuietRound::Watched> candidates_;
    [[nodiscard]] bool is_read(const Round& round) const noexcept;
    std::list<Round> rounds_;
    std::list<Round>::iterator asked_round_{rounds_.end()};
    Phase after_rounds_{Phase::posting};
    // Why no count may be replaced any more: web orders have come since the import, a sentence. Before each batch it is asked whether
    // that is so; none: not yet for this one.
    std::optional<std::string> orders_came_;
    std::vector<JobItem> replacing_;
    std::vector<JobItem> reading_back_;
};

// In a sentence.
[[nodiscard]] std::string orders_not_imported(std::int64_t orders);

}  // namespace stocktray::jobs
