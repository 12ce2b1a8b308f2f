// What a job does with one listing, once it knows what there is to know: Get hands the difference out, Send closes
// the gap at the store, an audit names it or has it repaired. Each deed leaves a line that says what and why.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/jobs/guard.h"
#include "core/jobs/tools.h"
#include "core/sync/quiet_round.h"

namespace stocktray::jobs {

// A line of the job with what is known of the listing, and nothing said yet.
[[nodiscard]] JobItem line_of(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item);

class Deeds {
public:
    // `older`: finished jobs of the cart with SKUs that wait; a line of this job ends theirs.
    Deeds(Tools& tools, std::vector<JobId> older) noexcept : tools_{tools}, older_{std::move(older)} {}

    // A quiet read of the listing (of a preview: one look).
    void act(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, sync::Orders orders, Now now);
    // What a round of quiet reads showed of one of its listings (of a preview: its first look): done, or
    // named with what stands against it.
    void judge(stack::CartState& cart, const Job& job, const sync::QuietRound& round,
               const sync::QuietRound::Watched& watched, Now now);
    // The store says something else than a count, or nothing.
    void act_on_word(const stack::CartState& cart, const Job& job, const store::Listing& listing, cart::CountWord word,
                     Now now);
    // Only the store knows this SKU. `held`: pieces of it in web orders.
    void act_on_stranger(stack::CartState& cart, const Job& job, const store::Listing& listing,
                         const std::vector<cart::HeldByOrder>& held, Now now);
    // Those that imports have told of it.
    [[nodiscard]] std::vector<cart::HeldByOrder> imported(const stack::CartState& cart,
                                                          std::string_view sku) const;
    [[nodiscard]] bool is_to_be_created(const Job& job, const store::Listing& listing) const;
    // There is nothing to say of it.
    void count_equal(const Job& job, const std::string& store_sku);
    // Why nothing is concluded at a cart whose web orders nobody can tell.
    [[nodiscard]] static std::string orders_unknown(const stack::CartState& cart);
    // The same where the store was asked whether orders have come, and what it said is nothing to go by.
    [[nodiscard]] static std::string orders_unknown(const stack::CartState& cart, const sync::QuietSteps& steps);
    // Nothing can be concluded now; it goes on by itself.
    void wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item, Cause cause,
              std::string text);
    void wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item,
              sync::Unquiet unquiet);
    // The job leaves it as it is.
    void skip(const Job& job, const store::Listing& listing, const store::Item& item, ItemResult result, Cause cause,
              std::string text);
    // The Order Manager's SKU is not for this cart, or not counted: said, and true.
    [[nodiscard]] bool leave_out(const stack::CartState& cart, const Job& job, const store::Listing& listing,
                                 const store::Item& item);
    // A SKU that somebody selected or the Order Manager counts, and that is in no list of the store.
    void miss(const stack::CartState& cart, const Job& job, const std::string& sku);
    // A line that waited ends as it is.
    void end(JobItem line, ItemResult result, const std::string& text);
    // What of the SKU waits for an older job is the business of job `id` from now on.
    void end_older(JobId id, const std::string& store_sku);
    // Lines that wait end so, behind `after` and a slice of them, but for those whose posts are under way or whose
    // differences the Order Manager takes over: they end as those do. True: there may be more.
    [[nodiscard]] bool let_go(JobId id, ItemResult as, const std::string& why, std::string& after);

    // What acting on this look would change; for the guard and for previews. None: nothing.
    struct Change {
        std::int64_t before{0};
        std::int64_t after{0};
    };
    [[nodiscard]] Change change_of(const stack::CartState& cart, const Job& job, const sync::Evidence& evidence) const;
    // The same of a listing of a round; none: it is not acted on.
    [[nodiscard]] std::optional<Change> change_of(const stack::CartState& cart, const Job& job,
                                                  const sync::QuietRound& round,
                                                  const sync::QuietRound::Watched& watched, Now now) const;

    static constexpr std::string_view no_answer = "The store did not answer.";
    static constexpr std::string_view imported_meanwhile = "Web orders were imported meanwhile.";
    // Why a SKU is not for the cart.
    static constexpr std::string_view excluded = "It is excluded from this cart.";
    static constexpr std::string_view sold_otherwise = "It is not sold under this SKU here.";
    // Why a SKU of a Send does not go on by itself where counts can only be replaced.
    static constexpr std::string_view only_by_hand =
        "This script takes no differences: a count is replaced only by a job that somebody has just started. "
        "Start Send "
        "again for this SKU.";
    // Differences can be sent to this cart; otherwise its counts can only be replaced.
    [[nodiscard]] static bool takes_differences(const stack::CartState& cart) noexcept;

private:
    void get(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);
    void send(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);
    void audit(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, sync::Orders orders, JobItem item,
               Now now);
    void equal(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);

    [[nodiscard]] std::optional<sync::Evidence> evidence_of(const stack::CartState& cart, const Job& job,
                                                            const sync::QuietRound& round,
                                                            const sync::QuietRound::Watched& watched,
                                                            Now now) const;
    [[nodiscard]] bool is_with_order_manager(const JobItem& line) const;
    [[nodiscard]] bool is_named_so(const store::Listing& listing) const;
    void put(const JobItem& line);

    Tools& tools_;
    std::vector<JobId> older_;
};

}  // namespace stocktray::jobs
