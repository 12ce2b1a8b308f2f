// The menu as a value. What cannot be done now is disabled, and its label says why.
#include <utility>

#include "tray/model/alert_words.h"
#include "tray/model/may.h"
#include "tray/model/present.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t minute = 60'000;

std::string because(const std::string& label, const std::string& reason) {
    return say(tr("{action} ({reason})"), fmt::arg("action", label), fmt::arg("reason", reason));
}

// Enabled, or with the reason why not.
MenuEntry entry(const std::string& label, Command command, const std::string& reason) {
    if (reason.empty()) return {.label = label, .command = std::move(command)};
    return {.label = because(label, reason), .is_enabled = false};
}

std::string in_a_word(const CartRow& row) {
    const bool is_known = row.state != IconState::equal || row.is_proven;
    return is_known ? state_words(row.state) : tr("nothing waits");
}

class MenuMaker {
public:
    MenuMaker(const AgentMirror& mirror, const TrayView& view, const Desktop& desktop, std::int64_t now)
        : mirror_{mirror}, view_{view}, desktop_{desktop}, now_{now} {}

    Menu make() {
        menu_.push_back({.label = without_mnemonic(view_.headline), .command = {CommandId::open_overview}});
        menu_.push_back({.label = tr("&Open Stocktray"), .command = {CommandId::open_overview}});
        if (mirror_.contact() == Contact::lost && !is_refused(mirror_) && desktop_.can_start_agent)
            menu_.push_back({.label = tr("S&tart the Agent"), .command = {CommandId::start_agent}});
        separate();
        for (std::size_t i = 0; i < mirror_.carts().size(); ++i)
            menu_.push_back(cart(mirror_.carts()[i], view_.carts[i]));
        window(tr("&Carts…"), CommandId::open_carts);
        window(tr("&First Steps…"), CommandId::open_wizard);
        separate();
        problems();
        window(tr("Post Stac&k…"), CommandId::open_stack);
        window(tr("Recent Cha&nges…"), CommandId::open_changes);
        window(tr("&History…"), CommandId::open_history);
        separate();
        menu_.push_back(synch_qoh());
        separate();
        window(tr("Settin&gs…"), CommandId::open_settings);
        window(tr("Connect the Order &Manager…"), CommandId::open_way_in);
        window(tr("Share&d Agent…"), CommandId::open_sharing);
        window(tr("&Report…"), CommandId::open_report);
        menu_.push_back(
            entry(tr("Save Support &Bundle…"), {CommandId::save_bundle}, barred(ipc::Role::operator_)));
        window(tr("He&lp…"), CommandId::open_guide);
        menu_.push_back({.label = tr("&About Stocktray"), .command = {CommandId::open_about}});
        menu_.push_back({.label = tr("Qu&it"), .command = {CommandId::quit}});
        return std::move(menu_);
    }

private:
    void separate() { menu_.push_back({}); }

    // Why nobody here may do what `role` may; empty if they may.
    [[nodiscard]] std::string barred(ipc::Role role) const {
        if (mirror_.contact() == Contact::other_version) return tr("the agent is of another version");
        if (is_refused(mirror_)) return tr("the agent refuses this computer");
        if (mirror_.contact() != Contact::here) return tr("the agent is not reached");
        return mirror_.hello().role < role ? tr("you may not do this") : std::string{};
    }

    [[nodiscard]] std::string without_window(CommandId id) const {
        return is_possible(id, desktop_) ? std::string{} : tr("not in this version");
    }

    void window(const std::string& label, CommandId id) {
        menu_.push_back(entry(label, {id}, without_window(id)));
    }

    void problems() {
        const auto count = static_cast<std::int64_t>(view_.problems.size());
        if (count == 0) {
            menu_.push_back({.label = tr("No problems"), .is_enabled = false});
            return;
        }
        MenuEntry list{.label = say(tr("&Problems: {n}"), fmt::arg("n", number_words(count)))};
        constexpr std::size_t most = 8;  // a menu is no list
        for (std::size_t i = 0; i < view_.problems.size() && i < most; ++i) {
            const auto& problem = view_.problems[i];
            list.children.push_back(
                {.label = without_mnemonic(say(tr("{where}: {what}"), fmt::arg("where", problem.title),
                                               fmt::arg("what", problem.message))),
                 .command = {CommandId::open_problems, "", problem.id}});
        }
        list.children.push_back({});
        list.children.push_back({.label = tr("&All Problems…"), .command = {CommandId::open_problems}});
        menu_.push_back(std::move(list));
    }

    MenuEntry synch_qoh() const {
        auto made =
            entry(tr("&QOH Synchronization (SynchQOH)"), {CommandId::synch_qoh}, barred(ipc::Role::admin));
        made.check = mirror_.synch_qoh();
        made.command.is_on = !mirror_.synch_qoh();
        return made;
    }

    // Why no job can be started at the cart now.
    [[nodiscard]] std::string job_reason(const MirroredCart& cart, CommandId id) const {
        if (auto reason = barred(ipc::Role::order_manager); !reason.empty()) return reason;
        if (id == CommandId::open_send_qoh && is_barred(mirror_, ipc::Bar::send_qoh))
            return tr("barred for this computer");
        if (auto reason = without_window(id); !reason.empty()) return reason;
        if (cart.definition && !cart.definition->active) return tr("the cart is not active");
        return {};
    }

    MenuEntry pause(const MirroredCart& cart) const {
        const auto& id = cart.status.cart;
        const auto reason = barred(ipc::Role::operator_);
        if (cart.status.paused) return entry(tr("&Resume"), {CommandId::resume, id}, reason);
        if (!reason.empty()) return entry(tr("&Pause Until"), {}, reason);
        const auto until = [&](std::int64_t at) { return Command{CommandId::pause_for, id, "", at}; };
        return {
            .label = tr("&Pause Until"),
            .children = {{.label = tr("For &15 Minutes"), .command = until(-15 * minute)},
                         {.label = tr("For 1 &Hour"), .command = until(-60 * minute)},
                         {.label = say(tr("Until &Tomorrow {time}"),
                                       fmt::arg("time", clock_words(tomorrow_at(now_, 8)))),
                          .command = until(0)},
                         {.label = tr("Until a &Time…"), .command = {CommandId::pause_until_a_time, id}}}};
    }

    MenuEntry cart(const MirroredCart& cart, const CartRow& row) const {
        const auto& id = cart.status.cart;
        MenuEntry made{.label = say(tr("{cart}: {state}"), fmt::arg("cart", without_mnemonic(row.name)),
                                    fmt::arg("state", in_a_word(row))),
                       .command = {CommandId::none, id}};
        auto& list = made.children;
        list.push_back({.label = without_mnemonic(row.state_words), .is_enabled = false});
        list.push_back({});
        if (mirror_.synch_qoh()) {
            auto check = entry(tr("&Synchronize Inventory"), {CommandId::synchronize_inventory, id},
                               barred(ipc::Role::admin));
            check.check = cart.status.synchronize_inventory;
            check.command.is_on = !cart.status.synchronize_inventory;
            list.push_back(std::move(check));
        } else {
            list.push_back({.label = tr("QOH synchronization is off for all carts"), .is_enabled = false});
            auto turn_on =
                entry(tr("Turn QOH &Synchronization On"), {CommandId::synch_qoh}, barred(ipc::Role::admin));
            turn_on.command.is_on = true;
            list.push_back(std::move(turn_on));
        }
        list.push_back(entry(tr("&Get QOH From Website…"), {CommandId::open_get_qoh, id},
                             job_reason(cart, CommandId::open_get_qoh)));
        list.push_back(entry(tr("Send QOH &To Website…"), {CommandId::open_send_qoh, id},
                             job_reason(cart, CommandId::open_send_qoh)));
        list.push_back(entry(tr("&Compare Now…"), {CommandId::open_compare, id},
                             job_reason(cart, CommandId::open_compare)));
        list.push_back({});
        list.push_back(pause(cart));
        const bool has_store =
            cart.definition && cart.definition->store_url && !cart.definition->store_url->empty();
        list.push_back(entry(tr("&Open Store"),
                             {CommandId::open_store, id, has_store ? *cart.definition->store_url : ""},
                             has_store ? std::string{} : tr("its address is not known")));
        return made;
    }

    const AgentMirror& mirror_;
    const TrayView& view_;
    const Desktop& desktop_;
    std::int64_t now_;
    Menu menu_;
};

}  // namespace

Menu menu_of(const AgentMirror& mirror, const TrayView& view, const Desktop& desktop, std::int64_t now) {
    return MenuMaker{mirror, view, desktop, now}.make();
}

}  // namespace stocktray::tray
