#include "agent/ctl/input/password.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "agent/ctl/input/keyring.h"

namespace stocktray::ctl {
namespace {

using Read = tl::expected<ipc::Secret, std::string>;

constexpr std::size_t longest = 255;

// Byte by byte: what lies behind the line belongs to somebody else.
Read read_line(int descriptor) {
    std::string line;
    line.reserve(longest + 1);  // no copies of it are left behind by growing
    char c = 0;
    ssize_t got = 0;
    while ((got = ::read(descriptor, &c, 1)) == 1 || (got < 0 && errno == EINTR)) {
        if (got < 0) continue;
        if (c == '\n') break;
        if (line.size() == longest)
            return tl::unexpected{std::string{"The password is longer than 255 bytes."}};
        line += c;
    }
    if (got < 0) return tl::unexpected{fmt::format("Descriptor {} cannot be read.", descriptor)};
    if (line.ends_with('\r')) line.pop_back();
    ipc::Secret secret{line};
    volatile char* at = line.data();
    for (std::size_t i = 0; i < line.size(); ++i) at[i] = '\0';
    return secret;
}

// The terminal without echo, until it goes.
class Quiet {
public:
    explicit Quiet(int terminal) : terminal_{terminal} {
        ::tcgetattr(terminal_, &before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal_, TCSAFLUSH, &quiet);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }

private:
    int terminal_;
    termios before_{};
};

void write_text(int terminal, std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(terminal, text.data(), text.size());
}

Read ask(const std::string& cart) {
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return tl::unexpected<std::string>{
            "There is no terminal to ask for the password. Use --password-fd N or "
            "--password-keyring."};
    Read first = tl::unexpected{std::string{}};
    Read second = first;
    {
        const Quiet quiet{terminal};
        write_text(terminal, fmt::format("Password for {}: ", cart));
        first = read_line(terminal);
        write_text(terminal, "\nRe-enter Password: ");
        if (first) second = read_line(terminal);
        write_text(terminal, "\n");
    }
    ::close(terminal);
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
        secret = read_line(source.descriptor);
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
