// The dialogues with an import script: what is sent, what is made of the answers, and what is asked next.
// All are values and decisions; whoever carries them has the network, the clock and the dice.
//
// A dialogue never follows a redirect and never repeats a stock change. Texts in results have no secret in
// them and are at most 1 KiB.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

constexpr std::size_t most_pieces_per_batch = 250;
constexpr std::size_t most_counts_per_replace = 250;

// A difference of one SKU -> UpdateResult. `learned.dialect` says how it is written; without one (and
// without the connector's keys, whose dialect is text) nothing is sent and it is `refused`.
// `Sending::repeat` needs a key. A refusal of a repeat says nothing about the first sending.
// A status that may come from a firewall is checked by a harmless question to the same address.
[[nodiscard]] std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update,
                                               Sending sending);

// Differences of 1 to `most_pieces_per_batch` SKUs, each SKU once and each with a key of the same store, in
// one request -> BatchResult. What cannot be sent is answered at once; more pieces than that are `refused`.
[[nodiscard]] std::unique_ptr<Dialogue> update_batch(Access access, Learned learned,
                                                     std::vector<StockUpdate> updates, Sending sending);

// Sets the counts of 1 to `most_counts_per_replace` SKUs in one request -> ReplaceResult; more than that are
// refused. It overwrites what was sold meanwhile, so it is sent once and its answer is read back, not
// believed. What cannot be written, or stands there twice, is answered here and not sent.
[[nodiscard]] std::unique_ptr<Dialogue> replace_counts(Access access, Learned learned,
                                                       std::vector<CountToSet> counts);

// Who are you -> VersionResult. `is_script`: a script said something. `cause` is none only if that was a
// version. Asking for the extension sends user and password.
enum class AskExtension { no, yes };
[[nodiscard]] std::unique_ptr<Dialogue> version(Access access, AskExtension ask = AskExtension::yes);

// Tells the connector that we replace the agent `old_agent`, once its owner has confirmed it ->
// VersionResult.
[[nodiscard]] std::unique_ptr<Dialogue> take_over(Access access, std::string old_agent);

// What can this script do -> ProbeResult. Changes nothing: the SKU it tries to change by 0 cannot exist,
// for `random_text` (letters and digits) is part of it.
[[nodiscard]] std::unique_ptr<Dialogue> probe(Access access, std::string random_text);

// The whole store's counts, page by page into `sink` (may be null: into the result) -> CountsResult.
// What went into the sink counts only if the result is complete: pages may overlap, and what it means that a SKU came
// twice, its `answers` tell. `bad` names what could not be read; while it is not empty, a SKU that
// is missing is not known to be missing. `batch_size`: products per request; a connector that pages by
// cursor is asked for more.
[[nodiscard]] std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                                 std::shared_ptr<CountSink> sink);

// The counts of some SKUs, one item each in the order asked for -> CountsResult. By qohquery where the
// connector has it, else by reading the whole store.
[[nodiscard]] std::unique_ptr<Dialogue> read_counts(Access access, Learned learned, std::int64_t batch_size,
                                                    std::vector<std::string> skus);

// At most 250 SKUs with what the shop's orders above `last_order`, and those in `also`, hold of them, in one
// snapshot -> MovesResult. More than that is answered as `bad_request`: two requests are two snapshots.
[[nodiscard]] std::unique_ptr<Dialogue> read_moves(Access access, std::vector<std::string> skus,
                                                   std::string last_order, std::vector<std::string> also);

// Orders at the store after `last_order` -> OrderCountResult.
[[nodiscard]] std::unique_ptr<Dialogue> order_count(Access access, std::string last_order);

}  // namespace stocktray::cart::seti
