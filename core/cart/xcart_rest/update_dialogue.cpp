#include <algorithm>
#include <utility>

#include "core/cart/xcart_rest/dialogues.h"
#include "core/cart/xcart_rest/reading.h"
#include "core/cart/xcart_rest/window.h"

namespace stocktray::cart::xcart_rest {
namespace {

constexpr std::size_t longest_sku = 32;  // X-Cart's column
constexpr std::int64_t highest_count = 2'000'000'000;

UpdateResult nothing_written(Outcome outcome, Cause cause, std::string text) {
    UpdateResult result;
    result.outcome = outcome;
    result.cause = cause;
    result.text = std::move(text);
    return result;
}

UpdateResult with(Outcome outcome, const Trouble& trouble) {
    auto result = nothing_written(outcome, trouble.cause, trouble.text);
    result.status = trouble.status;
    result.retry_after = trouble.retry_after;
    return result;
}

std::optional<UpdateResult> refusal_of(const Look& look) {
    if (look.trouble) return with(Outcome::refused, *look.trouble);
    switch (look.count.word) {
        case CountWord::count:
            break;
        case CountWord::not_found:
            return nothing_written(Outcome::rejected, Cause::not_found, {});
        case CountWord::not_tracked:
            return nothing_written(Outcome::rejected, Cause::not_tracked, {});
        case CountWord::ambiguous:
            return nothing_written(Outcome::rejected, Cause::ambiguous, {});
        case CountWord::error:
            return nothing_written(Outcome::refused, Cause::malformed, "The count could not be read.");
    }
    if (!look.at)
        return nothing_written(Outcome::refused, Cause::malformed,
                               "The shop's answers carry no time: sales could not be told from the change.");
    return std::nullopt;
}

// Did the shop itself, in its own words, turn the write down before it began?
bool is_turned_down(const Trouble& trouble, RestApi api) noexcept {
    // The module's 403 and 404 have no word in them: they may come from anywhere.
    const bool is_worded = api == RestApi::platform || trouble.cause == Cause::invalid_product;
    return trouble.is_shop && is_worded &&
           (trouble.cause == Cause::auth || trouble.cause == Cause::invalid_product);
}

UpdateResult turned_down(const Trouble& trouble) {
    if (trouble.cause == Cause::invalid_product) return with(Outcome::rejected, trouble);
    auto result = with(Outcome::refused, trouble);
    if (trouble.status == 403)
        result.text = "The key may only read; a key that may read and write is needed. " + result.text;
    return result;
}

Written written_of(const Answer<Value>& answer) noexcept {
    if (answer) return Written::said_yes;
    const Trouble& trouble = answer.error();
    const bool is_whole_no = trouble.status >= 300 && trouble.status < 500 && trouble.status != 408 &&
                             trouble.cause != Cause::timeout && trouble.cause != Cause::closed &&
                             trouble.cause != Cause::truncated && trouble.cause != Cause::too_large;
    return is_whole_no ? Written::said_no : Written::unknown;
}

// Of UTF-8, which X-Cart counts: bytes that go on with a character are none.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](const char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Talk<UpdateResult> run(Wire& wire, Access access, Learned learned, StockUpdate update) {
    if (!learned.rest || !learned.dialect)
        co_return nothing_written(Outcome::refused, Cause::unknown_function,
                                  "It is not known how this shop takes changes of stock.");
    if (update.sku.empty() || characters(update.sku) > longest_sku)
        co_return nothing_written(Outcome::rejected, Cause::unsendable_sku,
                                  "X-Cart's SKUs have 1 to 32 characters.");
    const Shop shop = shop_of(access, *learned.rest);

    const Look before = co_await look_up(wire, shop, update.sku);
    if (auto refusal = refusal_of(before)) co_return *std::move(refusal);
    const Place place = before.place;
    // A count that no shop has must not overflow.
    const auto had = std::clamp<std::int64_t>(before.count.qoh, -highest_count, highest_count);
    const std::int64_t target = std::clamp<std::int64_t>(had + update.delta, 0, highest_count);
    UpdateResult result;
    if (target - before.count.qoh != update.delta) result.clamped_to = target - before.count.qoh;
    result.qoh = target;
    result.status = 200;
    if (target == before.count.qoh) {
        result.outcome = Outcome::applied;
        co_return result;
    }

    auto request = shop.requests.set_amount(place, target);
    const http::Reply reply = co_await wire.ask(std::move(request));
    const auto answer = read_answer(reply, shop.api(), shop.requests.redactor());
    if (!answer) {
        const Trouble& trouble = answer.error();
        if (!trouble.was_sent) co_return with(Outcome::refused, trouble);
        if (is_turned_down(trouble, shop.api())) co_return turned_down(trouble);
    } else if (answer->has_preamble) {
        result.warnings.push_back(Warning::preamble);
    }
    const Written written = written_of(answer);

    const auto unclear = [&](Cause cause, std::string text) {
        UpdateResult doubt = answer ? nothing_written(Outcome::unclear, cause, std::move(text))
                                    : with(Outcome::unclear, answer.error());
        return doubt;
    };
    const Look after = co_await look_at(wire, shop, place, update.sku);
    if (after.trouble) {
        // In front of a shop that lets nothing through at the moment, the write was not let through either.
        if (written == Written::said_no && after.trouble->cause == Cause::rate_limited &&
            answer.error().cause == Cause::rate_limited)
            co_return with(Outcome::refused, *after.trouble);
        co_return unclear(after.trouble->cause, after.trouble->text);
    }
    const bool is_gone = after.count.word == CountWord::error;
    if (is_gone && written == Written::said_no && answer.error().status == 404)
        co_return with(Outcome::refused,
                       answer.error());  // the next look does not find it either, and says so
    if (after.count.word != CountWord::count)
        co_return unclear(Cause::changed_meanwhile, "The product is no longer what it was.");

    const WallTime since = before.at->latest - before.at->took - window_margin;
    const Orders orders = co_await orders_since(wire, shop, since);
    if (orders.trouble)
        co_return unclear(orders.trouble->cause,
                          "The orders of that moment could not be read. " + orders.trouble->text);

    const Sold sold = sold_of(orders.orders, update.sku, place, before.at->latest);
    result.outcome = judge(written, {before.count.qoh, target, after.count.qoh}, sold);
    switch (result.outcome) {
        case Outcome::applied:
            result.qoh = after.count.qoh;
            co_return result;
        case Outcome::refused:
            co_return with(Outcome::refused, answer.error());
        case Outcome::rejected:
        case Outcome::unclear:
            break;
    }
    co_return unclear(Cause::changed_meanwhile, "The count was " + std::to_string(before.count.qoh) + ", " +
                                                    std::to_string(target) + " was written, " +
                                                    std::to_string(after.count.qoh) + " is there; " +
                                                    std::to_string(sold.pieces) + " sold in that moment.");
}

}  // namespace

std::unique_ptr<Dialogue> update(Access access, Learned learned, StockUpdate update) {
    return as_dialogue(&run, std::move(access), std::move(learned), std::move(update));
}

}  // namespace stocktray::cart::xcart_rest
