#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <ranges>
#include <utility>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/sentences.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "agent/ctl/verdict.h"

namespace stocktray::ctl {
namespace {

using ipc::Health;

struct Nothing {};

std::string number(std::int64_t value) {
    return value == 0 ? "" : std::to_string(value);
}

std::string health_cell(const Terminal& terminal, const ipc::agent::CartStatus& cart) {
    const auto word = in_words(cart.health);
    switch (cart.health) {
        case Health::ok:
            return terminal.painted(Paint::green, word);
        case Health::slow:
            return terminal.painted(Paint::yellow, word);
        case Health::late:
        case Health::credentials:
        case Health::circuit_open:
        case Health::stopped:
            return terminal.painted(Paint::red, word);
        case Health::paused:
        case Health::off:
            return terminal.painted(Paint::dim, word);
    }
    return std::string{word};
}

void print_carts(const Terminal& terminal, const ipc::agent::StatusResult& status) {
    Table table{{{"CART"},
                 {"HEALTH"},
                 {"POSTS", Align::right},
                 {"UNCERTAIN", Align::right},
                 {"REJECTED", Align::right},
                 {"LATE", Align::right},
                 {"OLDEST", Align::right},
                 {"WAITING FOR"},
                 {"NOT IMPORTED", Align::right}}};
    for (const auto& cart : status.carts) {
        const bool is_empty = cart.oldest_age_ms == 0;
        table.add({printable(cart.name.empty() ? cart.cart : cart.name), health_cell(terminal, cart),
                   std::to_string(cart.queued + cart.sending), number(cart.uncertain), number(cart.rejected),
                   number(cart.late), is_empty ? "" : duration(cart.oldest_age_ms),
                   cart.waiting_for ? std::string{in_words(*cart.waiting_for)} : "",
                   number(cart.not_imported.value_or(0))});
    }
    table.print(terminal);
}

bool is_any_synchronized(const ipc::agent::StatusResult& status) {
    return std::ranges::any_of(status.carts, [](const auto& cart) { return cart.synchronize_inventory; });
}

// Of a store that has confirmed nothing yet nobody knows, and nothing follows where nothing is synchronized.
std::string_view quiet_words(const ipc::agent::StatusResult& status) {
    if (!status.synch_qoh || !is_any_synchronized(status)) return "";
    const bool has_unproven = std::ranges::any_of(status.carts, [](const auto& cart) {
        return cart.synchronize_inventory && cart.last_confirmed_at == 0;
    });
    return has_unproven ? "Nothing waits.\n" : "All is well.\n";
}

// A screen of them; a bad day may have thousands.
void print_gravest(const Terminal& terminal, std::vector<ipc::alerts::Alert> alerts) {
    constexpr std::size_t most = 20;
    std::ranges::stable_sort(alerts, std::ranges::greater{}, &ipc::alerts::Alert::severity);
    for (const auto& alert : alerts | std::views::take(most)) terminal.out << sentence(alert) << '\n';
    if (alerts.size() > most) terminal.out << fmt::format("{} more: stocktrayctl alerts\n", alerts.size() - most);
}

ExitCode print(const Terminal& terminal, const ipc::agent::StatusResult& status,
               std::vector<ipc::alerts::Alert> alerts) {
    const ExitCode code = verdict(status, alerts);
    if (!status.synch_qoh) terminal.out << "QOH synchronization is off for all carts (SynchQOH).\n";
    if (status.restored.value_or(false))
        terminal.out << "The agent was restored from a backup. It goes on after a snapshot and an audit.\n";
    if (status.carts.empty())
        terminal.out << "No cart is defined yet. Define one: stocktrayctl carts add --help\n";
    else
        print_carts(terminal, status);
    if (status.synch_qoh && !status.carts.empty() && !is_any_synchronized(status))
        terminal.out
            << "No cart is synchronized. Begin with one: stocktrayctl carts set CART --synchronize\n";
    bool is_quiet = code == ExitCode::good;
    for (const auto& cart : status.carts) {
        const bool holds_back = cart.paused && cart.queued > 0;
        const bool is_behind = cart.late > 0 || cart.slow > 0 || cart.health == Health::circuit_open;
        if (holds_back || is_behind || needs_person(cart)) terminal.out << sentence(cart) << '\n';
        if (cart.unaligned_since) terminal.out << unaligned_sentence(cart) << '\n';
        is_quiet = is_quiet && !holds_back && !cart.unaligned_since;
    }
    const bool has_only_news = std::ranges::all_of(alerts, [](const auto& alert) { return alert.severity == ipc::Severity::info; });
    is_quiet = is_quiet && has_only_news;
    print_gravest(terminal, std::move(alerts));
    if (is_quiet) terminal.out << quiet_words(status);
    return code;
}

ExitCode run_status(Session& session, const Nothing&) {
    const auto status = session.ask(ipc::agent::Status{});
    if (!status) return session.fail(status.error());
    auto alerts = session.ask_whole(ipc::alerts::List{.limit = 1'000}, &ipc::alerts::ListResult::alerts);
    if (!alerts) return session.fail(alerts.error());
    if (!session.wants_json()) return print(session.terminal(), *status, std::move(alerts->alerts));
    session.print_json(*status);
    return verdict(*status, alerts->alerts);
}

}  // namespace

void add_status(Tree& tree) {
    auto* status = add_command<Nothing>(
        tree, tree.app, "status", "How everything is: carts, posts, alerts", [](CLI::App&, Nothing&) {},
        run_status);
    status->footer(
        "Exit code: 0 all well, 1 slow or late, 2 a person is needed, 3 no agent.\n\n"
        "Examples:\n"
        "  stocktrayctl status\n"
        "  stocktrayctl status --json\n"
        "  stocktrayctl status > /dev/null || echo 'look at the store'");
}

}  // namespace stocktray::ctl
