#include "ipc/messages/parameters.h"

#include <fmt/format.h>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/table.h"
#include "ipc/csv/csv_reader.h"
#include "ipc/messages/keys.h"

namespace stocktray::ctl {
namespace {

namespace parameters = ipc::parameters;

struct Names {
    std::vector<std::string> names;
};
struct Assignments {
    std::vector<std::string> assignments;
};

struct Shown {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return printable(value); }
};

// True or false and whole numbers are taken as such, all else as text.
ipc::Value value_of(const std::string& text) {
    if (text == "true" || text == "True") return true;
    if (text == "false" || text == "False") return false;
    if (const auto number = csv::whole_number(text)) return *number;
    return text;
}

ExitCode run_list(Session& session, const Names& options) {
    const auto result = session.ask(parameters::Get{given(options.names)});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    Table table{{{"PARAMETER"}, {"VALUE"}}};
    for (const auto& [name, value] : result->parameters)
        table.add({printable(name), std::visit(Shown{}, value)});
    table.print(session.terminal());
    return ExitCode::good;
}

ExitCode run_set(Session& session, const Assignments& options) {
    parameters::Set set;
    for (const auto& assignment : options.assignments) {
        const auto equals = assignment.find('=');
        if (equals == assignment.npos || equals == 0)
            return session.fail(ExitCode::wrong_usage,
                                fmt::format("Write NAME=VALUE, not '{}'.", assignment));
        set.parameters.insert_or_assign(assignment.substr(0, equals),
                                        value_of(assignment.substr(equals + 1)));
    }
    const bool opens_door = set.parameters.contains("LanAddress");
    const auto result = session.change(std::move(set));
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    // Taken it is in any case; whether the port could be had shows only then.
    if (opens_door) {
        const auto keys = session.ask(ipc::keys::List{});
        if (keys && keys->lan_problem) {
            session.warn(fmt::format("LanAddress is set, but other computers cannot reach the agent. {}",
                                     printable(*keys->lan_problem)));
            return ExitCode::person_needed;
        }
    }
    session.say("Done.");
    return ExitCode::good;
}

}  // namespace

void add_parameters(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("parameters", "System-wide settings, SynchQOH among them");
    nouns.require_subcommand(1);
    add_command<Names>(
        tree, nouns, "list", "All parameters, or those named",
        [](CLI::App& command, Names& options) { command.add_option("names", options.names, "Only these"); },
        run_list);
    auto* set = add_command<Assignments>(
        tree, nouns, "set", "Change parameters: all that are given, or none",
        [](CLI::App& command, Assignments& options) {
            command.add_option("assignments", options.assignments, "NAME=VALUE …")->required();
        },
        run_set);
    set->footer(
        "Exit code: 2 LanAddress is set, but the port cannot be opened.\n\n"
        "Examples:\n"
        "  stocktrayctl parameters set SynchQOH=true\n"
        "  stocktrayctl parameters set LatenessSeconds=180 QuietHours=22:00-06:30");
}

}  // namespace stocktray::ctl
