#include "agent/gateway/script/import_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>

#include "agent/clock.h"
#include "agent/gateway/script/changes_of_post.h"
#include "core/cart/seti/ascii.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

// An import is told before its posts have all come: they come within seconds, or the Order Manager did not take the pieces.
constexpr std::int64_t waits_for_posts_ms = 2 * 60 * 1'000;
// The same import again tells only that nothing new has come.
constexpr auto same_again_after = 30s;

std::string unread_of(const std::string& cart) { return "orders-unread-" + cart.substr(0, 50); }

}  // namespace

void ImportDesk::passed_unread(const std::string& cart) {
    surroundings_.tell(unread_of(cart),
                       {{.cart = cart,
                         .message = fmt::format("The Order Manager has asked {} for its web orders, and Stocktray could not read the "
                                                "answer. Orders in it are not known here, and counts may be too high by their pieces.", cart),
                         .hint = "When the Order Manager has imported them, compare the counts of what was sold there lately. If it comes "
                                 "again, look at what the store's script answers: it must be a whole list of orders, not compressed. "
                                 "This ends with the next list that can be read."}});
}

void ImportDesk::passed(const std::string& cart, const OrderReader::Passed& passed) {
    auto kept = ledger_.passed(cart, passed.orders, to_ms(agent::Clock::wall_now()));
    if (!kept) {
        spdlog::error("{}", kept.error().message);
        passed_unread(cart);  // to whoever compares counts it is the same
        return;
    }
    surroundings_.tell(unread_of(cart), {});
    std::vector<Problem> problems;
    if (!kept->empty()) {
        const auto first = kept->front().substr(0, 40);
        const auto which = kept->size() == 1 ? first : fmt::format("{} to {}", first, kept->back().substr(0, 40));
        problems.push_back({.sku = {},
                            .cart = cart,
                            .message = fmt::format("The Order Manager was given web orders of {} again that it had imported before "
                                                   "Stocktray looked ({}). Their pieces are not counted once more.", cart, which),
                            .hint = "This comes when the last order is set back in the Order Manager. Compare the counts of what is in "
                                    "orders that it has only imported now. A new shop, whose numbers begin anew, needs a cart of its own."});
    }
    for (const auto& odd : passed.odd)
        problems.push_back({.sku = {},
                            .cart = cart,
                            .message = odd,
                            .hint = "Compare the counts of the products in question after the import; Stocktray could not read all of it."});
    // One notice per cart: what was odd in the last download that had orders.
    if (problems.size() > 1) problems.resize(1);
    if (!passed.orders.empty() || !problems.empty()) surroundings_.tell("orders-" + cart.substr(0, 50), std::move(problems));
}

void ImportDesk::has_imported(const std::string& cart, bool is_source, std::string_view last_order) {
    last_order = cart::seti::trim(last_order);
    if (last_order.empty() || last_order.size() > 255 || cart::seti::equals_ignoring_case(last_order, "All")) return;
    const std::lock_guard lock{mutex_};
    report(cart, is_source, last_order);
}

void ImportDesk::report(const std::string& cart, bool is_source, std::string_view last_order) {
    const auto now = to_ms(agent::Clock::wall_now());
    auto news = ledger_.imported(cart, last_order, now);
    if (!news) {
        spdlog::error("{}", news.error().message);
        return;
    }
    if (!*news) return;
    const bool waits = fan_out_ == FanOut::stocktray && !is_source &&
                       std::ranges::any_of((*news)->orders, [&](const ImportedOrder& order) {
                           return !order.is_claimed && now - order.imported_at < waits_for_posts_ms;
                       });
    if (waits) {
        waiting_.insert_or_assign(cart, Waiting{std::string{last_order}, is_source});
        return;
    }
    waiting_.erase(cart);
    auto& [told, told_at] = told_[cart];
    const auto steady = std::chrono::steady_clock::now();
    if ((*news)->orders.empty() && told == last_order && steady - told_at < same_again_after) return;

    ipc::orders::Imported import;
    import.cart = cart;
    import.at = now;
    import.last_order = std::string{last_order};
    import.count = std::ssize((*news)->orders);
    import.orders.emplace();
    std::vector<ipc::qoh::Change> changes;
    for (const auto& order : (*news)->orders) {
        for (auto& change : changes_of(cart, order, fan_out_, is_source, now)) changes.push_back(std::move(change));
        auto& told_order = import.orders->emplace_back();
        told_order.order = order.number;
        for (const auto& line : order.lines) told_order.lines.push_back({line.sku, std::nullopt, line.qty, std::nullopt});
    }
    // The changes first, then the import: they stay in this order though the agent is away.
    const auto submitted = surroundings_.outbox.submit(std::move(changes), 0ms);
    const auto imported = submitted ? surroundings_.outbox.imported(std::move(import), 0ms)
                                    : ipc::Expected<ipc::Outbox::Outcome>{ipc::Failure{submitted.error()}};
    if (!imported) {
        spdlog::error("the import of {} could not be kept and is told again with its next call: {}", cart, imported.error().message);
        return;
    }
    if (auto kept = ledger_.reported(cart, (*news)->orders); !kept) spdlog::error("{}", kept.error().message);
    told = last_order;
    told_at = steady;
}

void ImportDesk::look_again() {
    const std::lock_guard lock{mutex_};
    for (const auto& [cart, waiting] : std::map{waiting_}) report(cart, waiting.is_source, waiting.last_order);
}

}  // namespace stocktray::gateway
