#include "agent/gateway/script/counts_desk.h"

#include <algorithm>

#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "core/cart/seti/ascii.h"
#include "ipc/messages/qoh.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_in_a_question = 1'000;
constexpr std::int64_t most_in_a_page = 10'000;
constexpr auto counted_for = 10min;

const ipc::qoh::Listing* listing_at(const ipc::qoh::Item& item, const std::string& cart) {
    const auto found = std::ranges::find(item.listings, cart, &ipc::qoh::Listing::cart);
    return found == item.listings.end() ? nullptr : &*found;
}

std::int64_t field(const FormFields& form, std::string_view name, std::int64_t fallback) {
    return std::max<std::int64_t>(cart::seti::read_integer(cart::seti::trim(form.get(name))).value_or(fallback), 1);
}

}  // namespace

std::optional<std::string> CountsDesk::page(const ipc::carts::Cart& cart, const std::string& client, const FormFields& form) {
    const auto start = field(form, "startnum", 1);
    const auto size = std::min(field(form, "batchsize", 100), most_in_a_page);
    Place place;
    {
        const std::lock_guard lock{mutex_};
        if (const auto known = places_.find({client, cart.cart}); known != places_.end() && known->second.next == start)
            place = known->second;
    }
    std::vector<CountedProduct> products;
    bool knows_counts = false;
    bool is_end = place.next > 1 && !place.after;
    auto at = place.next;  // of the product that comes next
    while (!is_end && std::ssize(products) < size) {
        ipc::qoh::List list;
        list.cart = cart.cart;
        list.after = place.after;
        list.limit = std::min(most_in_a_question, at < start ? start - at : size - std::ssize(products));
        const auto told = ask(surroundings_.outbox, list, 5s);
        if (!told) return std::nullopt;
        for (const auto& item : told->items) {
            const auto* listing = listing_at(item, cart.cart);
            const bool is_told = listing != nullptr && (!item.tracked || listing->store_qoh);
            if (!is_told || at++ < start) continue;
            if (!item.tracked) {
                products.push_back({item.sku, std::nullopt});
            } else {
                knows_counts = true;
                // An agent that does not tell what this listing keeps back is older than changed buffers in slices.
                products.push_back({item.sku, *listing->store_qoh + listing->queued_delta + listing->not_imported.value_or(0) +
                                                  listing->buffer.value_or(cart.buffer)});
            }
        }
        place.after = told->next;
        is_end = !told->next;
    }
    if (start == 1 && !knows_counts) return std::nullopt;
    const std::lock_guard lock{mutex_};
    if (places_.size() > 1'000) places_.clear();
    places_.insert_or_assign({client, cart.cart}, Place{at, place.after});
    return counts_answer(products);
}

std::optional<std::int64_t> CountsDesk::products(const ipc::carts::Cart& cart) {
    {
        const std::lock_guard lock{mutex_};
        const auto known = counted_.find(cart.cart);
        if (known != counted_.end() && std::chrono::steady_clock::now() - known->second.second < counted_for)
            return known->second.first;
    }
    std::int64_t count = 0;
    ipc::qoh::List list;
    list.cart = cart.cart;
    list.limit = most_in_a_question;
    do {
        const auto told = ask(surroundings_.outbox, list, 5s);
        if (!told) return std::nullopt;
        count += std::ssize(told->items);
        list.after = told->next;
    } while (list.after);
    if (count == 0) return std::nullopt;
    const std::lock_guard lock{mutex_};
    counted_.insert_or_assign(cart.cart, std::pair{count, std::chrono::steady_clock::now()});
    return count;
}

}  // namespace stocktray::gateway
