// A second look at what was confirmed, about a minute later: a shop that writes absolute numbers can overwrite a
// difference that it has just taken. Where a count does not fit, the listing is read quietly and repaired or named.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/sync/doubts.h"
#include "core/sync/quiet_round.h"
#include "core/sync/repairs.h"
#include "core/sync/scales.h"

namespace stocktray::sync {

class SecondLooks {
public:
    SecondLooks(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, Journal& journal,
                stack::Exchanges& exchanges, Scales& scales, Repairs& repairs, DoubtTimes times) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          journal_{journal},
          exchanges_{exchanges},
          scales_{scales},
          repairs_{repairs},
          times_{times} {}

    // A post of the listing was confirmed. `does_fit`: the count in the answer was the one expected, if there was
    // any; otherwise it is looked at sooner.
    enum class Reply { fits, does_not_fit };
    void confirmed(const stack::CartState& cart, stack::ListingKey listing, Reply reply, Now now);
    // The listing is known to have a gap (a post of it was cancelled): it is read quietly as soon as that can
    // be.
    void look(const stack::CartState& cart, stack::ListingKey listing, Now now);
    // The Order Manager has taken a web order's pieces of it from its count: that it fits is seen with the import.
    void sold(const stack::CartState& cart, stack::ListingKey listing);
    // The Order Manager has imported the cart's web orders: what did not fit can be judged.
    void imported(const stack::CartState& cart, Imports::News news, Now now);

    void advance(stack::CartState& cart, Now now);
    void answered(stack::CartState& cart, std::int64_t number, const cart::Done& done, Now now);
    [[nodiscard]] std::optional<AgentTime> next_wakeup(const stack::CartState& cart) const;

private:
    struct Round {
        std::int64_t number{0};
        bool is_quiet{false};  // of suspects; else one look at what was confirmed
        QuietRound reads;
    };
    // In memory: what did not fit is found again after a restart, by the counts that are known.
    struct CartLooks {
        std::map<stack::ListingKey, AgentTime> due;
        std::set<std::pair<AgentTime, stack::ListingKey>> in_time;  // the same in the order of time
        std::set<stack::ListingKey> suspects;
        std::optional<AgentTime> suspects_at;
        std::optional<Round> round;
        std::optional<std::string> recall_after{""};  // listings up to this SKU were looked through since the start
    };

    void note(const stack::CartState& cart, stack::ListingKey listing, AgentTime due);
    void suspect(const stack::CartState& cart, CartLooks& looks, stack::ListingKey listing, AgentTime at);
    void begin(stack::CartState& cart, CartLooks& looks, bool is_quiet, Orders orders,
               std::vector<QuietRound::Watched> watched, Now now);
    void ask(stack::CartState& cart, const Round& round, Now now);
    static void put_back(CartLooks& looks, const Round& round, Now now);
    void recall(stack::CartState& cart, CartLooks& looks, Now now);
    void finish_look(stack::CartState& cart, CartLooks& looks, const Round& round, Now now);
    void finish_quiet(stack::CartState& cart, CartLooks& looks, const Round& round, Now now);
    [[nodiscard]] static bool can_look(const stack::CartState& cart) noexcept;

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    Journal& journal_;
    stack::Exchanges& exchanges_;
    Scales& scales_;
    Repairs& repairs_;
    DoubtTimes times_;
    std::map<stack::CartKey, CartLooks> carts_;
    std::int64_t last_number_{0};
};

}  // namespace stocktray::sync
