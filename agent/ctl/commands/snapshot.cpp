#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/stock_file_input.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/qoh.h"
#include "ipc/spool/random_id.h"
#include "ipc/stock_file/stock_file.h"
#include "ipc/stock_file/survey.h"

namespace stocktray::ctl {
namespace {

using ipc::qoh::Snapshot;
using ipc::qoh::SnapshotItem;

constexpr std::size_t items_per_part = 5'000;

struct Options {
    std::string file;
    std::string source{"stocktrayctl"};
    std::string opened;  // the name of a snapshot that was opened before
    bool opens_only{false};
};

struct Problem {
    ExitCode code;
    std::string sentence;
};

// The whole file, before anything of it is sent: half a count is of no use.
tl::expected<std::vector<SnapshotItem>, Problem> read_items(const std::string& file) {
    const auto bytes = open_stock_file(file);
    if (!bytes) return tl::unexpected{Problem{ExitCode::no_input, fmt::format("'{}' cannot be read.", file)}};
    const auto surveyed = stock_file::survey(*bytes);
    if (!surveyed) return tl::unexpected{Problem{ExitCode::wrong_data, surveyed.error()}};
    bytes->clear();
    bytes->seekg(0);
    stock_file::Recipe recipe;
    recipe.kind = stock_file::Kind::counts;
    recipe.may_end_within_a_line = true;  // somebody has named a file that is finished
    auto contents = stock_file::read_stock_file(*bytes, recipe, surveyed->encoding);
    if (!contents) return tl::unexpected{Problem{ExitCode::wrong_data, std::move(contents.error().sentence)}};
    if (!contents->bad.empty())
        return tl::unexpected{Problem{ExitCode::wrong_data, fmt::format("Line {}: {}", contents->bad.front().line,
                                                                        printable(contents->bad.front().why))}};
    return std::move(contents->counts);
}

ExitCode finish(Session& session, const ipc::qoh::SnapshotResult& result) {
    if (session.wants_json()) {
        session.print_json(result);
        return ExitCode::good;
    }
    session.say(fmt::format("{} taken over.", counted(result.received, "count was", "counts were")));
    if (!result.retake.empty()) {
        session.say("These changed meanwhile. Send their counts again, in a file of their own:");
        for (const auto& sku : result.retake) session.terminal().out << printable(sku) << '\n';
    }
    return ExitCode::good;
}

ExitCode run_snapshot(Session& session, const Options& options) {
    if (options.opens_only != options.file.empty())
        return session.fail(ExitCode::wrong_usage, "Give either a file or --open.");
    Snapshot snapshot{.source = options.source, .snapshot = options.opened};
    if (snapshot.snapshot.empty()) {
        // Opened before the file is read: what changes from here on is noticed.
        snapshot.snapshot = ipc::random_id();
        const auto result = session.insist(snapshot);
        if (!result) return session.fail(result.error());
    }
    if (options.opens_only) {
        session.terminal().out << snapshot.snapshot << '\n';
        return ExitCode::good;
    }
    auto items = read_items(options.file);
    if (!items) return session.fail(items.error().code, items.error().sentence);
    for (std::size_t from = 0; !snapshot.last; from += items_per_part) {
        const auto to = std::min(from + items_per_part, items->size());
        using Step = std::vector<SnapshotItem>::difference_type;
        snapshot.items.assign(items->begin() + static_cast<Step>(from),
                              items->begin() + static_cast<Step>(to));
        snapshot.last = to == items->size();
        ++snapshot.part;
        const auto result = session.insist(snapshot);
        if (!result) return session.fail(result.error());
        if (snapshot.last) return finish(session, *result);
    }
    return ExitCode::good;
}

void declare(CLI::App& command, Options& options) {
    command.add_option("file", options.file,
                       "CSV with the columns sku, qoh, and perhaps name, tracked; - reads stdin");
    command.add_flag("--open", options.opens_only, "Only open a snapshot and print its name");
    command.add_option("--opened", options.opened, "Fill the snapshot of this name");
    command.add_option("--source", options.source, "Who counts")->capture_default_str();
    command.footer(
        "The Order Manager's whole count, so that the agent knows what is right. It posts nothing;\n"
        "Send QOH does. The first line of the file names its columns. tracked is no for kits,\n"
        "drop-ship and Ignore QOH items. Open the snapshot before the counts are exported, so that\n"
        "what changes in between is noticed.\n\n"
        "Examples:\n"
        "  stocktrayctl snapshot counts.csv\n"
        "  name=$(stocktrayctl snapshot --open); export-counts > counts.csv\n"
        "  stocktrayctl snapshot counts.csv --opened \"$name\"");
}

}  // namespace

void add_snapshot(Tree& tree) {
    add_command<Options>(tree, tree.app, "snapshot", "Tell the agent the Order Manager's whole count",
                         declare, run_snapshot);
}

}  // namespace stocktray::ctl
