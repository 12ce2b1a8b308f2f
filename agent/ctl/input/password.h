// Where a cart's password comes from: a person at the keyboard, a descriptor that the caller opened, or the
// desktop's keyring. Never an argument: those can be read by everybody on the machine.
#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "ipc/secret.h"

namespace stocktray::ctl {

struct PasswordSource {
    int descriptor{-1};        // --password-fd: its first line
    bool from_keyring{false};  // --password-keyring: the item with service=stocktray and cart=<id>
    bool is_asked_for{false};  // at the keyboard, without echo
};

// None: no source was named. The error is a sentence.
[[nodiscard]] tl::expected<std::optional<ipc::Secret>, std::string> read_password(
    const PasswordSource& source, const std::string& cart);

}  // namespace stocktray::ctl
