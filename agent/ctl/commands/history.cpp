#include "ipc/messages/history.h"

#include <fmt/format.h>

#include <deque>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/pages.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

namespace history = ipc::history;

struct Options {
    std::string cart;
    std::string sku;
    std::vector<std::string> kinds;
    std::string since{"1d"};
    std::int64_t limit{1'000};
};

std::optional<std::int64_t> since_ms(const std::string& text) {
    if (const auto age = duration_ms(text)) return std::max<std::int64_t>(0, now_ms() - *age);
    return moment_ms(text, now_ms());
}

void print(const Terminal& terminal, const std::vector<history::Entry>& entries) {
    Table table{{{"TIME"}, {"KIND"}, {"CART"}, {"SKU"}, {"PIECES", Align::right}, {"BY"}, {"WHAT"}}};
    for (const auto& entry : entries) {
        std::string by = printable(entry.by.value_or(""));
        if (entry.workstation) by += "@" + printable(*entry.workstation);
        table.add({moment(entry.at, now_ms()), std::string{ipc::to_string(entry.kind)},
                   printable(entry.cart.value_or("")), printable(entry.sku.value_or("")),
                   entry.delta ? pieces(*entry.delta) : "", std::move(by), printable(entry.text)});
    }
    table.print(terminal);
}

ExitCode run_history(Session& session, const Options& options) {
    history::List request{.cart = given(options.cart), .sku = given(options.sku)};
    for (const auto& word : options.kinds) {
        if (!request.kinds) request.kinds.emplace();
        request.kinds->push_back(*ipc::from_string<ipc::HistoryKind>(word));
    }
    request.since = since_ms(options.since);
    if (!request.since)
        return session.fail(ExitCode::wrong_usage, "--since wants 30m, 2h, 7d, HH:MM or YYYY-MM-DD HH:MM.");
    // The agent tells the oldest first; the newest are what is asked for, so the list is read to its end.
    std::deque<history::Entry> last;
    const auto listed = each_page(session, request, INT64_MAX, [&](history::ListResult page) {
        for (auto& entry : page.entries) last.push_back(std::move(entry));
        while (static_cast<std::int64_t>(last.size()) > options.limit) last.pop_front();
    });
    if (!listed) return session.fail(listed.error());
    history::ListResult all;
    all.entries.assign(std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
    if (session.wants_json())
        session.print_json(all);
    else if (all.entries.empty())
        session.say("Nothing happened in that time.");
    else
        print(session.terminal(), all.entries);
    return ExitCode::good;
}

}  // namespace

void add_history(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "history", "Who did what, when and why",
        [&tree](CLI::App& command, Options& options) {
            command.add_option("--cart", options.cart, "Only this cart");
            command.add_option("--sku", options.sku, "Only this SKU");
            choose<ipc::HistoryKind>(
                tree, command.add_option("--kind", options.kinds, "Only this kind (may be repeated)")
                          ->allow_extra_args(false));
            command.add_option("--since", options.since, "30m, 2h, 7d, HH:MM or YYYY-MM-DD HH:MM")
                ->capture_default_str();
            command.add_option("--limit", options.limit, "How many at most, the newest")
                ->check(CLI::PositiveNumber)
                ->capture_default_str();
        },
        run_history)
        ->footer(
            "Examples:\n"
            "  stocktrayctl history --sku SKU-0001 --since 7d\n"
            "  stocktrayctl history --kind setting --kind verdict --since '2026-11-01'");
}

}  // namespace stocktray::ctl
