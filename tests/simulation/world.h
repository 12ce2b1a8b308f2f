// A virtual shop for some days: the real rules and the real protocol in a world where time, network, customers and faults come
// from one seed. Everything that happens is an event in time; after each of them the laws are checked.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/controller.h"
#include "core/random.h"
#include "tests/simulation/fake_store.h"

namespace stocktray::simulation {

// A law that was broken: what, and in which state of things.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Day {
    int changes{200};
    int orders{60};
    int faults{20};
};

// What one run has seen, for the sums that are printed.
struct Sums {
    std::int64_t changes{0};
    std::int64_t orders{0};
    std::int64_t faults{0};
    std::int64_t crashes{0};
    std::int64_t requests{0};
    std::int64_t unclear{0};
    std::int64_t persons{0};  // decisions that a person had to take
    std::int64_t turns{0};

    void add(const Sums& other);
};

class World {
public:
    explicit World(std::uint64_t seed, bool is_traced = false);

    // Days with faults, and then as many without as it takes to come to rest. Throws Broken.
    void run(int days, const Day& day);

    [[nodiscard]] const Sums& sums() const noexcept { return sums_; }
    [[nodiscard]] const std::vector<std::string>& trace() const noexcept { return trace_; }

private:
    // How the way to a store is.
    enum class Weather {
        fine,
        no_connection,  // nothing reaches it
        swallowed,      // sent, and the store never sees it
        answer_lost,    // done, and nobody hears of it
        late,           // done after the weather has cleared, long after everybody has given up
        page,           // done, and a web page is the answer
        busy,           // refused in words
        cut,            // done, and the answer breaks off
    };
    struct Site {
        std::string id;
        FakeStore store;
        std::int64_t buffer{0};
        Weather weather{Weather::fine};
        AgentTime clears{};
        std::string last_order{};
    };
    // A request on its way, and whom its answer is for.
    struct Errand {
        stack::ExchangeId exchange{0};
        std::vector<stack::PostId> posts;
        Site* site{nullptr};
        std::unique_ptr<cart::Dialogue> dialogue;
        int life{0};                         // of the agent that asked
        std::function<void()> give_pages{};  // of a whole store, before the end of the errand
    };
    using Action = std::function<void()>;
    struct Event {
        AgentTime at;
        std::int64_t number;
        std::shared_ptr<Action> action;
        bool operator<(const Event& other) const noexcept {
            return at != other.at ? at > other.at : number > other.number;
        }
    };
    // What the Order Manager tells, in this order, again until it is answered.
    struct Told {
        std::optional<inventory::Change> change{};
        std::optional<sync::Import> import{};
    };

    // --- time ---
    void at(Milliseconds from_now, Action action);
    bool step(AgentTime until);  // false: nothing happens before
    void advance_to(AgentTime time);

    // --- the agent ---
    void set_up();
    void begin_life(bool is_first);
    void crash();
    void turn(const std::function<void()>& work = [] {});
    void collect();

    // --- the network ---
    void carry(std::shared_ptr<Errand> errand, cart::Step step);
    void process(const std::shared_ptr<Errand>& errand, const http::Request& request, const std::function<void(std::string)>& then);
    void finish(const std::shared_ptr<Errand>& errand, const cart::Done& done);

    // --- people ---
    void change_of_order_manager();
    void customer();
    void import_orders(Site& site);
    void tell();
    void fault();
    void decide();
    void look_after_carts();
    void send_what_is_named();
    [[nodiscard]] std::int64_t due(const Site& site, const std::string& sku) const;  // what the store should have
    [[nodiscard]] std::int64_t differing(const Site& site) const;

    // --- laws ---
    void check_notices();
    void check_asks(const stack::Ask& ask, const std::vector<stack::PostId>& posts);
    void check_rest();
    [[nodiscard]] bool rests();
    [[noreturn]] void broken(const std::string& law, const std::string& what);
    void note(std::string line);

    std::uint64_t seed_;
    bool is_traced_;
    Random random_;
    Now now_;
    std::priority_queue<Event> events_;
    std::int64_t last_event_{0};
    int life_{0};
    bool has_faults_{true};

    std::vector<std::string> skus_;
    std::vector<std::unique_ptr<Site>> sites_;
    std::map<std::string, std::int64_t> qoh_;  // the Order Manager's own
    std::vector<Told> to_tell_;                // the first was not answered yet
    std::int64_t last_change_{0};

    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Controller> controller_;
    std::map<stack::PostId, int> applied_;                     // the truth: how often a post was applied
    std::map<stack::PostId, int> under_way_;                   // requests that may still be applied
    std::map<stack::ListingKey, stack::PostId> out_;           // posts that are being sent

    Sums sums_;
    std::vector<std::string> trace_;
};

}  // namespace stocktray::simulation
