// What every dialogue with a shop reads: which interface it has, its whole list, one place, the latest
// orders.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/xcart_rest/memory.h"
#include "core/cart/xcart_rest/read_answer.h"
#include "core/cart/xcart_rest/requests.h"
#include "core/cart/xcart_rest/talk.h"

namespace stocktray::cart::xcart_rest {

// A shop whose interface is known. `memory` is never null.
struct Shop {
    Requests requests;
    std::shared_ptr<Memory> memory;

    [[nodiscard]] RestApi api() const noexcept { return requests.api(); }
};
[[nodiscard]] Shop shop_of(const Access& access, RestApi api);

// When the shop looked, by its own clock, as closely as can be told.
struct Moment {
    WallTime latest{};     // in this second or before
    Milliseconds took{0};  // from the question to the answer: it may have been that much earlier
};
struct Said {
    Answer<Value> answer;
    std::optional<Moment> at;
};
// One question that changes nothing; asked again when it is lost on the way.
[[nodiscard]] Talk<Said> ask(Wire& wire, const Shop& shop, http::Request request);

// Is the shop's interface there, and which one? A shop that answers a wrong key is there.
struct Found {
    std::optional<RestApi> api;
    std::optional<Trouble> trouble;  // none: a list of products came
    Milliseconds took{0};
    bool has_preamble{false};
    bool has_clock{false};  // its answers carry the time
};
// `known`: only that one is asked. A list that cannot be told for a fault in a product is as good.
[[nodiscard]] Talk<Found> find_api(Wire& wire, Access access, std::optional<RestApi> known);

// The count at a place now. `word` is `error` if what is there bears another SKU, or nothing is there.
struct Look {
    std::optional<Trouble> trouble;
    ReadCount count;
    Place place;
    std::optional<Moment> at;
};
[[nodiscard]] Talk<Look> look_at(Wire& wire, const Shop& shop, Place place, std::string sku);

// The count of a SKU wherever it is; not_found, not_tracked and ambiguous are words of `count`. Reads the
// shop's whole list if it was not read yet, or if the SKU is not where it was.
[[nodiscard]] Talk<Look> look_up(Wire& wire, const Shop& shop, std::string sku);

// The whole list, into `sink`; `directory` is where which SKU is. Pages that overlap are taken once.
struct Listed {
    CountsResult result;
    std::shared_ptr<const Directory> directory;  // none if it is not complete
};
[[nodiscard]] Talk<Listed> list_all(Wire& wire, const Shop& shop, std::int64_t batch_size, CountSink& sink);

// The directory anew, the counts to nobody. `known` has the variants of products that it knows: they are not
// asked for again, for they cost a request a product. Of the module only the variants are listed.
[[nodiscard]] Talk<Listed> list_places(Wire& wire, const Shop& shop, std::shared_ptr<const Directory> known);

// Orders placed at `since` or later.
struct Orders {
    std::optional<Trouble> trouble;
    std::vector<Order> orders;
};
[[nodiscard]] Talk<Orders> orders_since(Wire& wire, const Shop& shop, WallTime since);

}  // namespace stocktray::cart::xcart_rest
