// The books: what the Order Manager tells of its counts, and what has to be posted because of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/inventory/change.h"
#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post_queue.h"
#include "core/store/store.h"
#include "core/sync/second_looks.h"

namespace stocktray::sync {

struct RejectedChange {
    std::size_t index{0};
    std::string id;
    Error error;
};
struct Submitted {
    std::int64_t accepted{0};
    std::int64_t duplicates{0};
    std::int64_t superseded{0};
    std::vector<RejectedChange> rejected;
};

// What the Order Manager has taken over from a store by Get QOH.
struct Takeover {
    std::string sku;
    inventory::Delta delta;
    std::optional<std::string> name{};
    std::string cart;     // whose count it was; empty: a cart that is gone
    std::string listing;
    std::int64_t job{0};
};

class Books {
public:
    Books(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, SecondLooks& looks, Journal& journal) noexcept
        : store_{store}, board_{board}, queue_{queue}, looks_{looks}, journal_{journal} {}

    // Takes changes into the books and queues the differences they make. Each stands alone: a bad one does not
    // stop the others. Durable with the turn.
    [[nodiscard]] Submitted submit(const std::string& source, const std::vector<inventory::Change>& changes, Now now);

    // Moves the book and queues the difference for every listing but the one that it came from.
    void take_over(const Takeover& takeover, Now now);

private:
    enum class Taken { accepted, duplicate, superseded };

    // What the change does to the item's book, and the differences it makes.
    struct Move {
        inventory::Quantity before;
        inventory::Quantity after;
        bool is_absolute_without_base{false};
        bool moves_book{true};
        bool is_known_to_origin{true};  // false: nobody knows what an order's own cart had of the counts before
        // Where a snapshot may contain the change: how the book moves, and with it every listing that follows the book.
        std::optional<std::pair<inventory::Quantity, inventory::Quantity>> of_book{};
    };

    [[nodiscard]] Result<Taken> take(const std::string& source, const inventory::Change& change, Now now);
    [[nodiscard]] Result<void> check_carts(const inventory::Change& change) const;
    [[nodiscard]] Result<void> check_room(const inventory::Change& change, const store::Item& item,
                                          const Move& move) const;
    [[nodiscard]] static bool is_posted(const inventory::Change& change, const store::Item& item, const Move& move) noexcept;
    [[nodiscard]] bool is_told_first(const inventory::Change& change);
    void take_for_order(const inventory::Change& change, inventory::Delta taken, Now now);
    [[nodiscard]] Result<void> give_back_superseded(const inventory::Change& change, const store::Item& item, Now now);
    void post_differences(const inventory::Change& change, const store::Item& item, const Move& move, Now now);
    void record(const inventory::Change& change, inventory::Delta delta, Now now);
    void watch_oversold(const store::Item& item, Now now);

    template <class Use>
    void for_each_listing(const inventory::Change& change, const store::Item& item, const Move& move, Use use) const;

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    SecondLooks& looks_;
    Journal& journal_;
};

}  // namespace stocktray::sync
