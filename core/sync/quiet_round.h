// A quiet read, step by step: two looks at the counts with a pause between them and, where it rests on an import,
// the question before and after whether orders have come since. Sans I/O: whoever owns it asks and answers.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/stack/asks.h"
#include "core/stack/post_queue.h"
#include "core/store/carts.h"
#include "core/time.h"

namespace stocktray::sync {

// How pieces in web orders that wait to be imported become known.
enum class Orders {
    unasked,   // nobody asks: the store settles, or a person said that none waits
    imported,  // the last complete import told them, and no order has come since
    by_moves,  // the connector names them with each count
};

class QuietSteps {
public:
    enum class Step { orders_at_all, orders_before, first, pause, second, orders_after, finished, failed };
    enum class Failure { none, orders_came, lastorder_ignored, no_answer };

    // `import`: the number of the import that it rests on.
    QuietSteps(Orders orders, std::int64_t import) noexcept;

    [[nodiscard]] Step step() const noexcept { return step_; }
    [[nodiscard]] Orders orders() const noexcept { return orders_; }
    [[nodiscard]] std::int64_t import() const noexcept { return import_; }
    [[nodiscard]] Failure failure() const noexcept { return failure_; }
    [[nodiscard]] std::int64_t orders_since() const noexcept { return orders_since_; }  // if orders came
    [[nodiscard]] AgentTime resume_at() const noexcept { return resume_at_; }
    [[nodiscard]] bool is_over() const noexcept { return step_ == Step::finished || step_ == Step::failed; }
    [[nodiscard]] bool asks_for_orders() const noexcept;
    [[nodiscard]] bool reads() const noexcept { return step_ == Step::first || step_ == Step::second; }

    [[nodiscard]] stack::AskOrderCount order_question(const store::Cart& cart) const;
    // How many orders have come since the last import?
    [[nodiscard]] static stack::AskOrderCount orders_since_import(const store::Cart& cart);
    void orders_told(const cart::OrderCountResult& result, const store::Cart& cart);
    // The look that was due has been taken.
    void looked(AgentTime now, Milliseconds between);
    // The end of the pause, when it has come.
    void resume(AgentTime now) noexcept;
    void fail(Failure failure) noexcept;

private:
    Orders orders_;
    std::int64_t import_;
    Step step_;
    Failure failure_{Failure::none};
    std::int64_t orders_since_{0};
    AgentTime resume_at_{};
};

// A quiet read of some listings.
class QuietRound {
public:
    static constexpr std::size_t largest = 250;  // listings in one question

    struct Watched {
        stack::ListingKey listing{0};
        std::string store_sku;
        std::int64_t book_version{0};
        std::optional<cart::SkuMoves> first{};
        std::optional<cart::SkuMoves> second{};

        // What both looks showed; none if they differ or one is missing.
        [[nodiscard]] const cart::SkuMoves* agreed() const noexcept {
            return first && first == second ? &*first : nullptr;
        }
    };

    // `touched` tells of every post of these listings that moved since: what was read meanwhile is worth nothing.
    QuietRound(Orders orders, std::int64_t import, std::vector<Watched> watched,
               std::shared_ptr<const stack::Touched> touched) noexcept;

    [[nodiscard]] const QuietSteps& steps() const noexcept { return steps_; }
    [[nodiscard]] const std::vector<Watched>& watched() const noexcept { return watched_; }
    [[nodiscard]] bool was_touched(stack::ListingKey listing) const { return touched_ && touched_->has(listing); }
    [[nodiscard]] bool is_paused() const noexcept { return steps_.step() == QuietSteps::Step::pause; }
    // It rests on an import, and another one has been told of since.
    [[nodiscard]] bool has_old_orders(const store::Cart& cart) const noexcept {
        return steps_.orders() == Orders::imported && steps_.import() != cart.import_news;
    }

    void resume(AgentTime now) noexcept { steps_.resume(now); }
    // What is to be asked now where no connector names the orders; none in the pause and at the end.
    [[nodiscard]] std::optional<stack::What> question(const store::Cart& cart) const;
    void answered(const cart::Done& done, const store::Cart& cart, AgentTime now, Milliseconds between);

private:
    QuietSteps steps_;
    std::vector<Watched> watched_;
    std::shared_ptr<const stack::Touched> touched_;
};

}  // namespace stocktray::sync
