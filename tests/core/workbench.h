// A controller on a database in memory, with a clock and a network in the test's hands.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/controller.h"

namespace stocktray::tests {

// What a cart can do.
enum class Script { plain, with_keys, with_moves };

class Workbench {
public:
    explicit Workbench(Controller::Times times = {});

    // SynchQOH on, and a cart that was met and whose counts were read: `store` has these.
    void open_cart(const std::string& id, Script script, std::map<std::string, std::int64_t> store,
                   std::int64_t buffer = 0);
    // The Order Manager's counts.
    void snapshot(const std::map<std::string, std::int64_t>& counts);

    // One difference, with an id of its own.
    sync::Submitted submit(const std::string& sku, std::int64_t delta);
    sync::Submitted submit(inventory::Change change, const std::string& source = "om");
    [[nodiscard]] inventory::Change change(const std::string& sku, std::int64_t delta);

    void turn(const std::function<void()>& work = [] {});
    void pass(Milliseconds time);  // and a turn
    // The agent ends and begins again on the same database; nobody hears the answers to what was out.
    void restart();

    // Questions to carts that are out, and their answers.
    [[nodiscard]] std::vector<stack::Ask>& asks() { return asks_; }
    template <class What>
    [[nodiscard]] std::optional<stack::Ask> take() {
        for (auto it = asks_.begin(); it != asks_.end(); ++it)
            if (std::holds_alternative<What>(it->what)) {
                auto ask = *it;
                asks_.erase(it);
                return ask;
            }
        return std::nullopt;
    }
    void answer(const stack::Ask& ask, cart::Done done);

    [[nodiscard]] store::ListedPost only_post();
    [[nodiscard]] std::vector<store::ListedPost> posts();
    [[nodiscard]] std::vector<store::ListedPost> posts(stack::State state);
    [[nodiscard]] store::Item item(const std::string& sku);
    [[nodiscard]] store::Listing listing(const std::string& cart, const std::string& sku);
    [[nodiscard]] bool has_alert(const std::string& kind);
    [[nodiscard]] stack::CartState& cart(const std::string& id) { return *controller.board.find(id); }

    store::Store store;
    Controller controller;
    bool works_on{false};  // jobs do all they can in one turn, as where nobody else waits
    Now now{wall_from_ms(1'800'000'000'000), agent_from_ms(1'000'000)};

private:
    void collect();

    Controller::Times times_;
    std::vector<stack::Ask> asks_;
    int last_id_{0};
};

// Answers of a store.
[[nodiscard]] cart::UpdateResult applied(std::optional<std::int64_t> qoh = std::nullopt);
[[nodiscard]] cart::UpdateResult applied_under_key(const stack::Ask& ask, std::int64_t qoh, std::int64_t seq = 1);
[[nodiscard]] cart::UpdateResult refused(cart::Cause cause);
[[nodiscard]] cart::UpdateResult rejected(cart::Cause cause);
[[nodiscard]] cart::UpdateResult unclear(cart::Cause cause = cart::Cause::timeout);
[[nodiscard]] cart::VersionResult version(std::optional<cart::Extension> extension = std::nullopt);
// Each cart's store is one of its own.
[[nodiscard]] cart::Extension extension_of(Script script, const std::string& cart = "a");
// It answered, and works.
[[nodiscard]] cart::ProbeResult usable(std::optional<cart::Extension> extension = std::nullopt);
[[nodiscard]] const cart::StockUpdate& update_in(const stack::Ask& ask);
[[nodiscard]] cart::CountsResult counts(const std::map<std::string, std::int64_t>& counts);

}  // namespace stocktray::tests
