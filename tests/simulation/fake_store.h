// A store as the simulation has it: it sells, and answers the bytes of the import protocol with bytes. It knows the truth that
// no agent can see: what was really applied.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::simulation {

enum class Script {
    plain,       // as most are: no memory of what it has done
    with_keys,   // remembers the key of every change
    with_moves,  // and tells what its orders hold
};

// A web order. Its pieces are off the count from its beginning on.
struct Order {
    std::int64_t number{0};
    std::string sku;
    std::int64_t pieces{0};
    enum class State { unfinished, placed, cancelled } state{State::placed};
    bool is_imported{false};       // the Order Manager has it
    std::int64_t given_back_at{0};  // milliseconds; 0: never
};

// A stock change that was really applied.
struct Applied {
    std::string sku;
    std::int64_t delta{0};
};

class FakeStore {
public:
    FakeStore(std::string id, Script kind, std::map<std::string, std::int64_t> counts)
        : script{kind}, id_{std::move(id)}, counts_{std::move(counts)} {}

    // The body of a request -> the body of the answer. `now`: milliseconds, for what was given back lately.
    [[nodiscard]] std::string answer(std::string_view body, std::int64_t now);

    // A customer. Unfinished orders hold their pieces, and the plain protocol does not show them.
    std::int64_t sell(const std::string& sku, std::int64_t pieces, Order::State state);
    // What it has done is not needed any more: keys and what was applied under them.
    void forget_the_past() {
        keys_.clear();
        applied_.clear();
    }
    // Its database has a new table of keys: nobody knows any more what was applied.
    void lose_keys(std::string id) {
        id_ = std::move(id);
        keys_.clear();
        seq_ = 0;
        top_ = 0;
    }
    // The next order gets a number that the other has not given either.
    void number_orders_behind(const FakeStore& other) noexcept { last_order_ = std::max(last_order_, other.last_order_); }
    // The shop takes a product out of sale for a while: for scripts it is not there.
    void hide(const std::string& sku) { hidden_.insert(sku); }
    void show(const std::string& sku) { hidden_.erase(sku); }
    [[nodiscard]] bool is_hidden(const std::string& sku) const { return hidden_.contains(sku); }
    void hide_what(const FakeStore& other) { hidden_ = other.hidden_; }
    // Somebody at the shop changes a count by hand.
    void correct(const std::string& sku, std::int64_t more) { counts_[sku] += more; }
    void finish(Order& order) { order.state = Order::State::placed; }
    void cancel(Order& order, std::int64_t now);
    // Somebody changes how many pieces it has.
    void edit(Order& order, std::int64_t pieces) {
        counts_[order.sku] -= pieces - order.pieces;
        order.pieces = pieces;
    }

    [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const noexcept { return counts_; }
    [[nodiscard]] std::vector<Order>& orders() noexcept { return orders_; }
    [[nodiscard]] const std::vector<Order>& orders() const noexcept { return orders_; }
    // How often each change was applied, by what it carried: the key, or nothing on a plain script.
    [[nodiscard]] const std::vector<Applied>& applied() const noexcept { return applied_; }
    [[nodiscard]] std::int64_t overwritten() const noexcept { return overwritten_; }  // counts set by qohreplace

    Script script;  // an owner may replace it

private:
    struct Kept {
        std::string pair;  // of SKU and difference
        std::string count;
        std::int64_t seq{0};
    };
    using Fields = std::map<std::string, std::string, std::less<>>;

    [[nodiscard]] const std::int64_t* shown(const std::string& sku) const;  // its count; null: not for scripts
    [[nodiscard]] std::string change(const Fields& fields, bool is_repeat);
    [[nodiscard]] std::string change_one(const std::string& sku, std::int64_t delta, const std::string& postid, std::int64_t number);
    [[nodiscard]] std::string batch(const Fields& fields);
    [[nodiscard]] std::string query(const Fields& fields) const;
    [[nodiscard]] std::string moves(const Fields& fields, std::int64_t now) const;
    [[nodiscard]] std::string page(const Fields& fields) const;

    std::string id_;  // of the key table
    std::map<std::string, std::int64_t> counts_;
    std::set<std::string> hidden_;
    std::map<std::string, Kept> keys_;
    std::int64_t seq_{0};
    std::int64_t top_{0};
    std::vector<Order> orders_;
    std::int64_t last_order_{1'000};
    std::vector<Applied> applied_;
    std::int64_t overwritten_{0};
};

}  // namespace stocktray::simulation
