#include "core/stack/exchanges.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stocktray::stack {

void Exchanges::ask(CartKey cart, What what, Purpose purpose, AgentTime now) {
    const ExchangeId id = ++last_;
    asked_.push_back({id, cart, std::move(what)});
    out_.emplace(id, Exchange{cart, now, std::move(purpose)});
}

std::optional<Exchange> Exchanges::finish(ExchangeId id) {
    const auto found = out_.find(id);
    if (found == out_.end()) return std::nullopt;
    Exchange exchange = std::move(found->second);
    out_.erase(found);
    finished_.emplace_back(id, exchange);
    return exchange;
}

const Exchange* Exchanges::find(ExchangeId id) const {
    const auto found = out_.find(id);
    return found == out_.end() ? nullptr : &found->second;
}

std::int64_t Exchanges::out_for_posts(CartKey cart) const {
    return std::ranges::count_if(out_, [&](const auto& entry) {
        return entry.second.cart == cart && std::holds_alternative<ForPosts>(entry.second.purpose);
    });
}

bool Exchanges::is_out(CartKey cart, PostId post) const {
    return std::ranges::any_of(out_, [&](const auto& entry) {
        const auto* posts = std::get_if<ForPosts>(&entry.second.purpose);
        return entry.second.cart == cart && posts != nullptr && std::ranges::count(posts->posts, post) > 0;
    });
}

void Exchanges::committed() {
    finished_.clear();
    std::ranges::move(asked_, std::back_inserter(ready_));
    asked_.clear();
}

void Exchanges::rolled_back() {
    for (const auto& ask : asked_) out_.erase(ask.exchange);
    asked_.clear();
    for (auto& [id, exchange] : finished_)
        if (!out_.contains(id)) out_.emplace(id, std::move(exchange));
    finished_.clear();
}

}  // namespace stocktray::stack
