// The carts while the agent runs: what the database knows of each, and what is only true now.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/stack/circuit.h"
#include "core/stack/diagnosis.h"
#include "core/stack/lateness.h"
#include "core/stack/post.h"
#include "core/store/carts.h"
#include "core/store/parameters.h"
#include "core/store/posts.h"

namespace stocktray::store {
class Store;
}

namespace stocktray::stack {

// Whether the cart's script has been asked who it is, since the start or since the last doubt.
enum class Contact { needed, asked, known };

// The protocol's words for a cart's state.
enum class Health { ok, slow, late, credentials, circuit_open, stopped, paused, off };
[[nodiscard]] std::string_view to_string(Health health) noexcept;

// What a job that is at work there needs, whether the cart is synchronized or not.
enum class JobNeeds {
    nothing,  // there is none
    answers,  // it asks: nothing leaves because of it
    posts,    // what it puts into the queue has to leave, too
};

struct CartState {
    store::Cart cart;

    Circuit circuit;
    Contact contact{Contact::needed};
    // No question before: the store answered, but not with what is needed.
    AgentTime not_before{};
    std::int64_t disappointments{0};
    // A person said that this store is ours from now on; whom it belonged to.
    std::string take_over_from;
    // A person has accepted the restored agent here: posts of ours that the store knows and we do not are no news.
    bool is_restore_accepted{false};
    // Since when the last imported order is the last; what was asked before need not know it.
    AgentTime last_order_since{};
    // Since when every answer has been good; none after a failure or a start. Doubts settle from here.
    std::optional<AgentTime> good_since;
    AgentTime last_failure{};
    AgentTime last_confirmed{};
    std::optional<cart::Cause> last_cause;
    std::string last_said;
    // Of the last test of the script: it says more than its cause does.
    std::optional<Diagnosis> last_finding;
    // What is wrong with it by these three, in words; none: nothing is. Quoting what the store said is for words that do
    // not stand for long.
    enum class Quote { what_was_said, nothing };
    [[nodiscard]] std::optional<Diagnosis> trouble(Quote quote) const;

    // Kept up to date at the end of each turn that touched the cart.
    store::PostCounts counts;
    std::optional<store::OldestPost> oldest;  // a job's posts wait for one another: from the last that was confirmed
    std::optional<AgentTime> next_due;
    std::optional<AgentTime> comes_of_age;  // when a person is asked about the next of its parked posts
    bool has_job_posts{false};       // posts of a job wait for a connection
    Timeliness timeliness{Timeliness::on_time};
    bool is_timeliness_told{false};  // false after a rollback: the alert may have gone with it
    bool is_touched{true};
    bool is_base_read{false};        // the list for its base has come whole and is being taken over
    JobNeeds job_needs{JobNeeds::nothing};
    bool are_job_posts_coming{false};  // its job makes more of them in the turns that follow at once

    [[nodiscard]] const std::string& id() const noexcept { return cart.config.id; }
    [[nodiscard]] const cart::CartConfig& config() const noexcept { return cart.config; }
    // What it may show of an Order Manager's SKU: not the same for all of them while a changed buffer goes to them.
    [[nodiscard]] inventory::TargetRule target_rule(std::string_view sku) const noexcept;
    [[nodiscard]] bool has_keys() const noexcept {
        return cart.learned.extension && cart.learned.extension->has_postid;
    }
    // Can the shop's own orders be looked at? Only above a floor: below it they are imported, and their whole
    // history would be taken for orders that wait.
    [[nodiscard]] bool has_moves() const noexcept {
        return cart.learned.extension && cart.learned.extension->has_moves && !cart.order_floor.empty();
    }
    // Can it be asked for some counts? Another script tells the whole list for any.
    [[nodiscard]] bool can_ask_some() const noexcept {
        return has_moves() || cart.learned.counts == cart::CountSource::qohquery;
    }
};

class CartBoard {
public:
    explicit CartBoard(store::Store& store) noexcept : store_{store} {}

    // Takes the database's word again, at the start and after a rollback; what is only true now stays. Within a
    // turn.
    void reload();

    [[nodiscard]] CartState* find(std::string_view id) noexcept;
    [[nodiscard]] CartState* get(CartKey key) noexcept;
    [[nodiscard]] const CartState* get(CartKey key) const noexcept;
    [[nodiscard]] std::vector<std::unique_ptr<CartState>>& all() noexcept { return carts_; }
    [[nodiscard]] const std::vector<std::unique_ptr<CartState>>& all() const noexcept { return carts_; }
    [[nodiscard]] const store::Settings& settings() const noexcept { return settings_; }

    // Its differences are made and posted: SynchQOH, Synchronize Inventory and the cart itself are on.
    [[nodiscard]] bool is_synchronized(const CartState& state) const noexcept;
    // Questions may go to it: it is synchronized, or a job works there before it is.
    [[nodiscard]] bool is_asked(const CartState& state) const noexcept {
        return is_synchronized(state) || state.job_needs != JobNeeds::nothing;
    }
    // Posts may leave for it.
    [[nodiscard]] bool is_posted_to(const CartState& state) const noexcept {
        return is_synchronized(state) || (state.job_needs == JobNeeds::posts && !state.cart.fold_to);
    }
    [[nodiscard]] Health health(const CartState& state) const noexcept;

    // When a doubt has settled there: the store has been good for long enough. None before its first good answer.
    [[nodiscard]] std::optional<AgentTime> settles_at(const CartState& state) const noexcept {
        return state.good_since ? std::optional{*state.good_since + settings_.settle} : std::nullopt;
    }

    // Writes what was learned of the cart in this turn.
    void save(CartState& state);
    // Of that only what a confirmed post tells.
    void save_confirmed(CartState& state);

    // All its counts were compared.
    void align(CartState& state, Now now);
    // None of its counts can be trusted until its gap has been closed.
    void unalign(CartState& state, Now now);

private:
    store::Store& store_;
    store::Settings settings_;
    std::vector<std::unique_ptr<CartState>> carts_;  // by id; addresses stay
};

}  // namespace stocktray::stack
