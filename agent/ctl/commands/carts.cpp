#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/commands/cart_options.h"
#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/carts.h"

namespace stocktray::ctl {
namespace {

namespace carts = ipc::carts;

struct Nothing {};

struct Named {
    std::string cart;
};

struct Remove {
    std::string cart;
    bool cancels_posts{false};
    std::string reason;
};

ExitCode run_list(Session& session, const Nothing&) {
    const auto result = session.ask_whole(carts::List{}, &carts::ListResult::carts);
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    Table table{
        {{"CART"}, {"NAME"}, {"KIND"}, {"SYNCHRONIZED"}, {"ACTIVE"}, {"BUFFER", Align::right}, {"URL"}}};
    for (const auto& cart : result->carts)
        table.add({cart.cart, printable(cart.name), std::string{ipc::to_string(cart.kind)},
                   cart.synchronize_inventory ? "yes" : "no", cart.active ? "yes" : "no",
                   cart.buffer == 0 ? "" : std::to_string(cart.buffer), printable(cart.url)});
    if (table.is_empty())
        session.say("No cart is defined yet. Define one: stocktrayctl carts add --help");
    else
        table.print(session.terminal());
    return ExitCode::good;
}

template <class Request>
ExitCode save(Session& session, Request request, const CartOptions& options, std::string_view done) {
    auto password = read_password(options.password, options.cart);
    if (!password) return session.fail(ExitCode::no_input, password.error());
    if (*password) request.password = std::move(**password);
    const auto result = session.change(std::move(request));
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say(fmt::format("The cart {} was {}.", options.cart, done));
    return ExitCode::good;
}

ExitCode run_add(Session& session, const CartOptions& options) {
    auto definition = options.whole();
    if (!definition) return session.fail(ExitCode::wrong_usage, definition.error());
    return save(session, std::move(*definition), options, "added");
}

ExitCode run_set(Session& session, const CartOptions& options) {
    carts::Update update;
    if (auto filled = options.fill(update); !filled)
        return session.fail(ExitCode::wrong_usage, filled.error());
    if (options.is_same_store) update.same_store = true;
    return save(session, std::move(update), options, "changed");
}

ExitCode run_remove(Session& session, const Remove& options) {
    carts::Delete request{.cart = options.cart, .reason = given(options.reason)};
    if (options.cancels_posts) request.cancel_posts = true;
    const auto result = session.change(std::move(request));
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say(fmt::format("The cart {} was removed.", options.cart));
    return ExitCode::good;
}

ExitCode run_test(Session& session, const CartOptions& options) {
    carts::Test test;
    if (auto filled = options.fill(test); !filled) return session.fail(ExitCode::wrong_usage, filled.error());
    auto password = read_password(options.password, options.cart);
    if (!password) return session.fail(ExitCode::no_input, password.error());
    if (*password) test.password = std::move(**password);
    const auto result = session.ask(test);
    if (!result) return session.fail(result.error());
    const ExitCode code = result->ok ? ExitCode::good : ExitCode::person_needed;
    if (session.wants_json()) {
        session.print_json(*result);
        return code;
    }
    std::string line = result->ok ? "The store answers and can be used" : "The store cannot be used as it is";
    if (result->version) line += fmt::format(" (script version {})", printable(*result->version));
    line += fmt::format(", after {}.", duration(result->round_trip_ms));
    if (result->product_count)
        line += fmt::format(" {}.", counted(*result->product_count, "product", "products"));
    session.say(line);
    for (const auto& problem : result->problems)
        session.say(fmt::format("{} {}", printable(problem.message), printable(problem.hint)));
    return code;
}

template <class Request>
ExitCode say_yes(Session& session, const Named& options, std::string_view done) {
    const auto result = session.change(Request{.cart = options.cart});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say(fmt::format("{}: {}", options.cart, done));
    return ExitCode::good;
}

void declare_named(CLI::App& command, Named& options) {
    command.add_option("cart", options.cart, "The cart's id")->required();
}

void add_list(Tree& tree, CLI::App& nouns) {
    add_command<Nothing>(
        tree, nouns, "list", "The carts as they are defined", [](CLI::App&, Nothing&) {}, run_list);
}

void add_add(Tree& tree, CLI::App& nouns) {
    auto* add = add_command<CartOptions>(
        tree, nouns, "add", "Define a cart",
        [&tree](CLI::App& command, CartOptions& options) {
            options.declare(tree, command, CartOptions::Use::add);
        },
        run_add);
    add->footer(
        "The password is asked for. Programs hand it over by --password-fd or --password-keyring.\n\n"
        "Examples:\n"
        "  stocktrayctl carts add main --name 'Main Store' --url https://shop.example/seti.php --user om\n"
        "  stocktrayctl carts add main --name 'Main Store' --url https://shop.example/seti.php \\\n"
        "      --user om --password-fd 3 3< password.txt\n"
        "  stocktrayctl carts add main --name 'Main Store' --kind xcart-rest --url https://shop.example/\n"
        "With --kind xcart-rest the password is the shop's API key.");
}

void add_set(Tree& tree, CLI::App& nouns) {
    auto* set = add_command<CartOptions>(
        tree, nouns, "set", "Change a cart: only what is given",
        [&tree](CLI::App& command, CartOptions& options) {
            options.declare(tree, command, CartOptions::Use::set);
        },
        run_set);
    set->footer(
        "Examples:\n"
        "  stocktrayctl carts set main --synchronize\n"
        "  stocktrayctl carts set main --password\n"
        "  stocktrayctl carts set main --buffer 2 --exclude GIFT-CARD\n"
        "  stocktrayctl carts set main --map SKU-0001=1234-Red,1234-Blue");
}

void add_remove(Tree& tree, CLI::App& nouns) {
    auto* remove = add_command<Remove>(
        tree, nouns, "remove", "Remove a cart",
        [](CLI::App& command, Remove& options) {
            command.add_option("cart", options.cart, "The cart's id")->required();
            auto* cancel =
                command.add_flag("--cancel-posts", options.cancels_posts,
                                 "Give its unconfirmed posts up: the counts then differ by as much");
            auto* reason = command.add_option("--reason", options.reason, "Why; kept in the history");
            cancel->needs(reason);
        },
        run_remove);
    remove->footer(
        "Examples:\n"
        "  stocktrayctl carts remove old\n"
        "  stocktrayctl carts remove old --cancel-posts --reason 'the store was closed'");
}

void add_test(Tree& tree, CLI::App& nouns) {
    auto* test = add_command<CartOptions>(
        tree, nouns, "test", "Ask the store, and tell what is wrong",
        [&tree](CLI::App& command, CartOptions& options) {
            options.declare(tree, command, CartOptions::Use::test);
        },
        run_test);
    test->footer(
        "Options are tried in place of what is saved. Exit code: 0 it can be used, 2 it cannot.\n\n"
        "Examples:\n"
        "  stocktrayctl carts test main\n"
        "  stocktrayctl carts test main --url https://shop.example/new/seti.php");
}

void add_agreements(Tree& tree, CLI::App& nouns) {
    auto* takeover = add_command<Named>(
        tree, nouns, "takeover", "This agent is the one for the cart's connector", declare_named,
        [](Session& session, const Named& options) {
            return say_yes<carts::Takeover>(session, options, "this agent is the one for it from now on.");
        });
    takeover->footer(
        "For a new computer, when the connector still knows the old one. The old agent's posts are\n"
        "refused from then on.\n\nExamples:\n  stocktrayctl carts takeover main");
    auto* accept = add_command<Named>(
        tree, nouns, "accept-store", "The store was restored from a backup or replaced", declare_named,
        [](Session& session, const Named& options) {
            return say_yes<carts::AcceptStore>(session, options, "the store as it is now is accepted.");
        });
    accept->footer(
        "Posting goes on. What was forgotten is not sent again by itself: compare the counts afterwards (stocktrayctl\n"
        "audit), and put what differs right with stocktrayctl send. If the agent was restored, let the Order Manager\n"
        "send its whole count first.\n\n"
        "Examples:\n  stocktrayctl carts accept-store main");
}

}  // namespace

void add_carts(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("carts", "The web stores");
    nouns.require_subcommand(1);
    add_list(tree, nouns);
    add_add(tree, nouns);
    add_set(tree, nouns);
    add_remove(tree, nouns);
    add_test(tree, nouns);
    add_agreements(tree, nouns);
}

}  // namespace stocktray::ctl
