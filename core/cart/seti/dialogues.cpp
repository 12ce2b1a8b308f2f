#include "core/cart/seti/dialogues.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "core/cart/counts_collector.h"
#include "core/cart/seti/payload.h"
#include "core/cart/seti/read_moves.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/read_version.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

// One question, one answer.
class OneShot final : public Dialogue {
public:
    using Read = std::function<Done(const http::Reply&)>;
    OneShot(http::Request request, Read read) : request_{std::move(request)}, read_{std::move(read)} {}

    Step begin() override { return std::move(request_); }
    Step answered(const http::Reply& reply) override { return read_(reply); }

private:
    http::Request request_;
    Read read_;
};

// Nothing to ask.
class Known final : public Dialogue {
public:
    explicit Known(Done done) : done_{std::move(done)} {}
    Step begin() override { return std::move(done_); }
    Step answered(const http::Reply&) override { return std::move(done_); }

private:
    Done done_;
};

template <class Result>
Result failed(const Problem& problem, const http::Reply& reply, const Redactor& redactor) {
    Result result;
    note_problem(result, problem, reply, redactor);
    return result;
}

std::unique_ptr<Dialogue> ask_version(const Access& access, http::Request request) {
    return std::make_unique<OneShot>(std::move(request),
                                     [redactor = Redactor{access.password}](const http::Reply& reply) {
                                         return read_version(reply, redactor);
                                     });
}

// Slices of a question by SKU, each whole in itself.
class QohQuery final : public Dialogue {
public:
    QohQuery(const Access& access, std::vector<std::string> skus)
        : requests_{access}, skus_{std::move(skus)} {}

    Step begin() override {
        for (const std::string& sku : skus_) {
            if (!counts_.try_emplace(sku, ReadCount{sku, CountWord::error, 0}).second) continue;
            if (const auto writable = writable_sku(sku, Dialect::text, Charset::utf_8)) {
                asked_.push_back(sku);
            } else {
                result_.bad.push_back(writable.error().message);
            }
        }
        return next();
    }

    Step answered(const http::Reply& reply) override {
        const auto items = read_qohquery(reply, slice_);
        if (!items) return failed<CountsResult>(items.error(), reply, requests_.redactor());
        for (const ReadCount& item : *items) counts_.at(item.sku) = item;
        result_.status = reply.status;
        return next();
    }

private:
    Step next() {
        if (next_ == asked_.size()) return finish();
        const auto from = asked_.begin() + static_cast<std::ptrdiff_t>(next_);
        next_ = std::min(asked_.size(), next_ + most_skus_per_query);
        slice_.assign(from, asked_.begin() + static_cast<std::ptrdiff_t>(next_));
        return requests_.qohquery(slice_);
    }

    Done finish() {
        for (const std::string& sku : skus_) result_.items.push_back(counts_.at(sku));
        result_.distinct = std::ssize(counts_);
        result_.is_complete = true;
        return std::move(result_);
    }

    Requests requests_;
    std::vector<std::string> skus_;
    std::unordered_map<std::string, ReadCount> counts_;
    std::vector<std::string> asked_;  // each once, and only what can be written
    std::vector<std::string> slice_;  // being asked for
    std::size_t next_{0};             // in `asked_`, behind the slice
    CountsResult result_;
};

class Picking final : public Dialogue {
public:
    Picking(Access access, Learned learned, std::int64_t batch_size, std::vector<std::string> skus)
        : skus_{std::move(skus)},
          picker_{std::make_shared<CountsCollector>(CountsCollector::Keep::wanted)},
          whole_{read_all(std::move(access), std::move(learned), batch_size, picker_)} {
        for (const std::string& sku : skus_) picker_->want(sku);
    }

    Step begin() override { return pick(whole_->begin()); }
    Step answered(const http::Reply& reply) override { return pick(whole_->answered(reply)); }

private:
    Step pick(Step step) {
        auto* done = std::get_if<Done>(&step);
        if (done == nullptr) return step;
        auto result = std::get<CountsResult>(std::move(*done));
        if (!result.is_complete) return result;
        const auto missing = result.bad.empty() ? CountWord::not_found : CountWord::error;
        for (const std::string& sku : skus_) {
            const auto found = picker_->find(sku, result.answers);
            result.items.push_back(found ? *found : ReadCount{sku, missing, 0});
        }
        return result;
    }

    std::vector<std::string> skus_;
    std::shared_ptr<CountsCollector> picker_;
    std::unique_ptr<Dialogue> whole_;
};

}  // namespace

std::unique_ptr<Dialogue> version(Access access, AskExtension ask) {
    const Requests requests{access};
    return ask_version(access, ask == AskExtension::yes ? requests.extension() : requests.version());
}

std::unique_ptr<Dialogue> take_over(Access access, std::string old_agent) {
    return ask_version(access, Requests{access}.extension(old_agent));
}

std::unique_ptr<Dialogue> read_counts(Access access, Learned learned, std::int64_t batch_size,
                                      std::vector<std::string> skus) {
    const bool has_query = learned.extension && learned.extension->has_qohquery;
    if (has_query || learned.counts == CountSource::qohquery)
        return std::make_unique<QohQuery>(access, std::move(skus));
    return std::make_unique<Picking>(std::move(access), std::move(learned), batch_size, std::move(skus));
}

std::unique_ptr<Dialogue> read_moves(Access access, std::vector<std::string> skus, std::string last_order,
                                     std::vector<std::string> also) {
    MovesResult impossible;
    if (skus.empty() || skus.size() > most_skus_per_query) {
        impossible.cause = Cause::bad_request;
        impossible.text = "One question takes 1 to 250 SKUs.";
        return std::make_unique<Known>(std::move(impossible));
    }
    // One that cannot be written is no reason to learn nothing of the others.
    std::vector<std::string> asked;
    std::vector<SkuMoves> unasked;
    for (std::string& sku : skus) {
        if (writable_sku(sku, Dialect::text, Charset::utf_8)) asked.push_back(std::move(sku));
        else unasked.push_back({{std::move(sku), CountWord::error, 0}, {}, 0, 0});
    }
    if (asked.empty()) {
        MovesResult nothing;
        nothing.is_complete = true;
        nothing.items = std::move(unasked);
        return std::make_unique<Known>(std::move(nothing));
    }
    const Requests requests{access};
    auto request = requests.salesquery(asked, last_order, also);
    return std::make_unique<OneShot>(
        std::move(request),
        [asked = std::move(asked), unasked = std::move(unasked), redactor = requests.redactor()](const http::Reply& reply) -> Done {
            auto moves = read_salesquery(reply, asked);
            if (!moves) return failed<MovesResult>(moves.error(), reply, redactor);
            MovesResult result;
            result.is_complete = true;
            result.items = std::move(moves->items);
            result.items.insert(result.items.end(), unasked.begin(), unasked.end());
            result.top_order = std::move(moves->top_order);
            result.status = reply.status;
            return result;
        });
}

std::unique_ptr<Dialogue> order_count(Access access, std::string last_order) {
    const Requests requests{access};
    return std::make_unique<OneShot>(requests.orders_count(last_order),
                                     [redactor = requests.redactor()](const http::Reply& reply) -> Done {
                                         const auto orders = read_number(reply, "ordercount");
                                         if (!orders)
                                             return failed<OrderCountResult>(orders.error(), reply, redactor);
                                         OrderCountResult result;
                                         result.is_answered = true;
                                         result.orders = *orders;
                                         result.status = reply.status;
                                         return result;
                                     });
}

}  // namespace stocktray::cart::seti
