#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "ipc/csv/csv_writer.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/takeover.h"
#include "ipc/path_text.h"

namespace stocktray::ctl {
namespace {

using ipc::qoh::Pull;
using ipc::qoh::PullItem;
using ipc::qoh::PullResult;

struct Options {
    std::string consumer;
    std::string ack;
    std::vector<std::string> skipped;
    std::string csv;
    std::int64_t limit{100};
    bool takes_over{false};
};

void write_csv(std::ostream& out, const std::vector<PullItem>& items) {
    csv::CsvWriter line{out};
    for (const auto* name : {"cursor", "sku", "delta", "qoh", "new_product", "name", "cart", "job"})
        line.text(name);
    line.end_line();
    for (const auto& item : items) {
        line.text(item.cursor).text(item.sku).number(item.delta).number(item.qoh);
        line.text(item.new_product ? "yes" : "no")
            .text(item.name.value_or(""))
            .text(item.cart)
            .number(item.job);
        line.end_line();
    }
}

void print(const Session& session, const PullResult& result, const std::string& consumer) {
    if (result.items.empty()) {
        session.say("There is nothing to take over.");
        return;
    }
    Table table{{{"CURSOR"},
                 {"SKU"},
                 {"ADD", Align::right},
                 {"COUNT THEN", Align::right},
                 {"NEW"},
                 {"NAME"},
                 {"CART"},
                 {"JOB", Align::right}}};
    for (const auto& item : result.items)
        table.add({printable(item.cursor), printable(item.sku), pieces(item.delta), std::to_string(item.qoh),
                   item.new_product ? "new" : "", printable(item.name.value_or("")), printable(item.cart),
                   std::to_string(item.job)});
    table.print(session.terminal());
    session.say(fmt::format("When they are in: stocktrayctl pull --consumer {} --ack {}", consumer,
                            printable(result.items.back().cursor)));
    if (result.more) session.say("There are more behind these.");
}

ExitCode run_pull(Session& session, const Options& options) {
    Pull request{.consumer = options.consumer, .ack = given(options.ack), .limit = options.limit};
    if (options.takes_over) request.take_over = true;
    for (const auto& skip : options.skipped) {
        const auto at = skip.find('=');
        if (at == skip.npos || at == 0 || at + 1 == skip.size())
            return session.fail(ExitCode::wrong_usage, "--skip wants CURSOR=REASON.");
        if (!request.skipped) request.skipped.emplace();
        request.skipped->push_back({skip.substr(0, at), skip.substr(at + 1)});
    }
    if (request.skipped && !request.ack)
        return session.fail(ExitCode::wrong_usage,
                            "--skip goes with --ack: it says which of those were not applied.");
    std::ofstream file;
    const bool to_file = !options.csv.empty() && options.csv != "-";
    if (to_file) file.open(ipc::path_of(options.csv), std::ios::binary | std::ios::trunc);
    if (to_file && !file)
        return session.fail(ExitCode::no_output,
                            fmt::format("'{}' cannot be written. Nothing was acknowledged.", options.csv));
    const auto result = session.insist(request);
    if (!result) return session.fail(result.error());
    if (!options.csv.empty()) {
        auto& out = to_file ? file : session.terminal().out;
        write_csv(out, result->items);
        out.flush();
        if (!out)
            return session.fail(
                ExitCode::no_output,
                fmt::format("'{}' could not be written. Pull again: nothing is lost.", options.csv));
    } else if (session.wants_json()) {
        session.print_json(*result);
    } else {
        print(session, *result, options.consumer);
    }
    return ExitCode::good;
}

}  // namespace

void add_pull(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "pull", "What Get QOH found, for the Order Manager to take over",
        [](CLI::App& command, Options& options) {
            command.add_option("--consumer", options.consumer, "Who takes over; always the same name")
                ->required();
            command.add_option("--ack", options.ack, "It and all before are dealt with")->type_name("CURSOR");
            command
                .add_option("--skip", options.skipped,
                            "Of those, one that was not applied, and why (may be repeated)")
                ->type_name("CURSOR=REASON")
                ->allow_extra_args(false);
            command.add_option("--limit", options.limit, "How many at most")
                ->check(CLI::Range(1, 1'000))
                ->capture_default_str();
            command.add_flag("--take-over", options.takes_over, "Take the place of another consumer");
            command.add_option("--csv", options.csv, "Write them into this file; - is stdout")
                ->type_name("FILE");
        },
        run_pull)
        ->footer(
            "For scripts of an Order Manager. In this order, or counts go wrong:\n"
            "  1. pull\n"
            "  2. add delta to the item's count (never set it to qoh) and store the cursor, both in one\n"
            "     transaction of the Order Manager's database; create the item where new_product is true\n"
            "  3. acknowledge with --ack; this prints the next ones\n"
            "If the script stops in between: an item whose cursor is stored was added. Acknowledge it again, "
            "do\n"
            "not add it again. Until an item is acknowledged, snapshots are refused.\n"
            "In the CSV a text that begins with = + - @ has an apostrophe in front; JSON has it as it is.\n\n"
            "Examples:\n"
            "  stocktrayctl pull --consumer om-1 --json\n"
            "  stocktrayctl pull --consumer om-1 --ack 3f2a91c0.17 --skip '3f2a91c0.16=no such item'");
}

}  // namespace stocktray::ctl
