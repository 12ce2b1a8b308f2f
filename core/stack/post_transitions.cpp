#include "core/stack/post_transitions.h"

#include <algorithm>
#include <array>

namespace stocktray::stack {
namespace {

constexpr std::array transitions{
    Transition{State::queued, On::sent, State::sending},
    Transition{State::queued, On::switched_off, State::folded},
    Transition{State::queued, On::cancels_out, State::folded},
    Transition{State::queued, On::agent_restored, State::uncertain},
    Transition{State::queued, On::cancelled, State::cancelled},
    Transition{State::sending, On::applied, State::confirmed},
    Transition{State::sending, On::refused, State::queued},
    Transition{State::sending, On::sku_refused, State::rejected},
    Transition{State::sending, On::unclear, State::uncertain},
    Transition{State::sending, On::found_at_start, State::uncertain},
    Transition{State::uncertain, On::verified_applied, State::confirmed},
    Transition{State::uncertain, On::verified_not_applied, State::queued},
    Transition{State::uncertain, On::verified_sku_refused, State::rejected},
    Transition{State::uncertain, On::gap_sent, State::settled},
    Transition{State::uncertain, On::cancelled, State::cancelled},
    Transition{State::rejected, On::retried, State::queued},
    Transition{State::rejected, On::gap_sent, State::settled},
    Transition{State::rejected, On::agent_restored, State::uncertain},
    Transition{State::rejected, On::cancelled, State::cancelled},
};

struct StateWord {
    State state;
    std::string_view word;
};
constexpr std::array state_words{
    StateWord{State::queued, "queued"},       StateWord{State::sending, "sending"},
    StateWord{State::uncertain, "uncertain"}, StateWord{State::rejected, "rejected"},
    StateWord{State::confirmed, "confirmed"}, StateWord{State::settled, "settled"},
    StateWord{State::folded, "folded"},       StateWord{State::cancelled, "cancelled"},
};

}  // namespace

std::string_view to_string(State state) noexcept {
    return std::ranges::find(state_words, state, &StateWord::state)->word;
}

std::optional<State> state_from(std::string_view word) noexcept {
    const auto found = std::ranges::find(state_words, word, &StateWord::word);
    return found == state_words.end() ? std::nullopt : std::optional{found->state};
}

std::string_view to_string(Proposal proposal) noexcept {
    return proposal == Proposal::applied ? "applied" : "not_applied";
}

std::string_view to_string(Doubt doubt) noexcept {
    switch (doubt) {
        case Doubt::none: return "";
        case Doubt::open: return "open";
        case Doubt::key: return "key";
        case Doubt::gap: return "gap";
        case Doubt::person: return "person";
    }
    return "";
}

Doubt doubt_from(std::string_view word) noexcept {
    for (const auto doubt : {Doubt::open, Doubt::key, Doubt::gap, Doubt::person})
        if (to_string(doubt) == word) return doubt;
    return Doubt::none;
}

std::string_view to_string(WaitingFor waiting) noexcept {
    switch (waiting) {
        case WaitingFor::retry_timer: return "retry_timer";
        case WaitingFor::circuit_open: return "circuit_open";
        case WaitingFor::credentials: return "credentials";
        case WaitingFor::paused: return "paused";
        case WaitingFor::earlier_post: return "earlier_post";
        case WaitingFor::free_connection: return "free_connection";
        case WaitingFor::settling: return "settling";
        case WaitingFor::verification: return "verification";
        case WaitingFor::order_import: return "order_import";
        case WaitingFor::restored: return "restored";
        case WaitingFor::person: return "person";
    }
    return "";
}

std::string_view to_string(On event) noexcept {
    switch (event) {
        case On::sent: return "sent";
        case On::applied: return "applied";
        case On::refused: return "refused";
        case On::sku_refused: return "SKU refused";
        case On::unclear: return "unclear";
        case On::found_at_start: return "found at start";
        case On::verified_applied: return "verified: applied";
        case On::verified_not_applied: return "verified: not applied";
        case On::verified_sku_refused: return "verified: SKU refused";
        case On::gap_sent: return "its gap was sent";
        case On::switched_off: return "switched off";
        case On::cancels_out: return "changes cancel out";
        case On::agent_restored: return "agent restored";
        case On::retried: return "retried by a person";
        case On::cancelled: return "cancelled by a person";
    }
    return "";
}

std::span<const Transition> post_transitions() noexcept { return transitions; }

std::optional<State> next_state(State from, On on) noexcept {
    const auto found = std::ranges::find_if(
        transitions, [&](const Transition& row) { return row.from == from && row.on == on; });
    return found == transitions.end() ? std::nullopt : std::optional{found->to};
}

std::string transitions_diagram() {
    std::string text = "stateDiagram-v2\n    [*] --> queued: a change is accepted\n";
    for (const auto& row : transitions) {
        text += "    ";
        text += to_string(row.from);
        text += " --> ";
        text += to_string(row.to);
        text += ": ";
        text += to_string(row.on);
        text += '\n';
    }
    for (const auto last : {State::confirmed, State::settled, State::folded, State::cancelled}) {
        text += "    ";
        text += to_string(last);
        text += " --> [*]\n";
    }
    return text;
}

}  // namespace stocktray::stack
