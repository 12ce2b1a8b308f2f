#include "tests/core/workbench.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>

namespace stocktray::tests {

Workbench::Workbench(Controller::Times times)
    : store{store::Store::open(":memory:").value()}, controller{store, times, Random{7}}, times_{times} {
    REQUIRE(store.turn(now, [&] {
        store.identity.create({"agent-0000000001", "incarnation-0001", "machine", 0, 1, now.wall, now.steady,
                               store::Trouble::none});
    }));
    REQUIRE(controller.start(store::Trouble::none, "machine", now));
    turn([&] { controller.switching.set_parameter("SynchQOH", true, now); });
}

void Workbench::open_cart(const std::string& id, Script script, std::map<std::string, std::int64_t> store_counts,
                          std::int64_t buffer) {
    cart::CartConfig config;
    config.id = id;
    config.name = id;
    config.url = "https://" + id + ".test/import.php";
    config.buffer = buffer;
    config.synchronize_inventory = true;
    turn([&] { REQUIRE(controller.switching.create(config, now)); });
    const auto probe = take<stack::AskProbe>();
    REQUIRE(probe);
    answer(*probe, script == Script::plain ? usable() : usable(extension_of(script, id)));
    const auto all = take<stack::AskAllCounts>();
    REQUIRE(all);
    std::vector<cart::ReadCount> page;
    for (const auto& [sku, qoh] : store_counts) page.push_back({sku, cart::CountWord::count, qoh});
    turn([&] { controller.counts_page(all->exchange, page, 1); });
    cart::CountsResult done;
    done.is_complete = true;
    answer(*all, done);
    while (!cart(id).cart.has_base) turn();
}

void Workbench::snapshot(const std::map<std::string, std::int64_t>& taken) {
    sync::SnapshotPart part{"om", fmt::format("snapshot-{}", ++last_id_), 0, false, {}};
    turn([&] { REQUIRE(controller.snapshots.receive(part, now)); });
    part.part = 1;
    part.is_last = true;
    for (const auto& [sku, qoh] : taken) part.items.push_back({sku, {qoh}, std::nullopt, true});
    now.steady += Milliseconds{1};
    turn([&] { REQUIRE(controller.snapshots.receive(part, now)); });
    while (controller.snapshots.has_more()) turn();
    now.steady += Milliseconds{1};
}

inventory::Change Workbench::change(const std::string& sku, std::int64_t delta) {
    inventory::Change change;
    change.id = fmt::format("change-{}", ++last_id_);
    change.sku = sku;
    change.delta = inventory::Delta{delta};
    change.reason = inventory::Reason::phone_order;
    return change;
}

sync::Submitted Workbench::submit(const std::string& sku, std::int64_t delta) { return submit(change(sku, delta)); }

sync::Submitted Workbench::submit(inventory::Change made, const std::string& source) {
    sync::Submitted submitted;
    turn([&] { submitted = controller.books.submit(source, {made}, now); });
    return submitted;
}

void Workbench::turn(const std::function<void()>& work) {
    REQUIRE(controller.turn(now, stack::Sendings::allowed, work, [this] { return works_on; }));
    collect();
}

void Workbench::pass(Milliseconds time) {
    now.wall += time;
    now.steady += time;
    turn();
}

void Workbench::restart() {
    asks_.clear();
    std::destroy_at(&controller);
    std::construct_at(&controller, store, times_, Random{8});
    REQUIRE(controller.start(store::Trouble::none, "machine", now));
    collect();
}

void Workbench::collect() {
    for (auto& ask : controller.take_asks()) asks_.push_back(std::move(ask));
    (void)controller.take_notices();
}

void Workbench::answer(const stack::Ask& ask, cart::Done done) {
    turn([&] { controller.answered(ask.exchange, done, now); });
}

std::vector<store::ListedPost> Workbench::posts() { return store.posts.list({}); }

std::vector<store::ListedPost> Workbench::posts(stack::State state) {
    store::PostFilter filter;
    filter.states = {state};
    return store.posts.list(filter);
}

store::ListedPost Workbench::only_post() {
    const auto all = posts();
    REQUIRE(all.size() == 1);
    return all.front();
}

store::Item Workbench::item(const std::string& sku) {
    const auto found = store.items.find(sku);
    REQUIRE(found);
    return *found;
}

store::Listing Workbench::listing(const std::string& id, const std::string& sku) {
    const auto found = store.listings.find(cart(id).cart.key, sku);
    REQUIRE(found);
    return *found;
}

bool Workbench::has_alert(const std::string& kind) {
    for (const auto& alert : store.alerts.list())
        if (alert.kind == kind) return true;
    return false;
}

cart::UpdateResult applied(std::optional<std::int64_t> qoh) {
    cart::UpdateResult result;
    result.outcome = cart::Outcome::applied;
    result.qoh = qoh;
    result.status = 200;
    return result;
}

cart::UpdateResult applied_under_key(const stack::Ask& ask, std::int64_t qoh, std::int64_t seq) {
    REQUIRE(update_in(ask).key);
    auto result = applied(qoh);
    result.is_key_confirmed = true;
    result.seq = seq;
    return result;
}

namespace {
cart::UpdateResult result_of(cart::Outcome outcome, cart::Cause cause) {
    cart::UpdateResult result;
    result.outcome = outcome;
    result.cause = cause;
    return result;
}
}  // namespace

cart::UpdateResult refused(cart::Cause cause) { return result_of(cart::Outcome::refused, cause); }
cart::UpdateResult rejected(cart::Cause cause) { return result_of(cart::Outcome::rejected, cause); }
cart::UpdateResult unclear(cart::Cause cause) { return result_of(cart::Outcome::unclear, cause); }

cart::VersionResult version(std::optional<cart::Extension> extension) {
    cart::VersionResult result;
    result.is_script = true;
    result.version = "1.000";
    result.extension = std::move(extension);
    return result;
}

cart::ProbeResult usable(std::optional<cart::Extension> extension) {
    cart::ProbeResult met;
    met.is_usable = true;
    met.version = version(extension);
    met.learned.dialect = cart::Dialect::text;
    met.learned.counts = cart::CountSource::downloadqoh;
    met.learned.extension = std::move(extension);
    return met;
}

cart::Extension extension_of(Script script, const std::string& cart) {
    cart::Extension extension;
    extension.store = "store-of-" + cart;
    extension.keep = Milliseconds{std::int64_t{30} * 24 * 3'600'000};
    extension.has_postid = true;
    extension.has_batch = true;
    extension.has_qohquery = true;
    extension.has_moves = script == Script::with_moves;
    return extension;
}

const cart::StockUpdate& update_in(const stack::Ask& ask) {
    const auto* update = std::get_if<stack::AskUpdate>(&ask.what);
    REQUIRE(update != nullptr);
    return update->update;
}

cart::CountsResult counts(const std::map<std::string, std::int64_t>& read) {
    cart::CountsResult result;
    result.is_complete = true;
    for (const auto& [sku, qoh] : read) result.items.push_back({sku, cart::CountWord::count, qoh});
    return result;
}

}  // namespace stocktray::tests
