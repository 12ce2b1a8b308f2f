#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "ipc/csv/csv_reader.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/qoh.h"

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

tl::expected<SnapshotItem, std::string> item_of(const csv::CsvReader::Row& row) {
    const auto problem = [&](std::string_view what) {
        return tl::unexpected{fmt::format("Line {}: {}", row.line, what)};
    };
    SnapshotItem item{.sku = row.cells[0]};
    if (item.sku.empty()) return problem("there is no SKU.");
    const auto qoh = csv::whole_number(row.cells[1]);
    if (!qoh || *qoh < -ipc::rules::most_pieces || *qoh > ipc::rules::most_pieces)
        return problem(fmt::format("'{}' is no count.", printable(row.cells[1])));
    item.qoh = *qoh;
    item.name = given(row.cells[2]);
    if (!row.cells[3].empty()) {
        item.tracked = csv::yes_or_no(row.cells[3]);
        if (!item.tracked)
            return problem(fmt::format("'{}' is neither yes nor no.", printable(row.cells[3])));
    }
    return item;
}

// The whole file, before anything of it is sent: half a count is of no use.
tl::expected<std::vector<SnapshotItem>, Problem> read_items(const std::string& file) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file);
        if (!opened)
            return tl::unexpected{Problem{ExitCode::no_input, fmt::format("'{}' cannot be read.", file)}};
    }
    auto reader = csv::CsvReader::open(file == "-" ? std::cin : opened, {"sku", "qoh", "name", "tracked"}, 2);
    if (!reader) return tl::unexpected{Problem{ExitCode::wrong_data, std::move(reader.error())}};
    std::vector<SnapshotItem> items;
    for (;;) {
        auto row = reader->next();
        if (!row) return tl::unexpected{Problem{ExitCode::wrong_data, std::move(row.error())}};
        if (!*row) return items;
        auto item = item_of(**row);
        if (!item) return tl::unexpected{Problem{ExitCode::wrong_data, std::move(item.error())}};
        items.push_back(std::move(*item));
    }
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
        snapshot.snapshot = Session::random_id();
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
