#include "ipc/messages/qoh.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/pages.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

namespace qoh = ipc::qoh;

struct Options {
    std::string cart;
    std::vector<std::string> skus;
    bool only_drift{false};
    std::int64_t limit{100};
};

std::string count(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "";
}
std::string difference(std::int64_t delta) {
    return delta == 0 ? "" : pieces(delta);
}

void print(const Terminal& terminal, const std::vector<qoh::Item>& items) {
    Table table{{{"SKU"},
                 {"QOH", Align::right},
                 {"CART"},
                 {"STORE SKU"},
                 {"STORE", Align::right},
                 {"TARGET", Align::right},
                 {"QUEUED", Align::right},
                 {"PARKED", Align::right},
                 {"NOT IMPORTED", Align::right},
                 {"GAP", Align::right},
                 {"REMARK"}}};
    for (const auto& item : items) {
        const std::string own = item.om_qoh ? std::to_string(*item.om_qoh) : "?";
        const std::string untracked = item.tracked ? "" : "not tracked";
        if (item.listings.empty())
            table.add({printable(item.sku), own, "", "", "", "", "", "", "", "", untracked});
        bool is_first = true;
        for (const auto& listing : item.listings) {
            const std::string gap = difference(listing.gap.value_or(0));
            const std::string store_sku = listing.store_sku == item.sku ? "" : printable(listing.store_sku);
            const std::string remark = listing.missing.value_or(false)     ? "not at the store"
                                       : listing.unaligned.value_or(false) ? "not compared yet"
                                                                           : untracked;
            table.add({is_first ? printable(item.sku) : "", is_first ? own : "", printable(listing.cart),
                       store_sku, count(listing.store_qoh), count(listing.target),
                       difference(listing.queued_delta), difference(listing.parked_delta),
                       count(listing.not_imported), terminal.painted(Paint::red, gap), remark});
            is_first = false;
        }
    }
    table.print(terminal);
}

ExitCode run_list(Session& session, const Options& options) {
    qoh::List request{.cart = given(options.cart), .skus = given(options.skus), .only_drift = options.only_drift};
    qoh::ListResult all;
    do {
        // A page may be short, or empty, though more follows: SKUs that do not differ are left out.
        request.limit = std::min<std::int64_t>(options.limit - std::ssize(all.items), 1'000);
        auto page = session.ask(request);
        if (!page) return session.fail(page.error());
        std::ranges::move(page->items, std::back_inserter(all.items));
        all.next = request.after = std::move(page->next);
    } while (all.next && std::ssize(all.items) < options.limit);
    if (session.wants_json()) {
        session.print_json(all);
        return ExitCode::good;
    }
    if (all.items.empty())
        session.say(options.only_drift ? "Nothing differs."
                                       : "No SKU is known yet. Tell the counts: snapshot");
    else
        print(session.terminal(), all.items);
    if (all.next) session.say("There are more: --limit");
    return ExitCode::good;
}

}  // namespace

void add_qoh(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("qoh", "Quantities on hand on both sides");
    nouns.require_subcommand(1);
    add_command<Options>(
        tree, nouns, "list", "The Order Manager's count and the stores', by SKU",
        [](CLI::App& command, Options& options) {
            command.add_option("skus", options.skus, "Only these SKUs");
            command.add_option("--cart", options.cart, "Only this cart");
            command.add_flag("--drift", options.only_drift, "Only what differs");
            command.add_option("--limit", options.limit, "How many SKUs at most")
                ->check(CLI::PositiveNumber)
                ->capture_default_str();
        },
        run_list)
        ->footer(
            "QOH is the Order Manager's count, TARGET what the store should have (QOH less the buffer),\n"
            "GAP what is missing at the store when everything under way is accounted for.\n\n"
            "Examples:\n"
            "  stocktrayctl qoh list SKU-0001 SKU-0002\n"
            "  stocktrayctl qoh list --cart main --drift");
}

}  // namespace stocktray::ctl
