// Listings: one store SKU at one cart each, with the last count that we know of the store.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/stack/post.h"
#include "core/time.h"

namespace stocktray::store {

class Database;
struct Cart;
struct Item;

// A positive gap seen by a quiet read; it must show again after another import before it is sent by itself.
struct SeenGap {
    std::int64_t pieces{0};
    AgentTime since{};
    std::int64_t import{0};
};

struct Listing {
    stack::ListingKey key{0};
    stack::CartKey cart{0};
    std::string store_sku;
    std::optional<stack::ItemKey> item;
    bool is_aligned{false};
    // Its gap was closed since the last snapshot that moved the count: what that contains is in the store's count. It stays where all of
    // a cart is doubted.
    bool has_count{false};
    void align() noexcept { is_aligned = has_count = true; }
    void unalign() noexcept { is_aligned = has_count = false; }
    std::optional<cart::CountWord> word;  // what the store said of it last
    std::optional<std::int64_t> store_qoh;
    std::optional<WallTime> store_qoh_at;
    std::optional<SeenGap> seen_gap;
    std::optional<AgentTime> repaired;          // when a lost difference was last sent again without asking
    std::optional<std::int64_t> held_version;   // a job was undone at this book version: no repair until it moves
    std::optional<WallTime> ignored_until;      // a person does not want to hear of its drift before
};

// A listing and what stands in the way of a conclusion about it.
struct ComparedListing {
    Listing listing;
    bool is_busy{false};    // posts are queued, being sent, or in doubt and not parked
    bool has_stuck{false};  // parked or rejected posts
    bool has_pull{false};   // the Order Manager has to take over what Get QOH found
};

class Listings {
public:
    explicit Listings(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::optional<Listing> get(stack::ListingKey key) const;
    [[nodiscard]] std::optional<Listing> find(stack::CartKey cart, std::string_view store_sku) const;
    [[nodiscard]] std::vector<Listing> of_item(stack::ItemKey item) const;
    void save(Listing& listing);  // new (key 0) or known
    // By the store's SKUs from `first` to `last`, in their order; at most `limit`.
    [[nodiscard]] std::vector<Listing> between(stack::CartKey cart, std::string_view first, std::string_view last,
                                               std::int64_t limit) const;
    // What the store's list says of a SKU: sets what is known, adds what was not. A count from which the outcome of a
    // post that is under way will be judged stays.
    void put_count(stack::CartKey cart, const cart::ReadCount& told, WallTime at);
    // In the order of the store's SKUs, beginning after `after`.
    [[nodiscard]] std::vector<ComparedListing> compare(stack::CartKey cart, std::string_view after,
                                                       std::int64_t limit) const;
    [[nodiscard]] std::int64_t highest_key() const;
    // All listings of a cart become unaligned: their gap has to be closed before their counts can be trusted.
    void unalign(stack::CartKey cart);
    // Another store: nothing of what we know is in its counts.
    void forget_counts(stack::CartKey cart);
    // The same of all listings of an item.
    void unalign_item(stack::ItemKey item);
    // Ties the store's SKUs to the Order Manager's items, by the cart's map or else by the same name.
    void link(const Cart& cart);
    // The same of one item.
    void link(const Cart& cart, const Item& item);
    // Unties those whose item is no longer sold under that name here.
    void unlink_strays(const Cart& cart);
    // Listings that have posts the door could close (parked or rejected), by key.
    [[nodiscard]] std::vector<stack::ListingKey> with_parked(stack::CartKey cart) const;

private:
    Database& database_;
};

[[nodiscard]] std::string_view to_string(cart::CountWord word) noexcept;

}  // namespace stocktray::store
