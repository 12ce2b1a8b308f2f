#include <fmt/format.h>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/takeover.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::string cart;
    std::string sku;
    std::string until;
    std::string length;
};

// 0: at once, whatever the agent's clock says.
std::optional<std::int64_t> end_of(const Options& options) {
    if (!options.until.empty()) return moment_ms(options.until, now_ms());
    const auto length = duration_ms(options.length);
    if (!length) return std::nullopt;
    return *length == 0 ? 0 : now_ms() + *length;
}

ExitCode run_ignore(Session& session, const Options& options) {
    if (options.until.empty() == options.length.empty())
        return session.fail(ExitCode::wrong_usage, "Say how long: either --until or --for.");
    const auto until = end_of(options);
    if (!until)
        return session.fail(ExitCode::wrong_usage, options.until.empty()
                                                       ? "--for wants 90s, 30m, 2h or 7d."
                                                       : "--until wants HH:MM or YYYY-MM-DD HH:MM.");
    const auto done =
        session.change(ipc::drift::Ignore{.cart = options.cart, .sku = options.sku, .until = *until});
    if (!done) return session.fail(done.error());
    if (session.wants_json())
        session.print_json(*done);
    else if (*until <= now_ms())
        session.say(fmt::format("Differences of SKU {} at {} are told again.", printable(options.sku),
                                printable(options.cart)));
    else
        session.say(fmt::format("Differences of SKU {} at {} are neither told nor repaired until {}.",
                                printable(options.sku), printable(options.cart), moment(*until, now_ms())));
    return ExitCode::good;
}

}  // namespace

void add_drift(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("drift", "Differences between a store and the Order Manager");
    nouns.require_subcommand(1);
    nouns.footer("What differs: stocktrayctl qoh list --drift");
    add_command<Options>(
        tree, nouns, "ignore", "Neither tell of a SKU's difference nor repair it for a while",
        [](CLI::App& command, Options& options) {
            command.add_option("cart", options.cart, "Id of the cart")->required();
            command.add_option("sku", options.sku, "The Order Manager's SKU")->required();
            command.add_option("--until", options.until, "HH:MM or YYYY-MM-DD HH:MM")->type_name("TIME");
            command.add_option("--for", options.length, "90s, 30m, 2h, 7d; 0 ends it")->type_name("DURATION");
        },
        run_ignore)
        ->footer(
            "Changes of the SKU are still posted. What differs: stocktrayctl qoh list --drift\n\n"
            "Examples:\n"
            "  stocktrayctl drift ignore main SKU-0001 --for 7d\n"
            "  stocktrayctl drift ignore main SKU-0001 --for 0");
}

}  // namespace stocktray::ctl
