#include "ipc/messages/stack.h"

#include <fmt/format.h>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/stack_view.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

namespace stack = ipc::stack;

struct Chosen {
    std::vector<std::int64_t> posts;
    std::string cart;
    std::string reason;
    std::string pause_for;
    std::string pause_until;
};
struct Decision {
    std::optional<std::int64_t> post{};
    bool is_applied{false};
    bool is_not_applied{false};
    std::string cart;
    bool accepts_proposals{false};
    std::string reason;
};

constexpr std::string_view paused = "paused";
constexpr std::string_view resumed = "resumed";

bool is_one_of_both(const Chosen& chosen) {
    return chosen.posts.empty() != chosen.cart.empty();
}

template <class Request>
Request selecting(const Chosen& chosen) {
    Request request;
    request.posts = given(chosen.posts);
    request.cart = given(chosen.cart);
    return request;
}

template <class Request>
ExitCode touch(Session& session, Request request, std::string_view done) {
    // A cart is paused though nothing waits for it now.
    const auto cart = request.cart.value_or("");
    const auto result = session.change(std::move(request));
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    if (cart.empty() || (done != paused && done != resumed))
        session.say(fmt::format("{} {}.", counted(result->posts, "post", "posts"), done));
    else
        session.say(fmt::format("The cart {} is {}; {} for it now.", printable(cart), done,
                                counted(result->posts, "post waits", "posts wait")));
    return ExitCode::good;
}

ExitCode without_choice(Session& session) {
    return session.fail(ExitCode::wrong_usage, "Name posts by their numbers, or a cart with --cart.");
}

ExitCode run_retry(Session& session, const Chosen& chosen) {
    if (!is_one_of_both(chosen)) return without_choice(session);
    return touch(session, selecting<stack::Retry>(chosen), "tried again");
}

ExitCode run_cancel(Session& session, const Chosen& chosen) {
    if (!is_one_of_both(chosen)) return without_choice(session);
    auto request = selecting<stack::Cancel>(chosen);
    request.reason = chosen.reason;
    return touch(session, std::move(request), "cancelled");
}

ExitCode run_pause(Session& session, const Chosen& chosen) {
    if (!is_one_of_both(chosen)) return without_choice(session);
    auto request = selecting<stack::Pause>(chosen);
    if (!chosen.pause_for.empty()) {
        const auto length = duration_ms(chosen.pause_for);
        if (!length) return session.fail(ExitCode::wrong_usage, "--for wants 90s, 30m, 2h or 1d.");
        request.until = now_ms() + *length;
    } else if (!chosen.pause_until.empty()) {
        request.until = moment_ms(chosen.pause_until, now_ms());
        if (!request.until)
            return session.fail(ExitCode::wrong_usage,
                                "--until wants HH:MM or YYYY-MM-DD HH:MM, in local time.");
    }
    return touch(session, std::move(request), paused);
}

ExitCode run_resume(Session& session, const Chosen& chosen) {
    if (!is_one_of_both(chosen)) return without_choice(session);
    return touch(session, selecting<stack::Resume>(chosen), resumed);
}

ExitCode run_resolve(Session& session, const Decision& decision) {
    const bool is_for_post =
        decision.post && decision.is_applied != decision.is_not_applied && decision.cart.empty();
    const bool is_for_cart = !decision.post && !decision.cart.empty() && decision.accepts_proposals;
    if (is_for_post == is_for_cart)
        return session.fail(ExitCode::wrong_usage,
                            "Give a post with --applied or --not-applied, or --cart with "
                            "--accept-proposals.");
    stack::Resolve request{.post = decision.post, .cart = given(decision.cart), .reason = decision.reason};
    if (is_for_post) request.applied = decision.is_applied;
    if (is_for_cart) request.accept_proposals = true;
    return touch(session, std::move(request), "decided");
}

void declare_choice(CLI::App& command, Chosen& chosen) {
    command.add_option("posts", chosen.posts, "Numbers of posts, as stack list shows them");
    command.add_option("--cart", chosen.cart, "All of this cart");
}

void add_choice_commands(Tree& tree, CLI::App& nouns) {
    add_command<Chosen>(tree, nouns, "retry", "Try posts again now", declare_choice, run_retry)
        ->footer("Examples:\n  stocktrayctl stack retry --cart main\n  stocktrayctl stack retry 4711 4712");
    add_command<Chosen>(
        tree, nouns, "cancel", "Give posts up: the counts then differ by as much",
        [](CLI::App& command, Chosen& chosen) {
            declare_choice(command, chosen);
            command.add_option("--reason", chosen.reason, "Why; kept in the history")->required();
        },
        run_cancel)
        ->footer(
            "Mostly the better way is to fix the cart and let the posts go out.\n\n"
            "Examples:\n  stocktrayctl stack cancel 4711 --reason 'counted by hand at the store'");
    add_command<Chosen>(
        tree, nouns, "pause", "Hold posts back; changes are still accepted",
        [](CLI::App& command, Chosen& chosen) {
            declare_choice(command, chosen);
            auto* length = command.add_option("--for", chosen.pause_for, "90s, 30m, 2h, 1d");
            command.add_option("--until", chosen.pause_until, "HH:MM or YYYY-MM-DD HH:MM")->excludes(length);
        },
        run_pause)
        ->footer(
            "Examples:\n  stocktrayctl stack pause --cart main --for 30m\n"
            "  stocktrayctl stack pause --cart main --until '2026-12-01 06:00'");
    add_command<Chosen>(tree, nouns, "resume", "Go on: one net change per SKU goes out", declare_choice,
                        run_resume)
        ->footer("Examples:\n  stocktrayctl stack resume --cart main");
}

void add_resolve(Tree& tree, CLI::App& nouns) {
    add_command<Decision>(
        tree, nouns, "resolve", "Decide what is not known",
        [](CLI::App& command, Decision& decision) {
            command.add_option("post", decision.post, "The uncertain post");
            auto* yes = command.add_flag("--applied", decision.is_applied, "The store has it");
            command
                .add_flag("--not-applied", decision.is_not_applied, "The store has it not: it is sent again")
                ->excludes(yes);
            command.add_option("--cart", decision.cart, "All parked posts of this cart");
            command.add_flag("--accept-proposals", decision.accepts_proposals, "As their counts propose");
            command.add_option("--reason", decision.reason, "Why; kept in the history")->required();
        },
        run_resolve)
        ->footer(
            "Examples:\n"
            "  stocktrayctl stack resolve 4711 --applied --reason 'seen in the store'\n"
            "  stocktrayctl stack resolve --cart main --accept-proposals --reason 'checked 3 of them'");
}

}  // namespace

void add_stack(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("stack", "The post stack: what still has to reach a store");
    nouns.require_subcommand(1);
    add_stack_list(tree, nouns);
    add_stack_shape(tree, nouns);
    add_choice_commands(tree, nouns);
    add_resolve(tree, nouns);
}

}  // namespace stocktray::ctl
