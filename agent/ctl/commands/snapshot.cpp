#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/importer.h"
#include "ipc/messages/qoh.h"
#include "ipc/random_id.h"

namespace stocktray::ctl {
namespace {

struct Options {
    ImportOptions file{.tells_counts = true};
    bool opens_only{false};
};

ExitCode open_only(Session& session, const Options& options) {
    const ipc::qoh::Snapshot snapshot{.source = options.file.source, .snapshot = ipc::random_id()};
    const auto result = session.insist(snapshot);
    if (!result) return session.fail(result.error());
    session.terminal().out << snapshot.snapshot << '\n';
    return ExitCode::good;
}

ExitCode run_snapshot(Session& session, const Options& options) {
    if (options.opens_only != options.file.file.empty())
        return session.fail(ExitCode::wrong_usage, "Give either a file or --open.");
    return options.opens_only ? open_only(session, options) : run_import(session, options.file);
}

void declare(Tree& tree, CLI::App& command, Options& options) {
    command.add_option("file", options.file.file, "The file; - reads stdin");
    command.add_flag("--open", options.opens_only, "Only open a snapshot and print its name");
    command.add_option("--opened", options.file.opened, "Fill the snapshot of this name, opened before the counts were exported");
    command.add_option("--source", options.file.source, "Who counts")->capture_default_str();
    declare_import(tree, command, options.file);
    command.footer(
        "The Order Manager's whole count, so that the agent knows what is right. It posts nothing; Send QOH does.\n"
        "The file is read as import --counts reads it: what changed at about the time it was written, or since, is\n"
        "left as it is and named.\n\n"
        "Where counts change while they are exported, open the snapshot first. Everything in the file counts then;\n"
        "what changed in between is named, to be counted again in a file of its own.\n\n"
        "Exit code: 0 taken; 2 a person has to say yes, or has to count something again; 65 the file is wrong or\n"
        "half.\n\n"
        "Examples:\n"
        "  stocktrayctl snapshot counts.csv\n"
        "  name=$(stocktrayctl snapshot --open); export-counts > counts.csv\n"
        "  stocktrayctl snapshot counts.csv --opened \"$name\"");
}

}  // namespace

void add_snapshot(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "snapshot", "Tell the agent the Order Manager's whole count",
        [&tree](CLI::App& command, Options& options) { declare(tree, command, options); }, run_snapshot);
}

}  // namespace stocktray::ctl
