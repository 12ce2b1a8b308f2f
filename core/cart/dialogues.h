// The dialogues with a cart, whatever its kind: what `seti/dialogues.h` and `xcart_rest/dialogues.h` have in
// common. What a kind cannot do is answered at once, as `unknown_function`.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart {

// As it stands in a cart's definition; an unknown word is `seti`.
[[nodiscard]] Kind kind_from(std::string_view word) noexcept;

// What this kind of cart cannot promise, whichever store it is: told by its test, and worth telling wherever
// a person is about to have counts changed there.
[[nodiscard]] std::vector<ProbeProblem> cautions(Kind kind);

// A new memory for `Access::memory`, to be thrown away when the cart's address changes.
[[nodiscard]] std::shared_ptr<xcart_rest::Memory> empty_memory();

[[nodiscard]] std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update,
                                               Sending sending);
[[nodiscard]] std::unique_ptr<Dialogue> update_batch(Access access, Learned learned,
                                                     std::vector<StockUpdate> updates, Sending sending);
[[nodiscard]] std::unique_ptr<Dialogue> replace_counts(Access access, Learned learned,
                                                       std::vector<CountToSet> counts);
[[nodiscard]] std::unique_ptr<Dialogue> version(Access access, Learned learned);
[[nodiscard]] std::unique_ptr<Dialogue> take_over(Access access, Learned learned, std::string old_agent);
[[nodiscard]] std::unique_ptr<Dialogue> probe(Access access, std::string random_text);
[[nodiscard]] std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                                 std::shared_ptr<CountSink> sink);
[[nodiscard]] std::unique_ptr<Dialogue> read_counts(Access access, Learned learned, std::int64_t batch_size,
                                                    std::vector<std::string> skus);
[[nodiscard]] std::unique_ptr<Dialogue> read_moves(Access access, std::vector<std::string> skus,
                                                   std::string last_order, std::vector<std::string> also);
[[nodiscard]] std::unique_ptr<Dialogue> order_count(Access access, Learned learned, std::string last_order);

}  // namespace stocktray::cart
