// What a job does with one listing, once it knows what there is to know: Get hands the difference out, Send closes
// the gap at the store, an audit names it or has it repaired. Each deed leaves a line that says what and why.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/jobs/guard.h"
#include "core/jobs/tools.h"

namespace stocktray::jobs {

class Deeds {
public:
    // `older`: finished jobs of the cart with SKUs that wait; a line of this job ends theirs.
    Deeds(Tools& tools, std::vector<JobId> older) noexcept : tools_{tools}, older_{std::move(older)} {}

    // A quiet read of the listing (of a preview: one look).
    void act(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, sync::Orders orders, Now now);
    // The store says something else than a count, or nothing.
    void act_on_word(const stack::CartState& cart, const Job& job, const store::Listing& listing, cart::CountWord word,
                     Now now);
    // Only the store knows this SKU. `not_imported`: pieces of it in web orders.
    void act_on_stranger(stack::CartState& cart, const Job& job, const store::Listing& listing,
                         inventory::Delta not_imported, Now now);
    [[nodiscard]] bool is_to_be_created(const Job& job, const store::Listing& listing) const;
    // There is nothing to say of it.
    void count_equal(const Job& job, const std::string& store_sku);
    // Nothing can be concluded now; it goes on by itself.
    void wait(const Job& job, const store::Listing& listing, const std::optional<store::Item>& item, Cause cause,
              std::string text);
    // The Order Manager's SKU is not for this cart, or not counted.
    void skip(const Job& job, const store::Listing& listing, const store::Item& item, ItemResult result, Cause cause,
              std::string text);
    // The store lists no such SKU.
    void miss(const Job& job, const std::string& store_sku, const store::Item& item);

    // How the post of a line stands, written into the line.
    enum class Followed {
        under_way,
        pending,  // parked or paused: it ends by itself, or by a person; nobody has to wait for it
        ended,
    };
    [[nodiscard]] Followed follow(const Job& job, JobItem line);

    // Takes one line of a Send or Get back.
    void undo(stack::CartState& cart, const Job& job, const Job& undone, const JobItem& line, Now now);

    // What acting on this look would change; for the guard and for previews. None: nothing.
    struct Change {
        std::int64_t before{0};
        std::int64_t after{0};
    };
    [[nodiscard]] Change change_of(const stack::CartState& cart, const Job& job, const sync::Evidence& evidence) const;

    // Differences can be sent to this cart; otherwise its counts can only be replaced.
    [[nodiscard]] static bool takes_differences(const stack::CartState& cart) noexcept;

private:
    void get(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);
    void send(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);
    void audit(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, sync::Orders orders, JobItem item,
               Now now);
    void equal(stack::CartState& cart, const Job& job, const sync::Evidence& evidence, JobItem item, Now now);

    void undo_send(stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done, store::Listing listing,
                   const std::optional<store::Item>& item, JobItem line, Now now);
    void undo_get(stack::CartState& cart, const Job& job, const Job& undone, const JobItem& done,
                  const store::Listing& listing, const std::optional<store::Item>& item, JobItem line, Now now);
    [[nodiscard]] bool is_named_so(const store::Listing& listing) const;
    void put(const JobItem& line);
    void end_older(JobId id, const std::string& store_sku);

    Tools& tools_;
    std::vector<JobId> older_;
};

}  // namespace stocktray::jobs
