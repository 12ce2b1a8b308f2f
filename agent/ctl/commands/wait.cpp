#include <fmt/format.h>

#include <algorithm>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"
#include "agent/ctl/verdict.h"
#include "ipc/client/feed.h"
#include "ipc/messages/events.h"

namespace stocktray::ctl {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    bool is_for_confirmed{false};
    std::string cart;
    std::string within;
};

std::int64_t unconfirmed(const ipc::agent::CartStatus& cart) {
    return cart.queued + cart.sending + cart.uncertain + cart.rejected;
}

// The carts as the feed tells them.
class Carts {
public:
    explicit Carts(std::string only) : only_{std::move(only)} {}

    void take(const ipc::Feed::Item& item) {
        if (const auto* status = std::get_if<ipc::agent::StatusResult>(&item)) {
            carts_ = status->carts;
        } else if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item)) {
            if (const auto changed = event->as<ipc::events::StackChanged>()) put(*changed);
            if (const auto cart = event->as<ipc::events::CartChanged>(); cart && cart->deleted.value_or(false))
                std::erase_if(carts_, [&](const auto& one) { return one.cart == cart->cart; });
        }
    }
    [[nodiscard]] bool has(const std::string& cart) const {
        return std::ranges::any_of(carts_, [&](const auto& one) { return one.cart == cart; });
    }
    [[nodiscard]] std::int64_t left() const {
        std::int64_t posts = 0;
        for (const auto& cart : carts_) posts += counts(cart) ? unconfirmed(cart) : 0;
        return posts;
    }
    // All that is left waits for a person: waiting longer changes nothing.
    [[nodiscard]] bool waits_for_person() const {
        return left() > 0 && std::ranges::all_of(carts_, [&](const auto& cart) {
                   return !counts(cart) || unconfirmed(cart) == 0 || unconfirmed(cart) == cart.rejected ||
                          cart.waiting_for == ipc::WaitingFor::person;
               });
    }

private:
    [[nodiscard]] bool counts(const ipc::agent::CartStatus& cart) const {
        return only_.empty() || cart.cart == only_;
    }
    void put(const ipc::agent::CartStatus& changed) {
        const auto at = std::ranges::find(carts_, changed.cart, &ipc::agent::CartStatus::cart);
        if (at == carts_.end())
            carts_.push_back(changed);
        else
            *at = changed;
    }

    std::string only_;
    std::vector<ipc::agent::CartStatus> carts_;
};

ExitCode finish(Session& session, ExitCode code, std::int64_t left) {
    if (session.wants_json()) {
        ipc::Encoder to;
        ipc::write(to, ipc::Data{ipc::Data::Map{{"unconfirmed", left}}});
        session.print_json(std::string_view{to.take()});
    } else if (code == ExitCode::good) {
        session.say("Everything is confirmed.");
    } else {
        const auto posts = counted(left, "post is", "posts are");
        session.warn(code == ExitCode::behind ? fmt::format("{} not confirmed yet.", posts)
                                              : fmt::format("{} waiting for your decision.", posts));
    }
    return code;
}

ExitCode run_wait(Session& session, const Options& options) {
    if (!options.is_for_confirmed)
        return session.fail(ExitCode::wrong_usage, "Say what to wait for: --confirmed");
    auto deadline = Clock::time_point::max();
    if (!options.within.empty()) {
        const auto length = duration_ms(options.within);
        if (!length) return session.fail(ExitCode::wrong_usage, "--timeout wants 90s, 30m, 2h or 1d.");
        deadline = Clock::now() + std::chrono::milliseconds{*length};
    }
    auto feed = ipc::Feed::open({.endpoint = session.options.endpoint, .words = {"stack", "cart"}});
    if (!feed) return session.fail(feed.error());
    Carts carts{options.cart};
    std::optional<ipc::Error> lost =
        ipc::Error{ipc::Code::no_agent, "The agent cannot be reached.", std::nullopt};
    bool has_begun = false;
    for (;;) {
        const auto now = Clock::now();
        const auto left = std::min<Clock::duration>(deadline - now, std::chrono::hours{1});
        const auto item =
            feed->next(std::chrono::ceil<ipc::Feed::Duration>(std::max(left, Clock::duration{0})));
        // Where events are missing, statuses come in their place.
        if (item && !std::holds_alternative<ipc::EventsMissing>(*item)) {
            const auto* gone = std::get_if<ipc::AgentLost>(&*item);
            if (gone && !has_begun) return session.fail(gone->why);
            lost = gone ? std::optional{gone->why} : std::nullopt;
            has_begun = true;
            carts.take(*item);
            if (!lost && !options.cart.empty() && !carts.has(options.cart))
                return session.fail(
                    {ipc::Code::not_found, fmt::format("There is no cart {}.", options.cart), {}});
            if (!lost && carts.left() == 0) return finish(session, ExitCode::good, 0);
            if (!lost && carts.waits_for_person())
                return finish(session, ExitCode::person_needed, carts.left());
        }
        if (Clock::now() >= deadline)
            return lost ? session.fail(*lost) : finish(session, ExitCode::behind, carts.left());
    }
}

}  // namespace

void add_wait(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "wait", "Wait until all stores have followed",
        [](CLI::App& command, Options& options) {
            command.add_flag("--confirmed", options.is_for_confirmed, "Until nothing is unconfirmed");
            command.add_option("--cart", options.cart, "Look at this cart only");
            command.add_option("--timeout", options.within, "Give up after 90s, 30m, 2h …");
        },
        run_wait)
        ->footer(
            "Exit code: 0 everything is confirmed, 1 not within --timeout, 2 what is left waits for a\n"
            "person, 3 no agent.\n\n"
            "Examples:\n"
            "  stocktrayctl wait --confirmed --timeout 2m && echo 'both sides are equal'");
}

}  // namespace stocktray::ctl
