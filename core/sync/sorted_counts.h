// A store's list in the order of its SKUs, whatever order it came in and however long it is: an external merge sort.
// What comes in is sorted in runs, the runs are kept in the database block by block, and when all is there they are
// merged; of each run one block is in memory. A list that fits into one run never touches the database.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "core/store/told_counts.h"

namespace stocktray::sync {

class SortedCounts {
public:
    static constexpr std::size_t per_run = 8'192;
    static constexpr std::size_t per_block = 64;

    // Blocks that an earlier list of this cart and kind has left are removed on the way.
    SortedCounts(store::ToldCounts& kept, stack::CartKey cart, store::ToldCounts::List list) noexcept
        : kept_{kept}, cart_{cart}, list_{list} {}

    // Within a turn. Each call writes about as much as it is given, so no turn has a whole run to write.
    void add(const std::vector<cart::ReadCount>& page, std::int32_t answer);
    // All is there: what follows is only `next`.
    void close();
    // All that was told of the next SKU, in the order in which it was told; empty: that was all. Within a turn: blocks
    // are removed as they are read.
    [[nodiscard]] const std::vector<cart::Told>& next();

private:
    struct Run {
        std::vector<store::ToldCounts::Block> blocks;  // those not read yet, the next one last
        std::vector<cart::Told> head;
        std::size_t at{0};  // in `head`

        [[nodiscard]] const std::string& sku() const noexcept { return head[at].count.sku; }
    };
    void begin_writing();
    void write(std::size_t most);
    [[nodiscard]] bool fill(Run& run);
    [[nodiscard]] bool is_behind(std::size_t a, std::size_t b) const noexcept;
    void push(std::size_t run);
    [[nodiscard]] std::size_t pop();

    store::ToldCounts& kept_;
    stack::CartKey cart_;
    store::ToldCounts::List list_;
    bool has_leftovers_{true};
    std::optional<store::ToldCounts::Block> first_;
    std::vector<cart::Told> collected_;
    std::vector<cart::Told> writing_;  // a run, sorted
    std::size_t written_{0};           // of it
    std::vector<Run> runs_;            // in the order in which they came
    std::vector<std::size_t> heap_;    // of runs, the one with the lowest SKU first
    std::vector<cart::Told> group_;
};

}  // namespace stocktray::sync
