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
#include "tests/simulation/memory_disk.h"

namespace stocktray::simulation {

inline constexpr const char* agent_id = "agent-0000000001";

// A law that was broken: what, and in which state of things.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Day {
    int changes{200};
    int orders{60};
    int faults{20};
    int jobs{3};
    int interventions{5};  // of people, in carts, posts and jobs
    int laptop{40};  // changes of the Order Manager that is away, on every other day
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
    std::int64_t jobs{0};     // Get, Send, audit and undo that people started
    std::int64_t rejected{0};  // posts for a product that was not there
    std::int64_t interventions{0};  // of people, in carts, posts and jobs
    std::int64_t restored{0};  // times that the agent's folder was put back from a backup
    std::int64_t stores_restored{0};  // times that a store's database was
    std::int64_t stores_named{0};     // times that the agent had noticed it and a person accepted the store
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
        forbidden,      // 403 to everything
        firewalled,     // done, and the answer to what is like a change never gets through: 403
        no_access,      // its password was changed
        forgets,        // answered as done, and then the power went there
    };
    struct Site {
        std::string id;
        FakeStore store;
        std::int64_t buffer{0};
        Weather weather{Weather::fine};
        AgentTime clears{};
        std::string last_order{};
        std::set<std::string> may_differ{};  // SKUs of which a count may have to be named: what a person did, or a copy did not know
        std::optional<FakeStore> backup{};
        std::vector<stack::PostId> applied_since{};  // the backup
    };
    // A request on its way, and whom its answer is for.
    struct Errand {
        stack::ExchangeId exchange{0};
        std::vector<stack::PostId> posts;
        std::vector<std::string> skus{};     // the store's, one for each post
        int memory{0};                       // of the agent, when it asked
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
        std::string source{"om"};
        std::optional<inventory::Change> change{};
        std::optional<sync::Import> import{};
        std::optional<sync::SnapshotPart> part{};
    };
    // A copy of the agent's folder.
    struct Backup {
        MemoryDisk::Image image;
        stack::PostId last_post{0};
    };
    enum class Turned { yes, died };

    // --- time ---
    void at(Milliseconds from_now, Action action);
    bool step(AgentTime until);  // false: nothing happens before
    void advance_to(AgentTime time);

    // --- the agent ---
    void set_up();
    void begin_life(bool is_first);
    void crash();
    // The power goes with the agent, and the disk may lose what was not synced.
    [[nodiscard]] const MemoryDisk::Image& new_database();
    void open_store();
    void back_up();
    void put_back();
    Turned turn(const std::function<void()>& work = [] {});
    void collect();

    // --- the stores' databases ---
    void back_up(Site& site);
    void put_back(Site& site);

    // --- what happens there ---
    void hide_product(Site& site);
    void correct_by_hand(Site& site);

    // --- people at the tray ---
    void intervene();
    bool update(const Site& site, const std::function<void(cart::CartConfig&)>& change);
    void turn_off(Site& site);
    void exclude(Site& site, const std::string& sku);
    void change_buffer(Site& site);
    void pause(Site& site);
    void take_back_later(Site& site);
    void cancel_post(Site& site);
    void cancel_job(Site& site);
    void remember_settings(Site& site);
    [[nodiscard]] bool is_posted(const Site& site, const std::string& sku) const;
    void expect_all(Site& site) { site.may_differ.insert(skus_.begin(), skus_.end()); }

    // --- the network ---
    void carry(std::shared_ptr<Errand> errand, cart::Step step);
    void process(const std::shared_ptr<Errand>& errand, const http::Request& request, const std::function<void(std::string)>& then);
    void forget(const std::shared_ptr<Errand>& errand, const http::Request& request, const std::function<void(std::string)>& then);
    template <class Each>
    void each_applied(const Errand& errand, const FakeStore& store, std::size_t before, Each each);
    void finish(const std::shared_ptr<Errand>& errand, const cart::Done& done);
    void count_under_way(const Errand& errand, int more);

    // --- people ---
    void change_of_order_manager() { change_of_order_manager(any_sku()); }
    void change_of_order_manager(const std::string& sku);
    [[nodiscard]] const std::string& any_sku() { return skus_[random_.below(skus_.size())]; }
    [[nodiscard]] inventory::Change a_change(const std::string& sku);
    // The Order Manager's count moves by that; the change tells it, as the SKU is told.
    void move(inventory::Change& change, std::int64_t delta);
    void count_anew(inventory::Change& change);
    void change_of_laptop();
    void laptop_comes_home();
    void customer();
    void edit(Site& site, Order& order);
    void import_orders(Site& site);
    void tell();
    void fault();
    void bring_back(Site& site, Script script, AgentTime since);
    void decide();
    void look_after_carts();
    void send_refused_again(const Site& site);
    void start_job();
    void pull();
    void offer_again();
    void count_what_is_named();
    void count_again();
    void begin_counting();
    void tell_counts(std::string snapshot, std::vector<std::string> skus);
    void run_for(Milliseconds time);
    [[nodiscard]] std::set<std::string> wrong(const Site& site) const;  // SKUs whose count is not what is due
    [[nodiscard]] std::set<std::string> audit(const Site& site);        // SKUs that an audit names
    void send_what_is_named();
    [[nodiscard]] std::int64_t due(const Site& site, const std::string& sku) const;  // what the store should have
    void expect_differences(Site& site, const std::vector<stack::Post>& posts);

    // --- laws ---
    void check_notices();
    void check_asks(const stack::Ask& ask, const std::vector<stack::PostId>& posts);
    void check_rest();
    void tell_the_end();
    [[nodiscard]] bool rests();
    // The agent remembers this post of the errand: its folder was not put back since to a time before.
    [[nodiscard]] bool is_remembered(const Errand& errand, stack::PostId post) const;
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
    std::map<std::string, std::int64_t> counted_;  // SKUs that are told by their counts, and the last one's version
    std::int64_t last_change_{0};

    MemoryDisk disk_;
    std::optional<Backup> backup_;
    std::vector<stack::PostId> remembered_;  // after each time that the folder was put back, the last post that it knew
    std::int64_t marker_{0};                 // the commits that a note outside of the folder tells
    std::vector<Told> told_;                 // changes that were answered, to be offered again to an agent that was put back
    bool must_count_{false};                 // the Order Manager has to tell all its counts anew
    bool has_laptop_{false};                 // a second Order Manager on the same data, which is away for hours; clocks are right then
    std::vector<Told> laptop_;               // what it has not told yet
    std::int64_t last_pulled_{0};            // the last item of Get QOH that the Order Manager has applied
    std::int64_t last_snapshot_{0};

    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Controller> controller_;
    std::map<stack::PostId, int> applied_;                     // the truth: how often a post was applied
    std::set<stack::PostId> undone_;                           // was applied at a store whose database was put back to before
    std::map<stack::PostId, int> under_way_;                   // requests that may still be applied
    std::map<stack::ListingKey, stack::PostId> out_;           // posts that are being sent

    Sums sums_;
    std::vector<std::string> trace_;
};

}  // namespace stocktray::simulation
