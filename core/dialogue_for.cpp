#include "core/dialogue_for.h"

#include <utility>

#include "core/cart/dialogues.h"
#include "core/overloaded.h"

namespace stocktray {

std::unique_ptr<cart::Dialogue> dialogue_for(stack::What what, cart::Access access, const cart::Learned& learned,
                                             std::int64_t batch_size, std::shared_ptr<cart::CountSink> sink,
                                             std::string random_text) {
    return std::visit(
        Overloaded{
            [&](stack::AskUpdate& a) { return cart::update(access, learned, std::move(a.update), a.sending); },
            [&](stack::AskBatch& a) { return cart::update_batch(access, learned, std::move(a.updates), a.sending); },
            [&](stack::AskVersion&) { return cart::version(access, learned); },
            [&](stack::AskTakeOver& a) { return cart::take_over(access, learned, a.from); },
            [&](stack::AskProbe&) { return cart::probe(access, std::move(random_text)); },
            [&](stack::AskAllCounts&) { return cart::read_all(access, learned, batch_size, std::move(sink)); },
            [&](stack::AskCounts& a) { return cart::read_counts(access, learned, batch_size, std::move(a.skus)); },
            [&](stack::AskMoves& a) {
                return cart::read_moves(access, std::move(a.skus), std::move(a.last_order), std::move(a.also));
            },
            [&](stack::AskOrderCount& a) { return cart::order_count(access, learned, std::move(a.last_order)); },
            [&](stack::AskReplace& a) { return cart::replace_counts(access, learned, std::move(a.counts)); },
        },
        what);
}

}  // namespace stocktray
