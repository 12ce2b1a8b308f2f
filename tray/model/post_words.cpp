#include "tray/model/post_words.h"

#include "ipc/data.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr const char* nothing = "–";

std::string text_in(const ipc::Data& data, std::string_view name) {
    const auto* found = data.find(name);
    const auto* text = found ? found->as<std::string>() : nullptr;
    return text ? *text : std::string{};
}

std::string in_words(ipc::Reason reason) {
    switch (reason) {
        using enum ipc::Reason;
        case backorder_filled:
            return tr("Backorder filled");
        case phone_order:
            return tr("Phone order");
        case purchase_order_received:
            return tr("Purchase order received");
        case web_order_imported:
            return tr("Web order imported");
        case adjustment:
            return tr("Adjustment");
        case return_:
            return tr("Return");
        case inventory_imported:
            return tr("Inventory imported");
        case get_qoh:
            return tr("Get QOH From Website");
        case other:
            return tr("Other");
    }
    return {};
}

}  // namespace

std::string pieces_words(std::int64_t delta) {
    if (delta > 0) return "+" + number_words(delta);
    std::string words = number_words(delta);
    if (delta < 0) words.replace(0, 1, "−");
    return words;
}

std::string state_words(const ipc::stack::Post& post) {
    switch (post.state) {
        using enum ipc::PostState;
        case queued:
            return post.waiting_for == ipc::WaitingFor::paused ? tr("Paused") : tr("Waiting");
        case sending:
            return tr("On its way");
        case uncertain:
            if (post.waiting_for == ipc::WaitingFor::person) return tr("Unclear: please decide");
            return post.parked.value_or(false) ? tr("Unclear, set aside") : tr("Unclear: being checked");
        case rejected:
            return tr("Refused by the store");
        case confirmed:
            return tr("Confirmed");
        case settled:
            return tr("Closed by a comparison");
        case folded:
            return tr("Closed unsent");
        case cancelled:
            return tr("Cancelled");
    }
    return {};
}

std::string waiting_words(const ipc::stack::Post& post) {
    if (!post.waiting_for) return nothing;
    switch (*post.waiting_for) {
        using enum ipc::WaitingFor;
        case retry_timer:
            return tr("the next try");
        case circuit_open:
            return tr("the store to answer again");
        case credentials:
            return tr("user name and password");
        case paused:
            return tr("you: it is paused");
        case earlier_post:
            return tr("an earlier post of the SKU");
        case free_connection:
            return tr("its turn");
        case settling:
            return tr("the store to come to rest");
        case verification:
            return tr("the check with the store");
        case order_import:
            return tr("the next import of web orders");
        case restored:
            return tr("your word after a restore");
        case person:
            return tr("your decision");
        case other:
            break;
    }
    return tr("something this version does not know");
}

std::string next_try_words(const ipc::stack::Post& post, std::int64_t now) {
    const auto at = post.next_attempt_at ? post.next_attempt_at : post.until;
    if (!at) return nothing;
    constexpr std::int64_t soon = 2 * 3'600'000;
    if (*at - now >= soon) return time_words(*at, now);
    return *at <= now ? tr("now") : say(tr("in {age}"), fmt::arg("age", age_words(*at - now)));
}

std::string cause_words(const ipc::stack::Post& post) {
    if (post.proposal == ipc::Proposal::applied)
        return tr("The store's count says: applied. It is no proof.");
    if (post.proposal == ipc::Proposal::not_applied)
        return tr("The store's count says: not applied. It is no proof.");
    return post.last_error ? translated_sentence(post.last_error->message) : std::string{};
}

std::int64_t failed_attempts(const ipc::stack::Post& post) noexcept {
    using enum ipc::PostState;
    const bool is_last_open = post.state == sending || post.state == uncertain || post.state == confirmed;
    return is_last_open && post.attempts > 0 ? post.attempts - 1 : post.attempts;
}

std::string store_count_words(const ipc::stack::Post& post, std::optional<std::int64_t> count,
                              std::optional<std::int64_t> read_at, std::int64_t now) {
    if (!count) return tr("not known");
    if (!read_at || !post.sent_at || *read_at <= *post.sent_at) return tr("not read since it was sent");
    return say(tr("{count}, read {time}"), fmt::arg("count", number_words(*count)),
               fmt::arg("time", time_words(*read_at, now)));
}

std::string details_words(const ipc::stack::Post& post, const std::string& cart_name, std::int64_t now) {
    std::string words = say(tr("{difference} of {sku} for {cart}: {state}."),
                            fmt::arg("difference", pieces_words(post.delta)), fmt::arg("sku", post.sku),
                            fmt::arg("cart", cart_name), fmt::arg("state", state_words(post)));
    if (post.store_sku != post.sku && !post.store_sku.empty())
        words += " " + say(tr("The store calls it {sku}."), fmt::arg("sku", post.store_sku));
    words += "\n" + say(tr("Changed {time}."), fmt::arg("time", time_words(post.created_at, now)));
    if (post.changes > 1)
        words +=
            " " + say(tr_n("{n} change is added up in it.", "{n} changes are added up in it.", post.changes),
                      fmt::arg("n", number_words(post.changes)));
    if (const auto cause = cause_words(post); !cause.empty()) words += "\n" + cause;
    if (post.last_error && !post.last_error->hint.empty())
        words += "\n" + translated_sentence(post.last_error->hint);
    return words;
}

std::string kind_words(ipc::HistoryKind kind) {
    switch (kind) {
        using enum ipc::HistoryKind;
        case change:
            return tr("Change of a count");
        case post:
            return tr("Post");
        case verdict:
            return tr("Decision");
        case get_qoh:
            return tr("Get QOH From Website");
        case send_qoh:
            return tr("Send QOH To Website");
        case repair:
            return tr("Repair");
        case undo:
            return tr("Undo");
        case guard_override:
            return tr("Confirmed all the same");
        case order_import:
            return tr("Import of web orders");
        case snapshot:
            return tr("All counts told");
        case job:
            return tr("Job");
        case late:
            return tr("Lateness");
        case setting:
            return tr("Setting");
        case alert:
            return tr("Warning");
        case agent:
            return tr("Agent");
        case other:
            return tr("Other");
    }
    return {};
}

std::string reason_words(const ipc::history::Entry& change) {
    if (auto own = text_in(change.data, "reason_text"); !own.empty()) return own;
    std::string words =
        in_words(ipc::from_string<ipc::Reason>(text_in(change.data, "reason")).value_or(ipc::Reason::other));
    if (const auto order = text_in(change.data, "order"); !order.empty()) words += " " + order;
    return words;
}

std::string who_words(const ipc::history::Entry& entry) {
    const auto by = entry.by.value_or("");
    const auto workstation = entry.workstation.value_or("");
    if (by.empty() || workstation.empty()) return by + workstation;
    return say("{} ({})", by, workstation);
}

}  // namespace stocktray::tray
