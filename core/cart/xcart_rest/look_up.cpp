#include <utility>

#include "core/cart/xcart_rest/reading.h"

namespace stocktray::cart::xcart_rest {
namespace {

constexpr std::size_t most_missed = 10'000;

// How much of the directory is read anew: nothing if there is one, all but the variants of known products,
// all.
enum class Fresh { as_it_is, quickly, wholly };

// What was found at the places of one SKU, so far.
struct Finds {
    std::optional<Trouble> trouble;
    std::vector<Look> looks;
};

Look only(Finds finds, const std::string& sku) {
    Look look;
    look.trouble = std::move(finds.trouble);
    look.count = {sku, CountWord::not_found, 0};
    if (look.trouble || finds.looks.empty()) return look;
    if (finds.looks.size() == 1) return std::move(finds.looks.front());
    look.count.word = CountWord::ambiguous;
    return look;
}

// The module is asked for everything whose SKU contains this one.
Talk<Finds> search(Wire& wire, const Shop& shop, const std::string& sku) {
    Finds finds;
    for (Part part{0, largest_page};; part.skipped += part.size) {
        auto request = shop.requests.products_like(sku, part);
        const Said said = co_await ask(wire, shop, std::move(request));
        if (!said.answer) {
            finds.trouble = said.answer.error();
            co_return finds;
        }
        const auto products = read_list(said.answer->json, &read_product);
        if (!products) {
            finds.trouble = Trouble{Cause::malformed, true, true, 200, {}, "The products could not be read."};
            co_return finds;
        }
        for (const Product& product : *products) {
            if (product.sku != sku) continue;
            Look look;
            look.place = {product.id, std::nullopt};
            look.count = {sku, product.is_tracked ? CountWord::count : CountWord::not_tracked,
                          product.is_tracked ? product.amount : 0};
            look.at = said.at;
            finds.looks.push_back(std::move(look));
        }
        if (std::ssize(*products) < part.size) co_return finds;
    }
}

// Reads the list where that must be; the error is what came in its way.
Talk<std::optional<Trouble>> have_directory(Wire& wire, const Shop& shop, Fresh fresh) {
    if (shop.memory->directory && fresh == Fresh::as_it_is) co_return std::nullopt;
    const auto known = fresh == Fresh::quickly ? shop.memory->directory : nullptr;
    Listed listed = co_await list_places(wire, shop, known);
    if (!listed.directory)
        co_return Trouble{
            listed.result.cause,          true, true, listed.result.status, listed.result.retry_after,
            std::move(listed.result.text)};
    shop.memory->directory = std::move(listed.directory);
    co_return std::nullopt;
}

}  // namespace

Talk<Look> look_up(Wire& wire, const Shop& shop, std::string sku) {
    Finds named;
    // Before the count is read: that may take minutes, and what is sold in them must not be overwritten.
    Fresh fresh = shop.memory->directory ? Fresh::as_it_is : Fresh::wholly;
    if (std::optional<Trouble> trouble = co_await have_directory(wire, shop, fresh)) {
        named.trouble = std::move(trouble);
        co_return only(std::move(named), sku);
    }
    if (shop.api() == RestApi::module) {
        Finds found = co_await search(wire, shop, sku);
        named = std::move(found);
        if (named.trouble) co_return only(std::move(named), sku);
    }
    for (;;) {
        const auto directory = shop.memory->directory;
        for (const Place& place : directory->find(sku)) {
            Look look = co_await look_at(wire, shop, place, sku);
            if (look.trouble) co_return look;
            if (look.count.word != CountWord::error) named.looks.push_back(std::move(look));
        }
        if (!named.looks.empty() || fresh == Fresh::wholly) break;
        if (fresh == Fresh::quickly) {
            // Who asks again means it: a person has added it meanwhile, perhaps as a variant of an old
            // product.
            if (shop.memory->missed.insert(sku).second) break;
            fresh = Fresh::wholly;
        } else {
            fresh = Fresh::quickly;
        }
        if (std::optional<Trouble> trouble = co_await have_directory(wire, shop, fresh)) {
            named.trouble = std::move(trouble);
            co_return only(std::move(named), sku);
        }
    }
    if (shop.memory->missed.size() > most_missed) shop.memory->missed.clear();
    if (!named.looks.empty()) shop.memory->missed.erase(sku);
    co_return only(std::move(named), sku);
}

}  // namespace stocktray::cart::xcart_rest
