#include <map>
#include <utility>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/payload.h"
#include "core/cart/seti/read_qohreplace.h"
#include "core/cart/seti/requests.h"

namespace stocktray::cart::seti {
namespace {

class ReplaceDialogue final : public Dialogue {
public:
    ReplaceDialogue(const Access& access, const Learned& learned, std::vector<CountToSet> counts)
        : requests_{access},
          dialect_{learned.dialect},
          has_keys_{learned.extension && learned.extension->has_postid},
          counts_{std::move(counts)} {}

    Step begin() override {
        for (const CountToSet& count : counts_)
            result_.items.push_back({count.sku, ReplaceWord::no_answer, {}});
        if (!dialect_ && !has_keys_)
            return refuse(Cause::unknown_function, "It is not known how this script takes counts.");
        if (counts_.size() > most_counts_per_replace)
            return refuse(Cause::bad_request, "One request takes at most 250 counts.");
        std::map<std::string_view, int> times;
        for (const CountToSet& count : counts_) ++times[count.sku];
        const Dialect dialect = dialect_.value_or(Dialect::text);
        std::vector<CountToSet> sent;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            const auto leave_out = [&](std::string why) {
                result_.items[i].word = ReplaceWord::unsendable;
                result_.items[i].text = std::move(why);
            };
            const auto writable = writable_sku(counts_[i].sku, dialect, requests_.access().charset);
            if (!writable) {
                leave_out(writable.error().message);
            } else if (times[counts_[i].sku] > 1) {
                leave_out("It stands twice in one request: neither count may be chosen.");
            } else {
                sent.push_back(counts_[i]);
                places_.push_back(i);
            }
        }
        if (sent.empty()) {
            result_.is_complete = true;
            return std::move(result_);
        }
        const auto payload = write_counts(sent, dialect, requests_.access().charset);
        if (!payload) return refuse(Cause::unsendable_sku, payload.error().message);
        return requests_.qohreplace(*payload, sent.size());
    }

    Step answered(const http::Reply& reply) override {
        std::vector<std::string> skus;
        for (const std::size_t i : places_) skus.push_back(counts_[i].sku);
        auto read = read_qohreplace(reply, skus, requests_.redactor());
        for (std::size_t k = 0; k < places_.size(); ++k) result_.items[places_[k]] = std::move(read.items[k]);
        read.items = std::move(result_.items);
        return read;
    }

private:
    Done refuse(Cause cause, std::string text) {
        result_.is_refused = true;
        result_.cause = cause;
        result_.text = std::move(text);
        return std::move(result_);
    }

    Requests requests_;
    std::optional<Dialect> dialect_;
    bool has_keys_;
    std::vector<CountToSet> counts_;
    std::vector<std::size_t> places_;  // in `counts_`, of what is in the request
    ReplaceResult result_;
};

}  // namespace

std::unique_ptr<Dialogue> replace_counts(Access access, Learned learned, std::vector<CountToSet> counts) {
    return std::make_unique<ReplaceDialogue>(access, learned, std::move(counts));
}

}  // namespace stocktray::cart::seti
