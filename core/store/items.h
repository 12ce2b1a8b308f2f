// The Order Manager's items as the agent knows them: the books.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inventory/change.h"
#include "core/inventory/quantity.h"
#include "core/stack/post.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

struct Item {
    stack::ItemKey key{0};
    std::string sku;
    std::optional<std::string> name;
    inventory::Quantity qoh;
    bool has_baseline{false};  // false: only the differences since we know it; the count is unknown + qoh
    bool is_tracked{true};
    std::optional<inventory::Counting> counting;
    std::optional<std::int64_t> version;
    std::int64_t book_version{0};  // grows with every move of the book
    AgentTime changed{};
    std::optional<WallTime> counted_at;     // the snapshot's opening
    std::optional<WallTime> counted_until;  // and its end
    std::optional<inventory::Quantity> reported_qoh;  // what the stores have of counts: of the last change that told one
    std::optional<std::int64_t> unposted_version;     // of the last count that was taken over without a post
    bool needs_retake{false};
};

class Items {
public:
    explicit Items(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::optional<Item> find(std::string_view sku) const;
    [[nodiscard]] std::optional<Item> get(stack::ItemKey key) const;
    // The same but for upper and lower case (of ASCII letters).
    [[nodiscard]] std::optional<Item> find_any_case(std::string_view sku) const;
    // Writes the item, new or known; `key` is set for a new one.
    void save(Item& item);
    // None of the counts is good for a conclusion until it has been counted anew (`needs_retake`).
    void distrust();
    struct Retakes {
        std::int64_t number{0};
        std::vector<std::string> skus;  // the first of them
    };
    // Those that wait for that, counted, and the first of them by name.
    [[nodiscard]] Retakes to_retake(std::int64_t limit) const;
    // Has the book of any of them moved after that?
    [[nodiscard]] bool have_moved_since(AgentTime time) const;
    // In the order of SKUs, beginning after `after`.
    [[nodiscard]] std::vector<Item> list(std::string_view after, std::int64_t limit) const;

private:
    Database& database_;
};

}  // namespace stocktray::store
