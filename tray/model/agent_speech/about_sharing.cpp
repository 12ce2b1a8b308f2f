// What is said of an agent that several computers share.
#include <array>

#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/words.h"

namespace stocktray::tray {

std::span<const char* const> sentences_about_sharing() noexcept {
    static constexpr std::array sentences{
        mark("an administrator"),
        mark("an operator"),
        mark("an Order Manager"),
        mark("a viewer"),
        mark("Cancelling and deciding posts"),
        mark("Cancelling posts"),
        mark("Changing settings"),
        mark("Collecting a report on the agent"),
        mark("Deciding who may use the agent"),
        mark("Dismissing problems"),
        mark("Ending the agent"),
        mark("Get QOH and Send QOH"),
        mark("Handing over the whole count"),
        mark("Leaving a difference as it is"),
        mark("Retrying and pausing posts"),
        mark("Setting up and changing carts"),
        mark("Taking over what Get QOH found"),
        mark("Telling of changed counts"),
        mark("Telling of imported web orders"),
        mark("Telling of problems"),
        mark("Testing a cart"),
        mark("A pairing string was made for one more computer: {}."),
        mark("Asks to use this agent: {}."),
        mark("Behind {} there are not enough ports."),
        mark("End the program that holds the port, or choose another one with the parameter LanAddress."),
        mark("Give one of the roles viewer, operator, order_manager and admin. To take a computer's rights away, "
             "revoke it."),
        mark("Let it in or turn it away: Shared Agent in the menu of Stocktray's icon."),
        mark("No agent with the key of this pairing string answers at {}:{}. Is its computer on, is this one in the same "
             "network, and does no firewall close the ports {} and {}?"),
        mark("Other computers cannot reach the agent yet. Set the parameter LanAddress first, for example to *:5770 for all "
             "addresses of this computer."),
        mark("Other computers cannot reach the agent. {}"),
        mark("Other computers cannot reach the agent: {}"),
        mark("Set the clocks of both computers right, with date and time zone. Until then changes from there reach the "
             "stores, but Stocktray's own count may be wrong until the next snapshot."),
        mark("The agent has a new key; the one before is accepted for a day."),
        mark("The agent has a new key; the one before is not accepted any more."),
        mark("The agent has no key yet: it gets one when LanAddress is set."),
        mark("The agent's key was renewed less than a day ago, and workstations that have not come by since know only the "
             "one before. Wait until that has ended; if a key was stolen, renew it at once and pair all workstations again."),
        mark("The agent's keys in {} cannot be read. Bring the file back from a copy, or remove it and pair all "
             "workstations again."),
        mark("The clock of {} is {} minutes ahead of the agent's."),
        mark("The clock of {} is {} minutes behind the agent's."),
        mark("There is no computer with the key {}."),
        mark("This computer is not known to the agent, or is not allowed any more. Ask whoever looks after the agent's "
             "computer for a pairing string."),
        mark("This computer is {} for the agent. {}: only for an administrator. Whoever looks after the agent's computer can "
             "change that."),
        mark("This computer is {} for the agent. {}: only for {} and above. Whoever looks after the agent's computer can "
             "change that."),
        mark("This is no whole pairing string: {}. Copy it again from the agent's computer, from 'stocktray-pair:' to its "
             "end."),
        mark("This pairing string is not good any more: each is good once, for ten minutes, and for this run of the agent. "
             "Let the agent's computer show a new one."),
        mark("This program is on the agent's own computer and needs no pairing: it is for other computers."),
        mark("Too many computers are waiting to be let in. Whoever looks after the agent's computer has to answer those "
             "first."),
        mark("it does not begin with 'stocktray-pair:'"),
        mark("its last part is not complete"),
        mark("the address in it is missing"),
        mark("the agent's key in it is not complete"),
        mark("the port in it is no number"),
        mark("{} asks to use this agent."),
        mark("{} has a role already. To change it, set its role."),
        mark("{} is barred for this computer. Whoever looks after the agent's computer can change that."),
        mark("{} may not use this agent any more."),
        mark("{} may use this agent: {}."),
        mark("{} must be ADDRESS:PORT, as *:5770 for all addresses of this computer, or empty for none."),
        mark("{} only asks to be let in. Approve it first."),
    };
    return sentences;
}

}  // namespace stocktray::tray
