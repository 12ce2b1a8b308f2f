// The dialogues with X-Cart 5's own REST interface. They return what the dialogues with an import script do.
//
// What this interface cannot do: change a count by a difference, remember a key, tell a count and the orders
// that made it in one moment. So a change is read, add, write, read, and a look at the orders of that moment;
// what these do not explain is `unclear` and never written a second time.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::xcart_rest {

// A difference of one SKU -> UpdateResult. `learned` must have the interface and the dialect, else nothing is
// sent and it is `refused`; so it is if the orders cannot be looked at for want of the shop's time.
//   applied   what was written is there, or all that is missing left in orders behind it; `clamped_to` if the
//             store could not go below zero
//   refused   nothing was written, or the store said no and the count stands where it stood
//   rejected  not found, not tracked, ambiguous, or the shop does not accept the product as it is
//   unclear   everything else: a sale in that moment that does not add up, no answer, orders that could not
//   be
//             read
[[nodiscard]] std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update);

// What the interface is called, for people.
[[nodiscard]] std::string version_text(RestApi api);

// Is the shop there, does it know the key -> VersionResult. If nothing is remembered of where its SKUs are,
// the list is read first: with variants on X-Cart 5.5 a request for each product.
[[nodiscard]] std::unique_ptr<Dialogue> version(Access access, Learned learned);

// What can this shop do -> ProbeResult. What the interface cannot promise is among the problems of one that
// can be used, too. Changes nothing: the product that it tries to write cannot exist.
[[nodiscard]] std::unique_ptr<Dialogue> probe(Access access);

// The whole shop's counts -> CountsResult, as `seti::read_all`. With variants it takes a request for each
// product on X-Cart 5.5.
[[nodiscard]] std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                                 std::shared_ptr<CountSink> sink);

// The counts of some SKUs, one item each in the order asked for -> CountsResult.
[[nodiscard]] std::unique_ptr<Dialogue> read_counts(Access access, Learned learned,
                                                    std::vector<std::string> skus);

// Orders placed after the one with this number; `All`: of all times -> OrderCountResult. The module, which
// cannot count, tells at most one page of them. Orders that were never finished are not among them.
[[nodiscard]] std::unique_ptr<Dialogue> order_count(Access access, Learned learned, std::string last_order);

}  // namespace stocktray::cart::xcart_rest
