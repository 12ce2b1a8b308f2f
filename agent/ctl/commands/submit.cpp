#include <fmt/format.h>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/spool.h"
#include "agent/ctl/output/words.h"
#include "ipc/messages/qoh.h"
#include "ipc/path_text.h"
#include "ipc/random_id.h"
#include "ipc/spool/outbox.h"
#include "ipc/whoami.h"

namespace stocktray::ctl {
namespace {

using ipc::qoh::Change;

struct Options {
    std::string sku;
    std::optional<std::int64_t> delta{};
    std::optional<std::int64_t> qoh{};
    std::optional<std::int64_t> version{};
    std::optional<std::int64_t> expected{};
    std::string reason;
    std::string source{"stocktrayctl"};
    std::string id;
    std::string origin_cart;
    std::string origin_listing;
    std::string order;
    std::string cursor;
    std::vector<std::string> only_carts;
    bool leaves_book{false};
    bool again{false};
    std::string by;
    std::string workstation;
    std::string reason_text;
    std::string note;
    bool is_saved_here{false};
    std::string spool;
};

// What --spool gives to programs.
struct Saved {
    std::string source{};
    std::string id{};
    std::string place{};  // at_agent, spooled
    std::string spool{};
    std::optional<std::string> message{};  // why the agent will not have it for now

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("source", &Saved::source));
        visit(field("id", &Saved::id));
        visit(field("place", &Saved::place));
        visit(field("spool", &Saved::spool));
        visit(field("message", &Saved::message));
    }
};

Change change_of(const Options& options) {
    Change change;
    change.id = options.id.empty() ? ipc::random_id() : options.id;
    change.sku = options.sku;
    change.delta = options.delta;
    change.qoh = options.qoh;
    change.version = options.version;
    change.expected = options.expected;
    change.reason = ipc::from_string<ipc::Reason>(options.reason).value_or(ipc::Reason::other);
    change.origin_cart = given(options.origin_cart);
    change.origin_listing = given(options.origin_listing);
    change.order = given(options.order);
    change.cursor = given(options.cursor);
    change.only_carts = given(options.only_carts);
    if (options.leaves_book) change.moves_book = false;
    if (options.again) change.again = true;
    change.at = now_ms();
    change.by = given(options.by.empty() ? ipc::login_name() : options.by);
    change.workstation = given(options.workstation.empty() ? ipc::host_name() : options.workstation);
    change.reason_text = given(options.reason_text);
    change.note = given(options.note);
    return change;
}

// Whether and when it is posted is the agent's to say: a cart may be switched off, or have it already.
std::string what_became_of(const Change& change) {
    if (!change.origin_cart) return "is taken";
    return fmt::format("is taken. {} has it already, so it is posted to other carts only", printable(*change.origin_cart));
}

std::string what_changed(const Change& change) {
    return change.delta ? fmt::format("SKU {} {}", printable(change.sku), pieces(*change.delta))
                        : fmt::format("SKU {} = {}", printable(change.sku), change.qoh.value_or(0));
}

// On this computer's disk first, so that it is saved whether or not the agent answers.
ExitCode run_saved(Session& session, const Options& options) {
    const Change change = change_of(options);
    const auto spool = spool_file(options.spool);
    auto outbox = ipc::Outbox::open({"stocktrayctl", session.options.endpoint, spool});
    if (!outbox) return session.fail(outbox.error());
    const ipc::Outbox::Duration wait{static_cast<std::int64_t>(session.options.timeout_s * 1'000)};
    const auto outcomes = (*outbox)->submit({change}, wait);
    while (const auto notice = (*outbox)->next_notice())
        if (notice->id != change.id && notice->topic != "agent.refuses") session.warn(printable(notice->message));
    if (!outcomes) return session.fail(outcomes.error());
    const auto& outcome = outcomes->front();
    if (outcome.place == ipc::Outbox::Place::refused) return session.fail(outcome.error);
    const bool is_at_agent = outcome.place == ipc::Outbox::Place::at_agent;
    if (session.wants_json())
        session.print_json(
            Saved{(*outbox)->source(), change.id, is_at_agent ? "at_agent" : "spooled", ipc::text_of(spool),
                  given(outcome.error.message)});
    if (!is_at_agent && !outcome.error.message.empty()) {
        session.say(fmt::format("{} is saved on this computer. The agent does not take it for now: {}", what_changed(change),
                                printable(outcome.error.message)));
        return ExitCode::good;
    }
    session.say(is_at_agent
                    ? fmt::format("{} is with the agent.", what_changed(change))
                    : fmt::format("{} is saved on this computer, because the agent does not answer. It is delivered by the "
                                  "next program that uses the spool, or by: stocktrayctl spool deliver",
                                  what_changed(change)));
    return ExitCode::good;
}

ExitCode run_submit(Session& session, const Options& options) {
    if (options.delta.has_value() == options.qoh.has_value())
        return session.fail(ExitCode::wrong_usage,
                            "Give either the pieces up or down, or --qoh with --qoh-version.");
    if (options.is_saved_here) return run_saved(session, options);
    const Change change = change_of(options);
    const auto result = session.insist(ipc::qoh::Submit{options.source, {change}});
    if (!result) {
        const ExitCode code = session.fail(result.error());
        if (code == ExitCode::no_answer)
            session.warn(
                fmt::format("Not known whether it was taken. Run the same again with --source {} --id {}: "
                            "that is safe.",
                            options.source, change.id));
        return code;
    }
    if (session.wants_json()) session.print_json(*result);
    if (!result->rejected.empty()) {
        if (!session.wants_json()) session.warn(printable(result->rejected.front().message));
        return ExitCode::refused;
    }
    const std::string what = what_changed(change);
    if (result->duplicates > 0)
        session.say(fmt::format("{} was known already: nothing was done.", what));
    else if (result->superseded > 0)
        session.say(fmt::format("{} is older than what is known: nothing was done.", what));
    else
        session.say(fmt::format("{} {}.", what, what_became_of(change)));
    return ExitCode::good;
}

void declare(Tree& tree, CLI::App& command, Options& options) {
    command.add_option("sku", options.sku, "The Order Manager's SKU")->required();
    command.add_option("pieces", options.delta, "Pieces up or down: -2, 10");
    choose<ipc::Reason>(tree, command.add_option("--reason", options.reason, "What happened")->required());
    command.add_option("--qoh", options.qoh, "The new count, instead of pieces up or down");
    command.add_option("--qoh-version", options.version,
                       "Grows with each change of the SKU; needed with --qoh");
    command.add_option("--expected", options.expected, "The count before; another one is a conflict");
    command.add_option("--origin-cart", options.origin_cart,
                       "The cart that has these pieces off its count already");
    command.add_option("--origin-listing", options.origin_listing, "Which of that store's SKUs");
    command.add_option("--order", options.order, "The store's order number, when a web order is the cause");
    command.add_option("--cursor", options.cursor, "The Get QOH item this answers (reason get_qoh)");
    command.add_option("--only-cart", options.only_carts, "Post to this cart only (may be repeated)")
        ->allow_extra_args(false);
    command.add_flag("--leave-qoh", options.leaves_book,
                     "Post it, but leave the Order Manager's count as it is");
    command.add_flag("--again", options.again,
                     "Offered again after the agent was restored: moves the count only");
    command.add_option("--reason-text", options.reason_text, "The shop's own reason");
    command.add_option("--by", options.by, "Who (default: the user)");
    command.add_option("--workstation", options.workstation, "Where (default: this computer)");
    command.add_option("--note", options.note, "Anything, for people");
    auto* source = command.add_option("--source", options.source, "Who counts")->capture_default_str();
    command
        .add_flag("--spool", options.is_saved_here,
                  "Save it on this computer first: it counts although the agent is away")
        ->excludes(source);
    command.add_option("--spool-file", options.spool, "Another spool than this user's")->type_name("FILE");
    command.add_option("--id", options.id, "The change's id (default: drawn at random)");
    command.footer(
        "A change that was acknowledged is on the disk. Without an answer it is asked again with the\n"
        "same id, which never counts twice. With --spool it is saved, and delivered in order when the agent\n"
        "answers again; --timeout is how long to wait for that now. Exit code 0: saved.\n\n"
        "Examples:\n"
        "  stocktrayctl submit SKU-0001 -2 --reason phone_order\n"
        "  stocktrayctl submit SKU-0001 100 --reason purchase_order_received --note 'PO 4711'\n"
        "  stocktrayctl submit SKU-0001 -1 --reason web_order_imported --origin-cart main --order 10023\n"
        "  stocktrayctl submit SKU-0001 -2 --reason phone_order --spool\n"
        "  stocktrayctl submit SKU-0001 --qoh 98 --qoh-version 5521 --reason adjustment");
}

}  // namespace

void add_submit(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "submit", "Tell the agent that a count changed in the Order Manager",
        [&tree](CLI::App& command, Options& options) { declare(tree, command, options); }, run_submit);
}

}  // namespace stocktray::ctl
