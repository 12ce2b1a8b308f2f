// What has happened, as a sentence: one for what, one for what to do.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "ipc/client/event_stream.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/stack.h"

namespace stocktray::ctl {

// Carts are called by their names once these are known.
class CartNames {
public:
    void learn(const ipc::agent::StatusResult& status);
    void learn(std::string_view cart, std::string_view name);

    // Printable; the id where the name is not known.
    [[nodiscard]] std::string of(std::string_view cart) const;

private:
    std::map<std::string, std::string, std::less<>> names_;
};

// "Main Store has not followed for 2 min. Its script answers with an error page (404): check the Script URL."
[[nodiscard]] std::string sentence(const ipc::agent::CartStatus& cart);

// Of a cart whose counts nobody has compared since it is synchronized: that, and the commands that do it.
[[nodiscard]] std::string unaligned_sentence(const ipc::agent::CartStatus& cart);

// "Not known whether SKU 1234-Red was changed by −2 at Main Store. Checking with the store."
[[nodiscard]] std::string sentence(const ipc::stack::Post& post, const CartNames& names);

[[nodiscard]] std::string sentence(const ipc::alerts::Alert& alert);

// Any event; learns the carts' names on the way. Empty: nothing a person would want to read.
[[nodiscard]] std::string sentence(const ipc::ReceivedEvent& event, CartNames& names);

}  // namespace stocktray::ctl
