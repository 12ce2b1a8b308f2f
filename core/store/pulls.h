// What Get QOH found and the Order Manager has to take over, until it has said that it did.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/jobs/job.h"

namespace stocktray::store {

class Database;

struct PullItem {
    std::int64_t cursor{0};
    std::string sku;
    std::int64_t delta{0};  // to be added to the Order Manager's count
    std::int64_t qoh{0};    // what its count will be, for people
    bool is_new_product{false};
    std::optional<std::string> name;
    stack::CartKey cart{0};
    stack::ListingKey listing{0};
    jobs::JobId job{0};
    bool aligns{true};       // its takeover closes the listing's gap
    bool takes_back{false};  // of an undo: the listing is held from repair then
};

class Pulls {
public:
    explicit Pulls(Database& database) noexcept : database_{database} {}

    void add(PullItem& item);  // sets its cursor; one per listing
    [[nodiscard]] std::optional<PullItem> get(std::int64_t cursor) const;
    // Those up to and including `cursor`, oldest first.
    [[nodiscard]] std::vector<PullItem> up_to(std::int64_t cursor) const;
    [[nodiscard]] std::vector<PullItem> list(std::int64_t limit) const;
    void remove(std::int64_t cursor);
    // Those of a cart that nobody has been given yet.
    void withdraw_of(stack::CartKey cart);
    [[nodiscard]] std::optional<PullItem> of_listing(stack::ListingKey listing) const;
    [[nodiscard]] bool is_open(stack::ListingKey listing) const;
    [[nodiscard]] bool is_open_for(std::string_view sku) const;
    [[nodiscard]] std::int64_t count() const;

    // Who was given items last; empty: nobody yet.
    [[nodiscard]] std::string consumer() const;
    void set_consumer(std::string_view consumer);
    // The highest cursor that was ever given out: what lies above it nobody can have applied.
    [[nodiscard]] std::int64_t given() const;
    void note_given(std::int64_t cursor);

private:
    Database& database_;
};

}  // namespace stocktray::store
