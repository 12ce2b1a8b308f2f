#include "ipc/messages/orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "ipc/csv/csv_reader.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"
#include "ipc/path_text.h"

namespace stocktray::ctl {
namespace {

namespace orders = ipc::orders;

struct Options {
    std::string cart;
    std::string last_order;
    std::string last_order_date;
    std::optional<std::int64_t> count{};
    std::string lines;
};

struct Problem {
    ExitCode code;
    std::string sentence;
};
using Orders = std::vector<orders::WebOrder>;

// Rows of order, sku, qty, and perhaps listing, taken; the rows of one order may lie apart.
tl::expected<Orders, Problem> read_orders(std::istream& in) {
    const auto wrong = [](std::string sentence) {
        return tl::unexpected{Problem{ExitCode::wrong_data, std::move(sentence)}};
    };
    auto reader = csv::CsvReader::open(in, {"order", "sku", "qty", "listing", "taken"}, 3);
    if (!reader) return wrong(std::move(reader.error()));
    Orders result;
    for (;;) {
        auto row = reader->next();
        if (!row) return wrong(std::move(row.error()));
        if (!*row) return result;
        auto& cells = (*row)->cells;
        const auto qty = csv::whole_number(cells[2]);
        const auto taken = csv::whole_number(cells[4]);
        if (cells[0].empty() || cells[1].empty() || !qty || (!taken && !cells[4].empty()))
            return wrong(
                fmt::format("Line {}: an order needs its number, a SKU and whole numbers.", (*row)->line));
        auto order = std::ranges::find(result, cells[0], &orders::WebOrder::order);
        if (order == result.end()) order = result.insert(order, orders::WebOrder{.order = cells[0]});
        order->lines.push_back(
            {.sku = std::move(cells[1]), .listing = given(cells[3]), .qty = *qty, .taken = taken});
    }
}

tl::expected<Orders, Problem> read_orders(const std::string& file) {
    if (file == "-") return read_orders(std::cin);
    std::ifstream in{ipc::path_of(file)};
    if (!in) return tl::unexpected{Problem{ExitCode::no_input, fmt::format("'{}' cannot be read.", file)}};
    return read_orders(in);
}

ExitCode run_imported(Session& session, const Options& options) {
    orders::Imported request{.cart = options.cart, .at = now_ms(), .last_order = options.last_order};
    if (!options.last_order_date.empty()) {
        request.last_order_date = moment_ms(options.last_order_date, now_ms());
        if (!request.last_order_date)
            return session.fail(ExitCode::wrong_usage,
                                "--last-order-date wants YYYY-MM-DD HH:MM, in local time.");
    }
    if (!options.lines.empty()) {
        auto read = read_orders(options.lines);
        if (!read) return session.fail(read.error().code, read.error().sentence);
        request.orders = std::move(*read);
    } else if (options.count == 0) {
        request.orders.emplace();  // of no order there is no line to tell
    }
    const auto known = request.orders ? static_cast<std::int64_t>(request.orders->size()) : 0;
    request.count = options.count.value_or(known);
    const auto result = session.insist(request);
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
    } else if (result->complete) {
        session.say("The import is complete.");
    } else if (result->missing.empty()) {
        session.say(
            "The import is not complete: which pieces belong to which order is not known. Give --lines.");
    } else {
        session.say("The import is not complete. These lines have no change yet:");
        for (const auto& line : result->missing)
            session.terminal().out << printable(line.order) << "  " << printable(line.sku) << '\n';
    }
    return result->complete ? ExitCode::good : ExitCode::refused;
}

}  // namespace

void add_orders(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("orders", "Web orders");
    nouns.require_subcommand(1);
    add_command<Options>(
        tree, nouns, "imported", "The Order Manager has imported the cart's web orders up to here",
        [](CLI::App& command, Options& options) {
            command.add_option("cart", options.cart, "The cart they came from")->required();
            command
                .add_option("--last-order", options.last_order,
                            "The last order's number, as the shop shows it; '' where it has none yet")
                ->required();
            command.add_option("--last-order-date", options.last_order_date, "YYYY-MM-DD HH:MM");
            command.add_option("--count", options.count,
                               "Orders imported this time; 0: there was none (default: those in --lines)");
            command.add_option(
                "--lines", options.lines,
                "CSV with the columns order, sku, qty, and perhaps listing, taken; - reads stdin");
        },
        run_imported)
        ->footer(
            "Submit the changes of the import first. With --lines the agent can end doubts by itself.\n"
            "Exit code: 0 complete, 5 lines are missing.\n\n"
            "Examples:\n"
            "  stocktrayctl orders imported main --last-order 10023 --lines orders.csv\n"
            "A shop without any order:\n"
            "  stocktrayctl orders imported main --last-order '' --count 0");
}

}  // namespace stocktray::ctl
