#include "agent/ctl/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/session.h"

namespace stocktray::ctl {
namespace {

void declare_common(CLI::App& app, Session::Options& options) {
    app.fallthrough();  // common options may stand behind a subcommand too
    app.set_version_flag("--version", "stocktrayctl " STOCKTRAY_VERSION);
    app.add_option("--endpoint", options.endpoint,
                   "Where the agent is: ipc:///path/rpc.sock or tcp://127.0.0.1:port (default: the shared agent\n"
                   "that this computer is paired with, else the one of this computer)")
        ->type_name("ENDPOINT");
    app.add_flag("--json", options.json, "For programs: the answer as JSON, errors too");
    app.add_option("--timeout", options.timeout_s, "Seconds to wait for an answer")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.01, 3'600.0))
        ->capture_default_str();
    app.footer(
        "Exit code: 0 good, 1 late or waiting, 2 a person is needed, 3 no agent, 4 not known whether it was\n"
        "done, 5 refused, 64 wrong command line. "
        "The manual page has them all: man stocktrayctl\n\n"
        "Examples:\n"
        "  stocktrayctl status\n"
        "  stocktrayctl submit SKU-0001 -2 --reason phone_order\n"
        "  stocktrayctl wait --confirmed --timeout 2m\n"
        "  stocktrayctl carts add --help\n"
        "  stocktrayctl send main");
}

void declare_commands(Tree& tree) {
    add_status(tree);
    add_submit(tree);
    add_spool(tree);
    add_snapshot(tree);
    add_import(tree);
    add_carts(tree);
    add_parameters(tree);
    add_stack(tree);
    add_qoh(tree);
    add_explain(tree);
    add_start_job(tree);
    add_jobs(tree);
    add_pull(tree);
    add_drift(tree);
    add_orders(tree);
    add_history(tree);
    add_report(tree);
    add_alerts(tree);
    add_watch(tree);
    add_wait(tree);
    add_pair(tree);
    add_keys(tree);
#ifdef STOCKTRAY_HAS_GATEWAY
    add_setup(tree);
#endif
    add_completion(tree);
}

// What stands below the help of the whole is not for each noun as well.
void point_to_commands(CLI::App& app) {
    const auto all = [](CLI::App*) { return true; };
    for (auto* noun : app.get_subcommands(all))
        if (!noun->get_subcommands(all).empty() && noun->get_footer() == app.get_footer())
            noun->footer(fmt::format("stocktrayctl {} COMMAND --help tells of each.", noun->get_name()));
}

}  // namespace

ExitCode run(const std::vector<std::string>& arguments, const Terminal& terminal) {
    Session session{terminal};
    CLI::App app{
        "Talks to Stocktray's agent: keeps the quantity on hand (QOH) equal in an Order Manager and X-Cart "
        "stores.",
        "stocktrayctl"};
    Tree tree{app, session};
    declare_common(app, session.options);
    declare_commands(tree);
    point_to_commands(app);
    app.require_subcommand(1);
    try {
        std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};  // as CLI11 wants them
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        const bool is_question = error.get_exit_code() == 0;  // --help, --version
        // Whatever of the line was understood before it went wrong.
        session.options.json = std::ranges::find(arguments, "--json") != arguments.end();
        if (!is_question && session.wants_json()) return session.fail(ExitCode::wrong_usage, error.what());
        (void)app.exit(error, terminal.out, terminal.err);
        return is_question ? ExitCode::good : ExitCode::wrong_usage;
    }
    const ExitCode code = tree.chosen();
    terminal.out.flush();
    return code;
}

}  // namespace stocktray::ctl
