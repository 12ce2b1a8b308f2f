#include "tray/commands/commands.h"

#include <utility>

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t minute = 60'000;
constexpr auto bundle_within = std::chrono::seconds{120};

}  // namespace

Commands::Commands(Conversation conversation, const AgentMirror& mirror, Questions& questions,
                   Surroundings surroundings)
    : mirror_{mirror},
      questions_{questions},
      surroundings_{std::move(surroundings)},
      conversation_{std::move(conversation)} {}

template <ipc::Request T>
void Commands::send(const T& request) {
    conversation_.ask(request, [this](auto answer) {
        if (!answer)
            questions_.complain(tr("This did not work."), translated_sentence(answer.error().message));
    });
}

void Commands::synch_qoh(bool is_on) {
    if (!is_on &&
        !questions_.confirm(
            tr("Turn QOH synchronization off for all carts?"),
            tr("Changes of counts are then no longer posted to any store. Posts that were never sent are "
               "closed; when it is turned on again, the differences are found by a comparison."),
            tr("&Turn Off")))
        return;
    send(ipc::parameters::Set{.parameters = {{"SynchQOH", is_on}}});
}

void Commands::synchronize(const Command& command) {
    const auto* cart = mirror_.find_cart(command.cart);
    const bool has_posts = cart && cart->status.queued + cart->status.sending + cart->status.uncertain > 0;
    if (!command.is_on && has_posts &&
        !questions_.confirm(
            say(tr("Stop synchronizing {cart}?"), fmt::arg("cart", mirror_.name_of(command.cart))),
            tr("Posts that were never sent to it are closed, and its counts will differ by as much until the "
               "next "
               "comparison."),
            tr("&Stop Synchronizing")))
        return;
    ipc::carts::Update update;
    update.cart = command.cart;
    update.synchronize_inventory = command.is_on;
    send(update);
}

void Commands::pause(const Command& command) {
    const auto now = surroundings_.now();
    std::optional<std::int64_t> until = command.number == 0 ? tomorrow_at(now, 8) : now - command.number;
    if (command.id == CommandId::pause_until_a_time)
        until = questions_.ask_time(
            say(tr("Pause {cart} until:"), fmt::arg("cart", mirror_.name_of(command.cart))),
            (now / minute + 60) * minute);
    if (!until) return;
    ipc::stack::Pause pause;
    pause.cart = command.cart;
    pause.until = *until;
    send(pause);
}

void Commands::save_bundle() {
    conversation_.ask(
        ipc::agent::Diagnostics{},
        [this](ipc::Expected<ipc::agent::DiagnosticsResult> answer) {
            if (!answer)
                return questions_.complain(tr("The support bundle could not be written."),
                                           translated_sentence(answer.error().message));
            questions_.tell(tr("The support bundle was saved."),
                            say(tr("{path}\n\nIt holds no passwords and no customers' data."),
                                fmt::arg("path", answer->path)));
        },
        bundle_within);
}

void Commands::run(const Command& command) {
    switch (command.id) {
        case CommandId::none:
            return;
        case CommandId::open_overview:
        case CommandId::open_stack:
        case CommandId::open_carts:
        case CommandId::open_get_qoh:
        case CommandId::open_send_qoh:
        case CommandId::open_compare:
        case CommandId::open_changes:
        case CommandId::open_history:
        case CommandId::open_explain:
        case CommandId::open_problems:
        case CommandId::open_settings:
        case CommandId::open_report:
        case CommandId::open_about:
        case CommandId::open_wizard:
        case CommandId::open_sharing:
        case CommandId::open_way_in:
            surroundings_.open_window(command);
            return;
        case CommandId::open_guide:
            if (const auto page = surroundings_.guide_page(command.text); !page.empty())
                return surroundings_.browse(page);
            return questions_.complain(
                tr("The guide is not there."),
                tr("It lies beside the program; install Stocktray again to have it back."));
        case CommandId::open_store:
            return surroundings_.browse(command.text);
        case CommandId::synchronize_inventory:
            return synchronize(command);
        case CommandId::synch_qoh:
            return synch_qoh(command.is_on);
        case CommandId::pause_for:
        case CommandId::pause_until_a_time:
            return pause(command);
        case CommandId::resume: {
            ipc::stack::Resume resume;
            resume.cart = command.cart;
            return send(resume);
        }
        case CommandId::retry: {
            ipc::stack::Retry retry;
            retry.cart = command.cart;
            return send(retry);
        }
        case CommandId::accept_store:
            if (questions_.confirm(say(tr("Go on with {cart} as it is now?"),
                                       fmt::arg("cart", mirror_.name_of(command.cart))),
                                   tr("What was forgotten is not sent again by itself: compare the counts afterwards, and put what "
                                      "differs right by Send QOH. If the agent was restored from a backup, let the Order Manager "
                                      "send its whole count first."),
                                   tr("&Go On")))
                send(ipc::carts::AcceptStore{.cart = command.cart});
            return;
        case CommandId::take_over_store:
            if (questions_.confirm(
                    say(tr("Let this agent take {cart} over?"),
                        fmt::arg("cart", mirror_.name_of(command.cart))),
                    tr("The store follows another agent now. That one's posts are refused from then on."),
                    tr("&Take Over")))
                send(ipc::carts::Takeover{.cart = command.cart});
            return;
        case CommandId::dismiss_alert:
            return send(ipc::alerts::Dismiss{.alert = command.text});
        case CommandId::save_bundle:
            return save_bundle();
        case CommandId::start_agent:
            if (const auto why = surroundings_.start_agent(); !why.empty())
                questions_.complain(tr("The agent could not be started."), why);
            return;
        case CommandId::quit:
            if (mirror_.contact() != Contact::here ||
                questions_.confirm(tr("Quit Stocktray?"),
                                   tr("Synchronization goes on without it: the agent keeps working. Only "
                                      "nobody will tell you here when "
                                      "something needs you."),
                                   tr("&Quit")))
                surroundings_.quit();
            return;
    }
}

}  // namespace stocktray::tray
