// The questions that are out, and what each is for. Changes made within a turn count at once and are taken
// back if the turn is rolled back: an answer whose turn failed is given again.
#pragma once
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "core/stack/asks.h"
#include "core/time.h"

namespace stocktray::stack {

struct ForPosts {
    std::vector<PostId> posts;
    cart::Sending sending{cart::Sending::first};
    std::int64_t store_seq{0};  // known when they were sent: what is committed since is above it
};
struct ForContact {
    std::int64_t store_seq{0};  // known when it was asked: posts confirmed since may be ahead of its answer
};
struct ForBase {};
struct ForDoubts {
    std::int64_t round{0};
};
struct ForJob {
    std::int64_t job{0};
    std::int64_t ticket{0};  // of the job's question that is out; others' answers are stale
};
struct ForLook {
    std::int64_t number{0};
};
using Purpose = std::variant<ForPosts, ForContact, ForBase, ForDoubts, ForJob, ForLook>;

struct Exchange {
    CartKey cart{0};
    AgentTime begun{};
    Purpose purpose;
};

class Exchanges {
public:
    // Puts the question out; it leaves with `take_asks` after the commit.
    void ask(CartKey cart, What what, Purpose purpose, AgentTime now);
    // The exchange that has ended; none if it is unknown. It is out no more.
    [[nodiscard]] std::optional<Exchange> finish(ExchangeId id);
    [[nodiscard]] const Exchange* find(ExchangeId id) const;

    [[nodiscard]] std::int64_t out_for_posts(CartKey cart) const;
    [[nodiscard]] bool is_out(CartKey cart, PostId post) const;
    template <class P>
    [[nodiscard]] bool is_out_for(CartKey cart) const {
        for (const auto& [id, exchange] : out_)
            if (exchange.cart == cart && std::holds_alternative<P>(exchange.purpose)) return true;
        return false;
    }
    [[nodiscard]] bool is_empty() const noexcept { return out_.empty(); }

    // Questions for that are out no more: what comes of them is nobody's.
    template <class P>
    void drop() {
        std::erase_if(out_, [](const auto& entry) { return std::holds_alternative<P>(entry.second.purpose); });
    }

    // The same of one cart alone.
    template <class... P>
    void drop_of(CartKey cart) {
        std::erase_if(out_, [cart](const auto& entry) {
            return entry.second.cart == cart && (std::holds_alternative<P>(entry.second.purpose) || ...);
        });
    }

    void committed();
    void rolled_back();
    [[nodiscard]] std::vector<Ask> take_asks() { return std::exchange(ready_, {}); }

private:
    std::map<ExchangeId, Exchange> out_;
    std::vector<Ask> asked_;                                  // in this turn
    std::vector<std::pair<ExchangeId, Exchange>> finished_;   // in this turn
    std::vector<Ask> ready_;
    ExchangeId last_{0};
};

}  // namespace stocktray::stack
