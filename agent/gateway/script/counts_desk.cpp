#include "agent/gateway/script/counts_desk.h"

#include <fmt/format.h>
#include <algorithm>
#include <thread>

#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_number.h"
#include "ipc/messages/agent.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_in_a_question = 1'000;
constexpr std::int64_t most_in_a_page = 10'000;
constexpr std::size_t most_downloads = 1'000;
constexpr auto counted_for = 10min;
constexpr auto arrives_within = 5s;  // what is on its way to a store that is well

std::int64_t field(const FormFields& form, std::string_view name, std::int64_t fallback) {
    return std::max<std::int64_t>(cart::seti::read_integer(cart::seti::trim(form.get(name))).value_or(fallback), 1);
}

Failure cannot_be_told(const ipc::Error& error) {
    return fail(ErrorCode::busy, "The counts cannot be told just now; please try it again in a moment. " + error.message);
}

}  // namespace

ipc::Expected<ipc::qoh::AtStoreResult> CountsDesk::ask_for(const std::string& cart, const std::optional<std::string>& after,
                                                           std::int64_t limit) const {
    return ask(surroundings_.outbox, ipc::qoh::AtStore{cart, after, limit}, 5s);
}

ipc::Expected<void> CountsDesk::flush() const {
    const auto is_flushed = surroundings_.outbox.flush(2s);
    if (!is_flushed) return ipc::Failure{is_flushed.error()};
    if (!*is_flushed) return ipc::fail(ipc::Code::no_agent, "Earlier changes have not reached Stocktray's agent yet.");
    return {};
}

Result<CountsDesk::Source> CountsDesk::choose(const std::string& cart) const {
    const auto told = ask_for(cart, std::nullopt, 1);
    if (!told) return cannot_be_told(told.error());
    return told->listed > 0 ? Source::agent : Source::store;
}

Result<void> CountsDesk::may_ask_store(const ipc::carts::Cart& cart) const {
    if (cart.buffer != 0 || cart.kind != ipc::CartKind::seti)
        return fail(ErrorCode::busy, fmt::format("Stocktray has not read all counts of {} yet. Please compare that cart once in Stocktray, "
                                                 "then try it again.",
                                                 cart.name));
    for (const auto until = std::chrono::steady_clock::now() + arrives_within;;) {
        const auto status = ask(surroundings_.outbox, ipc::agent::Status{}, 5s);
        if (!status) return cannot_be_told(status.error());
        const auto found = std::ranges::find(status->carts, cart.cart, &ipc::agent::CartStatus::cart);
        if (found == status->carts.end() || found->queued + found->sending + found->uncertain - found->parked <= 0) return {};
        if (std::chrono::steady_clock::now() > until)
            return fail(ErrorCode::busy, fmt::format("Changes are on their way to {}. Please try it again when they have arrived.", cart.name));
        std::this_thread::sleep_for(100ms);
    }
}

Result<std::optional<std::string>> CountsDesk::page(const ipc::carts::Cart& cart, const std::string& client, const FormFields& form) {
    const auto start = field(form, "startnum", 1);
    const auto size = std::min(field(form, "batchsize", 100), most_in_a_page);
    const std::pair key{client, cart.cart};
    std::optional<Download> download;
    if (start > 1) {
        const std::lock_guard lock{mutex_};
        const auto known = downloads_.find(key);
        // After a restart of the gateway nobody knows which source the pages before were of.
        if (known == downloads_.end()) return fail(ErrorCode::busy, "The download of counts was interrupted. Please begin it again.");
        download = known->second;
    }
    if (const auto flushed = flush(); !flushed) return cannot_be_told(flushed.error());
    if (!download) {
        const auto source = choose(cart.cart);
        if (!source) return Failure{source.error()};
        download = Download{*source};
    }
    std::optional<std::string> answer;
    if (download->source == Source::store) {
        if (auto may = may_ask_store(cart); !may) return Failure{std::move(may.error())};
    } else {
        auto told = page_of_agent(cart, *download, start, size);
        if (!told) return Failure{std::move(told.error())};
        answer = std::move(*told);
    }
    const std::lock_guard lock{mutex_};
    if (downloads_.size() > most_downloads) downloads_.clear();
    downloads_.insert_or_assign(key, *download);
    return answer;
}

Result<std::string> CountsDesk::page_of_agent(const ipc::carts::Cart& cart, Download& download, std::int64_t start,
                                              std::int64_t size) const {
    if (download.next != start) download = Download{Source::agent};  // a page once more, or one that was left out
    std::vector<CountedProduct> products;
    bool is_end = download.next > 1 && !download.after;
    while (!is_end && std::ssize(products) < size) {
        const auto skips = std::max<std::int64_t>(start - download.next, 0);
        const auto told = ask_for(cart.cart, download.after, std::min(most_in_a_question, skips > 0 ? skips : size - std::ssize(products)));
        if (!told) return cannot_be_told(told.error());
        for (const auto& one : told->items)
            if (download.next++ >= start) products.push_back({one.sku, one.tracked ? one.qoh : std::nullopt});
        download.after = told->next;
        is_end = !told->next;
    }
    return counts_answer(products);
}

Result<std::optional<std::int64_t>> CountsDesk::products(const ipc::carts::Cart& cart) {
    const auto first = ask_for(cart.cart, std::nullopt, 1);
    if (!first) return cannot_be_told(first.error());
    if (first->listed == 0) {
        if (cart.kind != ipc::CartKind::seti)
            if (auto may = may_ask_store(cart); !may) return Failure{std::move(may.error())};
        return std::nullopt;
    }
    {
        const std::lock_guard lock{mutex_};
        const auto known = counted_.find(cart.cart);
        if (known != counted_.end() && known->second.listed == first->listed &&
            std::chrono::steady_clock::now() - known->second.at < counted_for)
            return known->second.products;
    }
    std::int64_t count = 0;
    std::optional<std::string> after;
    do {
        const auto told = ask_for(cart.cart, after, most_in_a_question);
        if (!told) return cannot_be_told(told.error());
        count += std::ssize(told->items);
        after = told->next;
    } while (after);
    const std::lock_guard lock{mutex_};
    counted_.insert_or_assign(cart.cart, Counted{count, first->listed, std::chrono::steady_clock::now()});
    return count;
}

}  // namespace stocktray::gateway
