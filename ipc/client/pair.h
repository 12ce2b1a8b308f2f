// Making this computer a client of a shared agent.
#pragma once
#include <chrono>
#include <string>

#include "ipc/error.h"
#include "ipc/keys/pairing.h"
#include "ipc/messages/keys.h"

namespace stocktray::ipc {

// With its token the pairing string gives a role at once; without it somebody at the agent's computer has to agree.
enum class Admittance { by_token, by_approval };

// Draws this user's key unless there is one for this agent, hands it in over a connection that only the agent with
// the string's key can have, and remembers the agent in the profile (`default_profile`), which every program of this
// user then uses. Until the agent has answered nothing is remembered. Waits up to `patience` for the connection and
// as long again for the answer; may be called again after any error, and is safe then. Errors: `no_agent`,
// `no_answer`, `unauthorized` (with the reason), `storage` (the profile cannot be written).
[[nodiscard]] Expected<keys::PairResult> pair_with(const Pairing& pairing, Admittance admittance,
                                                   const std::string& name, std::chrono::milliseconds patience);

// What this user is called at the agent unless told: "ann@till-2".
[[nodiscard]] std::string own_name();

}  // namespace stocktray::ipc
