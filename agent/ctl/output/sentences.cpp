#include "agent/ctl/output/sentences.h"

#include <fmt/format.h>

#include "agent/ctl/output/terminal.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/events.h"

namespace stocktray::ctl {
namespace {

namespace events = ipc::events;

// " <message> <hint>", as far as there is any.
std::string told(const std::optional<ipc::Trouble>& trouble) {
    if (!trouble) return {};
    std::string text;
    for (const auto& part : {trouble->message, trouble->hint})
        if (!part.empty()) text.append(" ").append(printable(part));
    return text;
}

std::string confirmed(const events::PostConfirmed& post, const CartNames& names) {
    return fmt::format("{} has {} of SKU {} ({}).", names.of(post.cart), pieces(post.delta),
                       printable(post.sku), duration(post.took_ms));
}

std::string late(const ipc::stack::Post& post, const CartNames& names) {
    const std::string why =
        post.waiting_for ? fmt::format(" It waits for {}.", in_words(*post.waiting_for)) : std::string{};
    return fmt::format("{} has not followed: {} of SKU {} since {}.{}{}", names.of(post.cart),
                       pieces(post.delta), printable(post.sku), moment(post.created_at, now_ms()), why,
                       told(post.last_error));
}

std::string settled(const ipc::stack::Post& post, const CartNames& names) {
    return fmt::format("SKU {} at {} is settled: the gap its count showed was {}.", printable(post.sku),
                       names.of(post.cart), post.settled_by ? "sent" : "none");
}

std::string health(const events::CartHealth& cart, const CartNames& names) {
    return fmt::format("{} is {}.{}", names.of(cart.cart), in_words(cart.health), told(cart.last_error));
}

std::string changed(const events::CartChanged& cart, CartNames& names) {
    const std::string name = names.of(cart.cart);
    if (cart.deleted.value_or(false)) return fmt::format("The cart {} was removed.", name);
    if (cart.name) names.learn(cart.cart, *cart.name);
    return fmt::format("The cart {} was changed.", names.of(cart.cart));
}

std::string parameter(const events::ParameterChanged& changed) {
    if (changed.name == "SynchQOH") {
        const auto* is_on = std::get_if<bool>(&changed.value);
        return fmt::format("QOH synchronization is {} for all carts (SynchQOH).",
                           is_on && *is_on ? "on" : "off");
    }
    struct Shown {
        std::string operator()(bool value) const { return value ? "true" : "false"; }
        std::string operator()(std::int64_t value) const { return std::to_string(value); }
        std::string operator()(const std::string& value) const { return "\"" + printable(value) + "\""; }
    };
    return fmt::format("{} is now {}.", printable(changed.name), std::visit(Shown{}, changed.value));
}

}  // namespace

void CartNames::learn(const ipc::agent::StatusResult& status) {
    for (const auto& cart : status.carts) learn(cart.cart, cart.name);
}

void CartNames::learn(std::string_view cart, std::string_view name) {
    names_.insert_or_assign(std::string{cart}, printable(name));
}

std::string CartNames::of(std::string_view cart) const {
    const auto at = names_.find(cart);
    return at == names_.end() || at->second.empty() ? printable(cart) : at->second;
}

std::string sentence(const ipc::agent::CartStatus& cart) {
    const std::string name = printable(cart.name.empty() ? cart.cart : cart.name);
    const std::int64_t waiting = cart.queued + cart.sending + cart.uncertain + cart.rejected;
    if (!cart.synchronize_inventory) return fmt::format("{} is not synchronized.", name);
    if (cart.health == ipc::Health::credentials)
        return fmt::format(
            "Not authorized at {}: user name or password differ from the store's. Nothing is lost; "
            "{} {}.",
            name, counted(waiting, "post", "posts"), waiting == 1 ? "waits" : "wait");
    if (cart.late > 0)
        return fmt::format("{} has not followed for {}.{}", name, duration(cart.oldest_age_ms),
                           told(cart.last_error));
    if (cart.health == ipc::Health::circuit_open)
        return fmt::format("{} does not answer.{}", name, told(cart.last_error));
    if (cart.paused && waiting > 0)
        return fmt::format("{} is paused: {} {}.", name, counted(waiting, "post", "posts"),
                           waiting == 1 ? "waits" : "wait");
    if (waiting == 0) return fmt::format("{} has everything.", name);
    const std::string still = cart.slow > 0 ? " Still waiting for an answer." : "";
    return fmt::format("{} in the stack for {}.{}", counted(waiting, "post", "posts"), name, still);
}

std::string unaligned_sentence(const ipc::agent::CartStatus& cart) {
    return fmt::format(
        "The counts of {0} have not been compared since {1}; they may differ. See what differs: stocktrayctl audit {2}. Make "
        "them equal: stocktrayctl send {2} (the Order Manager's counts are right) or stocktrayctl get {2} (the store's are).",
        printable(cart.name.empty() ? cart.cart : cart.name), moment(cart.unaligned_since.value_or(0), now_ms()), cart.cart);
}

std::string sentence(const ipc::stack::Post& post, const CartNames& names) {
    const std::string sku = printable(post.sku);
    const std::string cart = names.of(post.cart);
    const std::string delta = pieces(post.delta);
    switch (post.state) {
        case ipc::PostState::queued:
            return fmt::format("SKU {}: {} waits for {}.", sku, delta, cart);
        case ipc::PostState::sending:
            return fmt::format("SKU {}: {} is on its way to {}.", sku, delta, cart);
        case ipc::PostState::uncertain:
            return fmt::format(
                "Not known whether SKU {} was changed by {} at {}. {}", sku, delta, cart,
                post.waiting_for == ipc::WaitingFor::person ? "Please decide." : "Checking with the store.");
        case ipc::PostState::rejected:
            return fmt::format("{} does not take {} of SKU {}. The change is kept until you decide.{}", cart,
                               delta, sku, told(post.last_error));
        case ipc::PostState::confirmed:
            return fmt::format("{} has {} of SKU {}.", cart, delta, sku);
        case ipc::PostState::settled:
            return settled(post, names);
        case ipc::PostState::folded:
            return fmt::format("SKU {}: {} was never sent to {}.", sku, delta, cart);
        case ipc::PostState::cancelled:
            return fmt::format("SKU {}: {} for {} was cancelled.", sku, delta, cart);
    }
    return {};
}

std::string sentence(const ipc::alerts::Alert& alert) {
    std::string text = printable(alert.message);
    if (!alert.hint.empty()) text.append(" ").append(printable(alert.hint));
    return text;
}

std::string sentence(const ipc::ReceivedEvent& event, CartNames& names) {
    if (const auto cart = event.as<events::StackChanged>()) {
        names.learn(cart->cart, cart->name);
        return sentence(*cart);
    }
    if (const auto post = event.as<events::PostConfirmed>()) return confirmed(*post, names);
    if (const auto post = event.as<events::PostLate>()) return late(*post, names);
    if (const auto post = event.as<events::PostRejected>()) return sentence(*post, names);
    if (const auto post = event.as<events::PostUncertain>()) return sentence(*post, names);
    if (const auto post = event.as<events::PostSettled>()) return settled(*post, names);
    if (const auto cart = event.as<events::CartHealth>()) return health(*cart, names);
    if (const auto cart = event.as<events::CartChanged>()) return changed(*cart, names);
    if (const auto changed = event.as<events::ParameterChanged>()) return parameter(*changed);
    if (const auto alert = event.as<events::AlertRaised>()) return sentence(*alert);
    if (const auto alert = event.as<events::AlertChanged>()) return sentence(*alert);
    if (const auto alert = event.as<events::AlertCleared>()) return "No longer: " + sentence(*alert);
    if (event.as<events::AgentStarted>()) return "The agent has started.";
    if (event.as<events::AgentStopping>()) return "The agent is stopping.";
    return {};  // the history tells once more what the others have told
}

}  // namespace stocktray::ctl
