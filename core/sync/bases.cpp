#include "core/sync/bases.h"

#include <utility>

namespace stocktray::sync {

void Bases::page(const stack::CartState& cart, const std::vector<cart::ReadCount>& page, std::int32_t answer) {
    const auto key = cart.cart.key;
    intakes_.try_emplace(key, store_, key, store::ToldCounts::List::base).first->second.take(page, answer);
}

void Bases::ended(const stack::CartState& cart, cart::ListAnswers answers, Now now) {
    const auto key = cart.cart.key;
    if (!cart.is_base_read) {
        intakes_.erase(key);
        return;
    }
    // A store without a product has a list, too.
    intakes_.try_emplace(key, store_, key, store::ToldCounts::List::base).first->second.complete(std::move(answers), now.wall);
}

void Bases::advance(stack::CartState& cart) {
    const auto found = intakes_.find(cart.cart.key);
    if (found == intakes_.end() || !found->second.is_whole()) return;
    // Otherwise it was turned off and on meanwhile, or is another store now.
    if (cart.is_base_read) {
        if (found->second.go_on(cart.cart, nullptr, [](stack::ListingKey, bool) {})) return;
        cart.is_base_read = false;
        cart.disappointments = 0;
        cart.cart.has_base = true;
        board_.save(cart);
    }
    intakes_.erase(found);
}

void Bases::forget() {
    intakes_.clear();
    for (auto& cart : board_.all()) cart->is_base_read = false;
}

}  // namespace stocktray::sync
