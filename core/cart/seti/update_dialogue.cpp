#include <algorithm>
#include <set>
#include <utility>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/payload.h"
#include "core/cart/seti/read_batch.h"
#include "core/cart/seti/read_invupdate.h"
#include "core/cart/seti/read_version.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

UpdateResult not_sent(Outcome outcome, Cause cause, std::string text) {
    UpdateResult result;
    result.outcome = outcome;
    result.cause = cause;
    result.text = std::move(text);
    return result;
}

// A status that the way to the script may have made. The same question about nothing tells: if that gets the
// same kind of answer, the script is not being reached at all; if not, a firewall may have swallowed the
// answer of a script that did run.
class WayCheck {
public:
    // Is the question worth asking? `result` is what the reply alone says.
    [[nodiscard]] static bool is_needed(const UpdateResult& result) noexcept {
        return result.outcome == Outcome::unclear && may_come_from_the_way(result.status) &&
               result.cause == status_cause(result.status);
    }
    [[nodiscard]] static Outcome decide(int status, const http::Reply& check, const Redactor& redactor) {
        const bool is_unreached = check.transport == http::Transport::complete &&
                                  is_same_kind(status, check.status) &&
                                  !read_version(check, redactor).is_script;
        return is_unreached ? Outcome::refused : Outcome::unclear;
    }
};

class UpdateDialogue final : public Dialogue {
public:
    UpdateDialogue(Access access, Learned learned, StockUpdate update, Sending sending)
        : requests_{access}, learned_{std::move(learned)}, update_{std::move(update)}, sending_{sending} {}

    Step begin() override {
        const bool has_keys = learned_.extension && learned_.extension->has_postid;
        if (!learned_.dialect && !has_keys)
            return not_sent(Outcome::refused, Cause::unknown_function,
                            "It is not known how this script takes changes of stock.");
        if (sending_ == Sending::repeat && !update_.key)
            return not_sent(Outcome::refused, Cause::bad_request,
                            "A change without a key is never sent twice.");
        const auto payload =
            write_difference(update_, learned_.dialect.value_or(Dialect::text), requests_.access().charset);
        if (!payload) return not_sent(Outcome::rejected, Cause::unsendable_sku, payload.error().message);
        return requests_.invupdate(*payload, update_.key, sending_);
    }

    Step answered(const http::Reply& reply) override {
        if (is_checking_) {
            result_.outcome = WayCheck::decide(result_.status, reply, requests_.redactor());
            return std::move(result_);
        }
        result_ = read_invupdate(reply, update_, learned_, requests_.redactor());
        is_checking_ = reply.transport == http::Transport::complete && WayCheck::is_needed(result_);
        if (is_checking_) return requests_.version();
        return std::move(result_);
    }

private:
    Requests requests_;
    Learned learned_;
    StockUpdate update_;
    Sending sending_;
    UpdateResult result_;
    bool is_checking_{false};
};

class BatchDialogue final : public Dialogue {
public:
    BatchDialogue(const Access& access, std::vector<StockUpdate> updates, Sending sending)
        : requests_{access}, updates_{std::move(updates)}, sending_{sending} {}

    Step begin() override {
        std::vector<std::string> pieces;
        std::set<std::string_view> skus;
        std::set<std::string_view> keys;
        result_.items.resize(updates_.size());
        for (std::size_t i = 0; i < updates_.size(); ++i) {
            const StockUpdate& update = updates_[i];
            const auto refuse = [&](Cause cause, std::string why) {
                result_.items[i] = not_sent(Outcome::refused, cause, std::move(why));
            };
            if (!update.key) {
                refuse(Cause::bad_request, "A change without a key is not sent with others.");
            } else if (sent_.size() == most_pieces_per_batch) {
                refuse(Cause::bad_request, "One request takes at most 250 changes.");
            } else if (!sent_.empty() && update.key->store != store()) {
                refuse(Cause::store_changed, "Its key was made for another store.");
            } else if (skus.contains(update.sku) || keys.contains(update.key->postid)) {
                refuse(Cause::bad_request, "One request takes a SKU and a key only once.");
            } else if (auto piece = write_batch_piece(update); !piece) {
                result_.items[i] = not_sent(Outcome::rejected, Cause::unsendable_sku, piece.error().message);
            } else {
                pieces.push_back(*std::move(piece));
                skus.insert(update.sku);
                keys.insert(update.key->postid);
                sent_.push_back(i);
            }
        }
        if (sent_.empty()) return std::move(result_);
        return requests_.invbatch(pieces, store(), sending_);
    }

    Step answered(const http::Reply& reply) override {
        const Redactor redactor = requests_.redactor();
        if (is_checking_) {
            for (const std::size_t i : sent_)
                result_.items[i].outcome = WayCheck::decide(result_.items[i].status, reply, redactor);
            return std::move(result_);
        }
        std::vector<StockUpdate> sent;
        for (const std::size_t i : sent_) sent.push_back(updates_[i]);
        auto read = read_batch(reply, sent, redactor);
        for (std::size_t k = 0; k < sent_.size(); ++k) result_.items[sent_[k]] = std::move(read[k]);
        // A reply that is none of the script's is the result of every piece alike.
        is_checking_ =
            reply.transport == http::Transport::complete && WayCheck::is_needed(result_.items[sent_.front()]);
        if (is_checking_) return requests_.version();
        return std::move(result_);
    }

private:
    [[nodiscard]] const std::string& store() const { return updates_[sent_.front()].key->store; }

    Requests requests_;
    std::vector<StockUpdate> updates_;
    Sending sending_;
    std::vector<std::size_t> sent_;  // places in `updates_` of what is in the request
    BatchResult result_;
    bool is_checking_{false};
};

}  // namespace

std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update, Sending sending) {
    return std::make_unique<UpdateDialogue>(std::move(access), std::move(learned), std::move(update),
                                            sending);
}

std::unique_ptr<Dialogue> update_batch(Access access, Learned, std::vector<StockUpdate> updates,
                                       Sending sending) {
    return std::make_unique<BatchDialogue>(access, std::move(updates), sending);
}

}  // namespace stocktray::cart::seti
