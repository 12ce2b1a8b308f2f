#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/takeover.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::string cart;
    std::string sku;
};

std::string known(const std::optional<std::int64_t>& count) {
    return count ? std::to_string(*count) : "not known";
}

void print(const Session& session, const ipc::qoh::ExplainResult& result) {
    auto& out = session.terminal().out;
    out << printable(result.text) << '\n';
    out << fmt::format("  Order Manager: {}\n  Store:         {}\n", known(result.om_qoh),
                       known(result.store_qoh));
    if (result.target)
        out << fmt::format("  Due there:     {}{}\n", *result.target,
                           result.difference.value_or(0) == 0
                               ? std::string{}
                               : fmt::format(" ({})", pieces(*result.difference)));
    if (result.steps.empty()) {
        out << "Nothing has happened to it yet.\n";
        return;
    }
    out << '\n';
    // Dates throughout: what explains a count may be weeks old.
    Table table{{{"TIME"}, {"PIECES", Align::right}, {"STORE", Align::right}, {"WHAT"}}};
    for (const auto& step : result.steps)
        table.add({moment(step.at), step.delta ? pieces(*step.delta) : "",
                   step.qoh ? std::to_string(*step.qoh) : "", printable(step.text)});
    table.print(session.terminal(), Terminal::columns_of_output());
}

ExitCode run_explain(Session& session, const Options& options) {
    const auto result = session.ask(ipc::qoh::Explain{options.cart, options.sku});
    if (!result) return session.fail(result.error());
    if (session.wants_json())
        session.print_json(*result);
    else
        print(session, *result);
    return ExitCode::good;
}

}  // namespace

void add_explain(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "explain", "Why a SKU's count is what it is, step by step",
        [](CLI::App& command, Options& options) {
            command.add_option("cart", options.cart, "Id of the cart")->required();
            command.add_option("sku", options.sku, "The Order Manager's SKU, or the store's")->required();
        },
        run_explain)
        ->footer("Example:\n  stocktrayctl explain main SKU-0001");
}

}  // namespace stocktray::ctl
