#include "agent/explain_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/jobs/job.h"
#include "core/stack/diagnosis.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

constexpr std::int64_t most_entries = 1'000;
constexpr std::int64_t most_posts = 200;
constexpr std::int64_t most_jobs = 50;

using stack::Post;
using stack::State;

std::string ended_in_words(const Post& post, const std::string& cart) {
    const auto answer = post.reply_qoh ? fmt::format(" Its count was {} then.", *post.reply_qoh) : std::string{};
    switch (post.state) {
        case State::confirmed:
            if (post.doubt == stack::Doubt::key)
                return fmt::format("{} remembered post {}: it was applied, once.{}", cart, post.id, answer);
            if (post.doubt == stack::Doubt::person)
                return fmt::format("A person said that {} has applied post {}.", cart, post.id);
            return fmt::format("{} confirmed post {} ({:+}).{}", cart, post.id, post.delta.pieces, answer);
        case State::settled:
            return post.settled_by ? fmt::format("Post {} was in doubt; what was missing went out with post {}.", post.id,
                                                 *post.settled_by)
                                   : fmt::format("Post {} was in doubt; the counts showed that nothing was missing.", post.id);
        case State::folded:
            return fmt::format("Post {} ({:+}) was not sent: it cancelled out, or the cart was turned off.", post.id,
                               post.delta.pieces);
        case State::cancelled: return fmt::format("Post {} ({:+}) was cancelled.", post.id, post.delta.pieces);
        case State::queued:
        case State::sending:
        case State::uncertain:
        case State::rejected: break;
    }
    return {};
}

std::string open_in_words(const Post& post, const std::string& cart) {
    switch (post.state) {
        case State::queued:
            return post.error_code.empty()
                       ? fmt::format("Post {} ({:+}) waits to be sent.", post.id, post.delta.pieces)
                       : fmt::format("Post {} ({:+}) waits to be sent again. {}", post.id, post.delta.pieces,
                                     stack::diagnose(stack::cause_from(post.error_code), post.error_text).message);
        case State::sending: return fmt::format("Post {} is on its way; {} has not answered yet.", post.id, cart);
        case State::uncertain:
            return fmt::format("It is not known whether {} applied post {} ({:+}).", cart, post.id, post.delta.pieces);
        case State::rejected:
            return fmt::format("{} refused post {} ({:+}): {}", cart, post.id, post.delta.pieces,
                               stack::diagnose(stack::cause_from(post.error_code), post.error_text).message);
        case State::confirmed:
        case State::settled:
        case State::folded:
        case State::cancelled: break;
    }
    return {};
}

void add_post(std::vector<ipc::qoh::Step>& steps, const Post& post, const std::string& cart, WallTime now) {
    const auto step = [&](WallTime at, std::string text, std::optional<std::int64_t> qoh = std::nullopt) {
        steps.push_back({to_ms(at), "post", post.delta.pieces, qoh, std::move(text)});
    };
    step(post.created_at, post.changes > 1
                              ? fmt::format("Post {} carries {:+} to {}, {} changes in one.", post.id, post.delta.pieces, cart,
                                            post.changes)
                              : fmt::format("Post {} carries {:+} to {}.", post.id, post.delta.pieces, cart));
    if (post.first_sent_at && (post.attempts > 1 || post.doubt != stack::Doubt::none))
        step(*post.first_sent_at,
             fmt::format("Post {} was sent for the first time; {} in all{}.", post.id,
                         post.attempts == 1 ? "one sending" : fmt::format("{} sendings", post.attempts),
                         post.doubt == stack::Doubt::none ? "" : ", and it was not clear whether the store had applied it"));
    if (post.finished_at) step(*post.finished_at, ended_in_words(post, cart), post.reply_qoh);
    else step(now, open_in_words(post, cart));
}

// The counts' relation and why, from what is known here and now.
struct Verdict {
    jobs::Cause cause{jobs::Cause::unknown};
    std::string words{};  // where the cause alone would say something else

    [[nodiscard]] std::string_view in_words() const {
        return words.empty() ? jobs::in_words(cause) : std::string_view{words};
    }
};
Verdict judge(Desk& desk, stack::CartState& cart, const store::Item& item, const store::Listing& listing) {
    auto& controller = desk.controller;
    using cart::CountWord;
    if (!item.is_tracked || listing.word == CountWord::not_tracked) return {jobs::Cause::not_tracked};
    if (listing.word == CountWord::ambiguous) return {jobs::Cause::duplicate_sku};
    if (listing.word == CountWord::not_found) return {jobs::Cause::only_here};
    if (controller.store.pulls.is_open(listing.key))
        return {jobs::Cause::in_flight, "the Order Manager has not taken over yet what Get QOH found"};
    if (controller.store.posts.is_busy(listing.key)) return {jobs::Cause::in_flight};
    if (!item.has_baseline || !listing.store_qoh) return {};
    cart::SkuMoves look;
    look.count = {listing.store_sku, CountWord::count, *listing.store_qoh};
    const auto evidence = controller.scales.weigh(cart, listing, item, look, sync::Orders::imported);
    if (!evidence) return {};
    if (evidence->gap.pieces != 0 && listing.held_version == item.book_version)
        return {jobs::Cause::unknown, "a person took a difference back, or cancelled it"};
    return {controller.repairs.cause_of(cart, *evidence, sync::Orders::imported)};
}

// What the cart's last jobs said of it, the newest first.
struct Said {
    jobs::Job job;
    jobs::JobItem line;
};
std::vector<Said> said_by_jobs(Desk& desk, const stack::CartState& cart, const std::string& store_sku) {
    std::vector<Said> said;
    auto& jobs = desk.controller.store.jobs;
    for (auto& job : jobs.list(cart.cart.key, std::nullopt, most_jobs)) {
        if (job.options.is_dry_run) continue;
        if (auto line = jobs.item(job.id, store_sku)) said.push_back({std::move(job), std::move(*line)});
    }
    return said;
}

// A job has seen the store's orders; as long as nothing has moved since, its word is the better one.
Verdict better_of(Verdict verdict, const std::vector<Said>& said, const ipc::qoh::ExplainResult& counts) {
    if (verdict.cause != jobs::Cause::unknown || !verdict.words.empty() || said.empty()) return verdict;
    const auto& line = said.front().line;
    const bool was_gone = line.result == jobs::ItemResult::not_found;
    const bool is_as_it_was = (was_gone || line.before == counts.store_qoh) && line.om_qoh == counts.om_qoh;
    if (!is_as_it_was) return verdict;
    if (line.cause) verdict.cause = *line.cause;
    // Of this cause the words alone would speak of posts; none is under way, and it may have been a sale that moved it.
    if (line.result == jobs::ItemResult::waiting && line.cause == jobs::Cause::in_flight)
        verdict.words = "it moved while a job read it, which looks again by itself";
    return verdict;
}

std::string summary(const ipc::qoh::ExplainResult& result, const Verdict& verdict, const std::string& cart) {
    const auto both = result.om_qoh && result.store_qoh
                          ? fmt::format("The Order Manager has {}, {} has {}", *result.om_qoh, cart, *result.store_qoh)
                      : result.store_qoh ? fmt::format("{} has {}; the Order Manager's count is not known here", cart, *result.store_qoh)
                      : result.om_qoh    ? fmt::format("The Order Manager has {}; the count of {} is not known here", *result.om_qoh, cart)
                                         : "Neither count is known here";
    return fmt::format("{}: {}.", both, verdict.in_words());
}

}  // namespace

ipc::Expected<ipc::qoh::ExplainResult> explain(Desk& desk, const ipc::qoh::Explain& request) {
    auto& controller = desk.controller;
    auto* cart = controller.board.find(request.cart);
    if (cart == nullptr) return ipc::fail(ipc::Code::not_found, fmt::format("There is no cart {}.", request.cart));
    // The Order Manager's SKU, or the store's where it is called otherwise.
    auto om_sku = request.sku;
    if (!controller.store.items.find(om_sku))
        if (const auto mapped = cart::om_sku_of(cart->config(), request.sku)) om_sku = *mapped;
    const auto item = controller.store.items.find(om_sku);
    const auto names = item ? cart::listings_of(cart->config(), om_sku) : std::vector<std::string>{};
    const bool names_listing = std::ranges::count(names, request.sku) > 0 || names.empty();
    const auto listing = controller.store.listings.find(cart->cart.key, names_listing ? request.sku : names.front());
    if (!item && !listing)
        return ipc::fail(ipc::Code::not_found, fmt::format("Neither the Order Manager nor {} knows the SKU {}.",
                                                           cart->config().name, request.sku));
    ipc::qoh::ExplainResult result;
    Verdict verdict;
    if (item && item->has_baseline) {
        result.om_qoh = item->qoh.pieces;
        if (item->is_tracked) result.target = inventory::target(item->qoh, cart->target_rule(item->sku)).pieces;
    }
    if (listing) result.store_qoh = listing->store_qoh;
    if (result.target && result.store_qoh) result.difference = *result.store_qoh - *result.target;
    if (item && names.empty())
        verdict.cause = jobs::Cause::not_tracked;
    else if (!item)
        verdict.cause = jobs::Cause::only_at_store;
    else if (!listing)
        verdict.cause = cart->cart.has_base ? jobs::Cause::only_here : jobs::Cause::unknown;
    else
        verdict = judge(desk, *cart, *item, *listing);
    const auto said = said_by_jobs(desk, *cart, listing ? listing->store_sku : request.sku);
    verdict = better_of(std::move(verdict), said, result);
    result.cause = ipc::from_string<ipc::Cause>(to_string(verdict.cause)).value_or(ipc::Cause::unknown);
    result.text = summary(result, verdict, cart->config().name);

    if (item && item->counted_at)
        result.steps.push_back({to_ms(*item->counted_at), "snapshot", std::nullopt, std::nullopt,
                                "The Order Manager counted; its whole count was taken over."});
    for (const auto& entry : controller.store.history.latest_of(om_sku, most_entries)) {
        // What another cart did to the item moves the book; what its posts did does not concern this one.
        const bool concerns = entry.cart.empty() || entry.cart == cart->id() || entry.kind == "change";
        if (concerns) result.steps.push_back({to_ms(entry.at), entry.kind, entry.delta, std::nullopt, entry.text});
    }
    for (const auto& [job, line] : said) {
        // What a job did stands in the history and in its post.
        const bool has_ended_well = line.result == jobs::ItemResult::ok || line.result == jobs::ItemResult::new_;
        const bool is_told = has_ended_well && (line.post || line.delta != 0);
        if (!is_told)
            result.steps.push_back({to_ms(job.finished_at.value_or(desk.now.wall)), "job", std::nullopt, line.before,
                                    fmt::format("{} (job {}): {}", in_words(job.kind), job.id, line.text)});
    }
    if (listing) {
        if (const auto open = controller.store.pulls.of_listing(listing->key))
            result.steps.push_back(
                {to_ms(desk.now.wall), "get_qoh", open->delta, std::nullopt,
                 fmt::format("The Order Manager has to take over {:+} of it (job {}) and has not said yet "
                             "that it did. Until then nothing else is done here.",
                             open->delta, open->job)});
        for (const auto& post : controller.store.posts.ended_of(listing->key, most_posts))
            add_post(result.steps, post, cart->config().name, desk.now.wall);
        for (const auto& post : controller.store.posts.waiting_of(listing->key))
            add_post(result.steps, post, cart->config().name, desk.now.wall);
        for (const auto& post : controller.store.posts.stuck_of(listing->key))
            add_post(result.steps, post, cart->config().name, desk.now.wall);
        for (const auto& line : controller.store.orders.lines_of(cart->cart.key, om_sku))
            result.steps.push_back({to_ms(line.reported_at), "order_import", -line.qty, std::nullopt,
                                    fmt::format("Web order {} holds {}; the Order Manager says it has taken {}.", line.order,
                                                line.qty, line.taken)});
    }
    std::ranges::stable_sort(result.steps, {}, &ipc::qoh::Step::at);
    return result;
}

}  // namespace stocktray::agent
