#include "ipc/messages/alerts.h"

#include <fmt/format.h>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/sentences.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

namespace alerts = ipc::alerts;

struct Nothing {};
struct Dismissed {
    std::string alert;
};

std::string severity_cell(const Terminal& terminal, ipc::Severity severity) {
    const auto word = ipc::to_string(severity);
    switch (severity) {
        case ipc::Severity::info:
            break;
        case ipc::Severity::warning:
            return terminal.painted(Paint::yellow, word);
        case ipc::Severity::critical:
            return terminal.painted(Paint::red, word);
    }
    return std::string{word};
}

ExitCode run_list(Session& session, const Nothing&) {
    const auto result = session.ask_whole(alerts::List{.limit = 1'000}, &alerts::ListResult::alerts);
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    if (result->alerts.empty()) {
        session.say("Nothing needs you.");
        return ExitCode::good;
    }
    Table table{{{"ALERT"}, {"SEVERITY"}, {"SINCE"}, {"CART"}, {"SKU"}, {"WHAT"}}};
    for (const auto& alert : result->alerts)
        table.add({printable(alert.alert), severity_cell(session.terminal(), alert.severity),
                   moment(alert.since, now_ms()), printable(alert.cart.value_or("")),
                   printable(alert.sku.value_or("")), sentence(alert)});
    table.print(session.terminal());
    return ExitCode::good;
}

ExitCode run_dismiss(Session& session, const Dismissed& options) {
    const auto result = session.change(alerts::Dismiss{.alert = options.alert});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say("It is not shown again until its cause comes back.");
    return ExitCode::good;
}

}  // namespace

void add_alerts(Tree& tree) {
    auto* list = add_command<Nothing>(
        tree, tree.app, "alerts", "What needs a person", [](CLI::App&, Nothing&) {}, run_list);
    list->require_subcommand(0, 1);
    list->footer("Examples:\n  stocktrayctl alerts\n  stocktrayctl alerts dismiss 12");
    add_command<Dismissed>(
        tree, *list, "dismiss", "Seen: do not show it again",
        [](CLI::App& command, Dismissed& options) {
            command.add_option("alert", options.alert, "As alerts shows it")->required();
        },
        run_dismiss);
}

}  // namespace stocktray::ctl
