// How a cart stands: what the picture of one cart and of all of them is made of. Internal to present.
#pragma once
#include "tray/model/present.h"

namespace stocktray::tray {

// Posts that are not confirmed, whatever they wait for.
[[nodiscard]] std::int64_t unconfirmed(const ipc::agent::CartStatus& cart);

// False: nothing is posted to it, and it says nothing about the counts.
[[nodiscard]] bool takes_part(const ipc::agent::CartStatus& cart);

// How bad an alert makes its cart look.
[[nodiscard]] IconState state_of_alert(const ipc::alerts::Alert& alert);

// What needs a look at a cart whose store answers as it should; empty: nothing, or the store does not.
[[nodiscard]] std::string other_trouble(const AgentMirror& mirror, const MirroredCart& cart);

// "3 posts are on their way."
[[nodiscard]] std::string posts_words(std::int64_t posts);

}  // namespace stocktray::tray
