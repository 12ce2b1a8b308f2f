#include "core/sync/quiet_round.h"

#include <algorithm>
#include <utility>

namespace stocktray::sync {
namespace {

constexpr std::string_view all_orders = "All";

// The answer's items as one kind, whatever question they answer; none if it is not complete.
std::optional<std::vector<cart::SkuMoves>> items_of(const cart::Done& done) {
    if (const auto* counts = std::get_if<cart::CountsResult>(&done)) {
        if (!counts->is_complete) return std::nullopt;
        std::vector<cart::SkuMoves> items;
        for (const auto& item : counts->items) items.push_back({item, {}, 0, 0});
        return items;
    }
    const auto* moves = std::get_if<cart::MovesResult>(&done);
    return moves != nullptr && moves->is_complete ? std::optional{moves->items} : std::nullopt;
}

}  // namespace

QuietSteps::QuietSteps(Orders orders, std::int64_t import) noexcept
    : orders_{orders}, import_{import}, step_{orders == Orders::imported ? Step::orders_at_all : Step::first} {}

bool QuietSteps::asks_for_orders() const noexcept {
    return step_ == Step::orders_at_all || step_ == Step::orders_before || step_ == Step::orders_after;
}

stack::AskOrderCount QuietSteps::order_question(const store::Cart& cart) const {
    if (step_ == Step::orders_at_all) return {std::string{all_orders}};
    return orders_since_import(cart);
}

stack::AskOrderCount QuietSteps::orders_since_import(const store::Cart& cart) {
    return {cart.last_order.empty() ? std::string{all_orders} : cart.last_order};
}

void QuietSteps::orders_told(const cart::OrderCountResult& result, const store::Cart& cart) {
    if (!result.is_answered || import_ != cart.import_news) return fail(Failure::no_answer);
    if (step_ == Step::orders_at_all) {
        // A script that does not heed `lastorder` would call every shop quiet, or none.
        if (!cart.last_order.empty() && result.orders == 0) return fail(Failure::lastorder_ignored);
        step_ = Step::orders_before;
        return;
    }
    orders_since_ = result.orders;
    if (result.orders != 0) return fail(Failure::orders_came);
    step_ = step_ == Step::orders_before ? Step::first : Step::finished;
}

void QuietSteps::looked(AgentTime now, Milliseconds between) {
    if (step_ == Step::first) {
        step_ = Step::pause;
        resume_at_ = now + between;
    } else if (step_ == Step::second) {
        step_ = orders_ == Orders::imported ? Step::orders_after : Step::finished;
    }
}

void QuietSteps::resume(AgentTime now) noexcept {
    if (step_ == Step::pause && resume_at_ <= now) step_ = Step::second;
}

void QuietSteps::fail(Failure failure) noexcept {
    step_ = Step::failed;
    failure_ = failure;
}

QuietRound::QuietRound(Orders orders, std::int64_t import, std::vector<Watched> watched,
                       std::shared_ptr<const stack::Touched> touched) noexcept
    : steps_{orders, import}, watched_{std::move(watched)}, touched_{std::move(touched)} {}

std::optional<stack::What> QuietRound::question(const store::Cart& cart) const {
    if (steps_.asks_for_orders()) return stack::What{steps_.order_question(cart)};
    if (!steps_.reads()) return std::nullopt;
    std::vector<std::string> skus;
    skus.reserve(watched_.size());
    for (const auto& watched : watched_) skus.push_back(watched.store_sku);
    return stack::What{stack::AskCounts{std::move(skus)}};
}

void QuietRound::answered(const cart::Done& done, const store::Cart& cart, AgentTime now, Milliseconds between) {
    const auto* orders = std::get_if<cart::OrderCountResult>(&done);
    if (steps_.asks_for_orders()) {
        if (orders == nullptr) steps_.fail(QuietSteps::Failure::no_answer);
        else steps_.orders_told(*orders, cart);
        return;
    }
    auto items = orders == nullptr ? items_of(done) : std::nullopt;
    if (!items || !steps_.reads()) {
        steps_.fail(QuietSteps::Failure::no_answer);
        return;
    }
    const bool is_first = steps_.step() == QuietSteps::Step::first;
    // Stores answer in the order in which they were asked, most of them.
    auto next = items->begin();
    for (auto& watched : watched_) {
        const auto is_it = [&](const auto& item) { return item.count.sku == watched.store_sku; };
        auto found = std::find_if(next, items->end(), is_it);
        if (found == items->end()) found = std::find_if(items->begin(), next, is_it);
        if (found == items->end()) continue;
        next = std::next(found);
        (is_first ? watched.first : watched.second) = std::move(*found);
    }
    steps_.looked(now, between);
}

}  // namespace stocktray::sync
