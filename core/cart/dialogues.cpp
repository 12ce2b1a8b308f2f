#include "core/cart/dialogues.h"

#include <utility>

#include "core/cart/seti/dialogues.h"
#include "core/cart/xcart_rest/dialogues.h"
#include "core/cart/xcart_rest/memory.h"
#include "core/cart/xcart_rest/probe_problems.h"

namespace stocktray::cart {
namespace {

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
Result impossible(std::string text) {
    Result result;
    result.cause = Cause::unknown_function;
    result.text = std::move(text);
    return result;
}

UpdateResult not_written(std::string text) {
    auto result = impossible<UpdateResult>(std::move(text));
    result.outcome = Outcome::refused;
    return result;
}

}  // namespace

Kind kind_from(std::string_view word) noexcept {
    return word == "xcart_rest" ? Kind::xcart_rest : Kind::seti;
}

std::vector<ProbeProblem> cautions(Kind kind) {
    if (kind == Kind::seti) return {};
    return {xcart_rest::problem_of(xcart_rest::Finding::sales_may_be_lost, {})};
}

std::shared_ptr<xcart_rest::Memory> empty_memory() {
    return std::make_shared<xcart_rest::Memory>();
}

std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update, Sending sending) {
    if (access.kind == Kind::seti)
        return seti::update(std::move(access), std::move(learned), std::move(update), sending);
    // Law 2: nothing there remembers a first sending.
    if (sending == Sending::repeat)
        return std::make_unique<Known>(not_written("A change without a key is never sent twice."));
    return xcart_rest::update(std::move(access), std::move(learned), std::move(update));
}

std::unique_ptr<Dialogue> update_batch(Access access, Learned learned, std::vector<StockUpdate> updates,
                                       Sending sending) {
    if (access.kind == Kind::seti)
        return seti::update_batch(std::move(access), std::move(learned), std::move(updates), sending);
    const BatchResult none{std::vector(updates.size(), not_written("This shop takes one change at a time."))};
    return std::make_unique<Known>(none);
}

std::unique_ptr<Dialogue> replace_counts(Access access, Learned learned, std::vector<CountToSet> counts) {
    if (access.kind == Kind::seti)
        return seti::replace_counts(std::move(access), std::move(learned), std::move(counts));
    auto result = impossible<ReplaceResult>("This shop takes differences; its counts are not replaced.");
    result.is_refused = true;
    for (auto& count : counts) result.items.push_back({std::move(count.sku), ReplaceWord::unsendable, result.text});
    return std::make_unique<Known>(std::move(result));
}

std::unique_ptr<Dialogue> version(Access access, Learned learned) {
    if (access.kind == Kind::seti) return seti::version(std::move(access));
    return xcart_rest::version(std::move(access), std::move(learned));
}

std::unique_ptr<Dialogue> take_over(Access access, Learned learned, std::string old_agent) {
    if (access.kind == Kind::seti) return seti::take_over(std::move(access), std::move(old_agent));
    return xcart_rest::version(std::move(access), std::move(learned));  // it is nobody's
}

std::unique_ptr<Dialogue> probe(Access access, std::string random_text) {
    if (access.kind == Kind::seti) return seti::probe(std::move(access), std::move(random_text));
    return xcart_rest::probe(std::move(access));
}

std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                   std::shared_ptr<CountSink> sink) {
    if (access.kind == Kind::seti)
        return seti::read_all(std::move(access), std::move(learned), batch_size, std::move(sink));
    return xcart_rest::read_all(std::move(access), std::move(learned), batch_size, std::move(sink));
}

std::unique_ptr<Dialogue> read_counts(Access access, Learned learned, std::int64_t batch_size,
                                      std::vector<std::string> skus) {
    if (access.kind == Kind::seti)
        return seti::read_counts(std::move(access), std::move(learned), batch_size, std::move(skus));
    return xcart_rest::read_counts(std::move(access), std::move(learned), std::move(skus));
}

std::unique_ptr<Dialogue> read_moves(Access access, std::vector<std::string> skus, std::string last_order,
                                     std::vector<std::string> also) {
    if (access.kind == Kind::seti)
        return seti::read_moves(std::move(access), std::move(skus), std::move(last_order), std::move(also));
    return std::make_unique<Known>(
        impossible<MovesResult>("This shop does not tell a count together with its orders."));
}

std::unique_ptr<Dialogue> order_count(Access access, Learned learned, std::string last_order) {
    if (access.kind == Kind::seti) return seti::order_count(std::move(access), std::move(last_order));
    return xcart_rest::order_count(std::move(access), std::move(learned), std::move(last_order));
}

}  // namespace stocktray::cart
