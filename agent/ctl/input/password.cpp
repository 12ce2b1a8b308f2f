#include "agent/ctl/input/password.h"

#include <fmt/format.h>

#include "agent/ctl/input/keyring.h"
#include "agent/ctl/platform/console.h"

namespace stocktray::ctl {
namespace {

using Read = tl::expected<ipc::Secret, std::string>;

constexpr std::size_t longest = 255;

Read ask(const std::string& cart) {
    const auto console = HiddenInput::open();
    if (!console)
        return tl::unexpected<std::string>{
            "There is no terminal to ask for the password. Use --password-fd N or "
            "--password-keyring."};
    console->write(fmt::format("Password for {}: ", cart));
    Read first = console->read_line(longest);
    console->write("\nRe-enter Password: ");
    Read second = first ? console->read_line(longest) : first;
    console->write("\n");
    if (!first) return first;
    if (!second) return second;
    if (!(*first == *second))
        return tl::unexpected{std::string{"The two passwords differ. Nothing was changed."}};
    return first;
}

}  // namespace

tl::expected<std::optional<ipc::Secret>, std::string> read_password(const PasswordSource& source,
                                                                    const std::string& cart) {
    Read secret = tl::unexpected{std::string{}};
    if (source.descriptor >= 0)
        secret = read_line(source.descriptor, longest);
    else if (source.from_keyring)
        secret = password_in_keyring(cart);
    else if (source.is_asked_for)
        secret = ask(cart);
    else
        return std::nullopt;
    if (!secret) return tl::unexpected{std::move(secret.error())};
    return std::move(*secret);
}

}  // namespace stocktray::ctl
