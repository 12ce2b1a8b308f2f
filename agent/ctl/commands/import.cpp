#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/importer.h"

namespace stocktray::ctl {
namespace {

void declare(Tree& tree, CLI::App& command, ImportOptions& options) {
    command.add_option("file", options.file, "The file; - reads stdin")->required();
    auto* changes = command.add_flag("--changes", options.tells_changes, "It tells pieces up or down");
    command.add_flag("--counts", options.tells_counts, "It tells the whole count")->excludes(changes);
    choose<ipc::Reason>(tree, command.add_option("--reason", options.reason, "Of changes whose line names none")->capture_default_str());
    declare_import(tree, command, options);
    command.footer(
        "CSV or tab-separated text, as an Order Manager or a spreadsheet program writes it. The first line names\n"
        "the columns, in English or German. Of changes: sku, delta, and perhaps id, reason, reason_text, by, order,\n"
        "cart. Of a whole count: sku, qoh, and perhaps name, tracked. A whole count posts nothing: Send QOH does.\n"
        "What changed since two minutes before a count was written is left as it is; what is not tracked needs no count.\n"
        "Nothing of a file is taken if a line is bad or the file is half. The same file counts once: run it again\n"
        "after anything that went wrong. Changes are saved on this computer while the agent is away; a whole count\n"
        "needs the agent.\n\n"
        "Exit code: 0 taken, or taken before; 2 a person has to say yes; 65 the file is wrong or half.\n\n"
        "Examples:\n"
        "  stocktrayctl import counts.csv --counts --test\n"
        "  stocktrayctl import changes.csv --changes --reason phone_order\n"
        "  stocktrayctl import lager.txt --counts --map sku=Artikelnummer --map qoh=3 --trailer ENDE");
}

}  // namespace

void add_import(Tree& tree) {
    add_command<ImportOptions>(
        tree, tree.app, "import", "Take changes or the whole count from a file",
        [&tree](CLI::App& command, ImportOptions& options) { declare(tree, command, options); }, run_import);
}

}  // namespace stocktray::ctl
