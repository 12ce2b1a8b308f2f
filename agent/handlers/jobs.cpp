#include <fmt/format.h>

#include "agent/explain_view.h"
#include "agent/handlers/dispatch.h"
#include "agent/job_view.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/takeover.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

ipc::Failure no_job(std::int64_t job) { return ipc::fail(ipc::Code::not_found, fmt::format("There is no job {}.", job)); }

ipc::Expected<ipc::jobs::Started> start(Desk& desk, const ipc::jobs::Start& request) {
    jobs::Options options;
    options.is_dry_run = request.options.dry_run.value_or(false);
    options.creates_records = request.options.create_records.value_or(false);
    options.allows_pending = request.options.allow_pending.value_or(false);
    options.overrides_guard = request.options.guard_override.value_or(false);
    options.skus = request.options.skus;
    options.undoes = request.options.job;
    options.by = request.by.value_or(desk.member.user);
    options.reason = request.reason.value_or("");
    const auto kind = jobs::kind_from(ipc::to_string(request.kind)).value_or(jobs::Kind::audit);
    auto started = desk.controller.jobs.start(kind, request.cart, std::move(options), desk.now);
    if (!started) return ipc::Failure{to_wire(started.error())};
    return ipc::jobs::Started{*started};
}

ipc::Expected<ipc::jobs::Job> get(Desk& desk, const ipc::jobs::Get& request) {
    const auto job = desk.controller.store.jobs.get(request.job);
    if (!job) return no_job(request.job);
    return view_of(desk.controller, *job, desk.now);
}

ipc::Expected<ipc::jobs::ListResult> list(Desk& desk, const ipc::jobs::List& request) {
    std::optional<stack::CartKey> cart;
    if (request.cart) {
        const auto* state = desk.controller.board.find(*request.cart);
        if (state == nullptr) return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", *request.cart));
        cart = state->cart.key;
    }
    const auto after = request.after ? std::optional{cursor_of(request.after)} : std::nullopt;
    ipc::jobs::ListResult result;
    for (const auto& job : desk.controller.store.jobs.list(cart, after, request.limit))
        result.jobs.push_back(view_of(desk.controller, job, desk.now));
    if (std::ssize(result.jobs) == request.limit) result.next = std::to_string(result.jobs.back().job);
    return result;
}

ipc::Expected<ipc::Nothing> cancel(Desk& desk, const ipc::jobs::Cancel& request) {
    if (auto done = desk.controller.jobs.cancel(request.job, desk.now); !done) return ipc::Failure{to_wire(done.error())};
    return ipc::Nothing{};
}

ipc::Expected<ipc::jobs::ResultsResult> results(Desk& desk, const ipc::jobs::Results& request) {
    if (!desk.controller.store.jobs.get(request.job)) return no_job(request.job);
    std::optional<jobs::ItemResult> only;
    if (request.result) only = jobs::item_result_from(ipc::to_string(*request.result));
    ipc::jobs::ResultsResult result;
    for (const auto& item :
         desk.controller.store.jobs.items(request.job, only, request.after.value_or(""), request.limit))
        result.items.push_back(view_of(item));
    if (std::ssize(result.items) == request.limit) result.next = result.items.back().store_sku;
    return result;
}

// A cursor belongs to one database: another one counts from the beginning, and an old acknowledgement must not be
// taken for one of its items.
std::string pull_cursor(const Desk& desk, std::int64_t number) {
    return fmt::format("{:.8}.{}", desk.controller.store.identity.get().incarnation, number);
}
std::optional<std::int64_t> number_of(const Desk& desk, const std::string& cursor) {
    const auto dot = cursor.find('.');
    if (dot == std::string::npos) return std::nullopt;
    const auto number = cursor_of(cursor.substr(dot + 1));
    return pull_cursor(desk, number) == cursor ? std::optional{number} : std::nullopt;
}

ipc::Expected<ipc::qoh::PullResult> pull(Desk& desk, const ipc::qoh::Pull& request) {
    const auto foreign = ipc::fail(ipc::Code::conflict, "This agent has not given out that item: it was restored or is new. "
                                                        "Pull without an acknowledgement, and send a snapshot when nothing is "
                                                        "left to take over.");
    jobs::PullRequest pulled;
    pulled.consumer = request.consumer;
    if (request.ack) {
        pulled.ack = number_of(desk, *request.ack);
        if (!pulled.ack) return foreign;
    }
    for (const auto& skipped : request.skipped.value_or(std::vector<ipc::qoh::SkippedItem>{})) {
        const auto number = number_of(desk, skipped.cursor);
        if (!number) return foreign;
        pulled.skipped.push_back({*number, skipped.reason});
    }
    pulled.limit = request.limit;
    pulled.takes_over = request.take_over.value_or(false);
    auto answer = desk.controller.handover.pull(pulled, desk.now);
    if (!answer) return ipc::Failure{to_wire(answer.error())};
    ipc::qoh::PullResult result;
    result.more = answer->has_more;
    for (const auto& item : answer->items) {
        const auto* cart = desk.controller.board.get(item.cart);
        result.items.push_back({pull_cursor(desk, item.cursor), item.sku, item.qoh, item.delta, item.is_new_product, item.name,
                                cart != nullptr ? cart->id() : std::string{}, item.job});
    }
    return result;
}

ipc::Expected<ipc::Nothing> ignore(Desk& desk, const ipc::drift::Ignore& request) {
    const auto* cart = desk.controller.board.find(request.cart);
    if (cart == nullptr) return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", request.cart));
    const auto names = cart::listings_of(cart->config(), request.sku);
    bool is_known = false;
    for (const auto& store_sku : names) {
        auto listing = desk.controller.store.listings.find(cart->cart.key, store_sku);
        if (!listing) continue;
        is_known = true;
        listing->ignored_until = wall_from_ms(request.until);
        desk.controller.store.listings.save(*listing);
    }
    if (!is_known)
        return ipc::fail(ipc::Code::not_found, fmt::format("{} is not known at {}.", request.sku, cart->config().name));
    desk.controller.journal.clear("drift", cart->id(), request.sku);
    desk.controller.journal.record({.at = desk.now.wall, .kind = "setting", .cart = cart->id(), .sku = request.sku,
                                    .text = "Differences of this SKU are not told for a while."});
    return ipc::Nothing{};
}

}  // namespace

void add_job_handlers(Handlers& handlers) {
    handlers.add<ipc::jobs::Start>(start);
    handlers.add<ipc::jobs::Get>(get);
    handlers.add<ipc::jobs::List>(list);
    handlers.add<ipc::jobs::Cancel>(cancel);
    handlers.add<ipc::jobs::Results>(results);
    handlers.add<ipc::qoh::Pull>(pull);
    handlers.add<ipc::qoh::Explain>([](Desk& desk, const ipc::qoh::Explain& request) { return explain(desk, request); });
    handlers.add<ipc::drift::Ignore>(ignore);
}

}  // namespace stocktray::agent
