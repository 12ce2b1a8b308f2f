#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "agent/ctl/platform/console.h"

namespace stocktray::ctl {
namespace {

int descriptor_of(Stream stream) {
    return stream == Stream::in ? STDIN_FILENO : stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
}

}  // namespace

std::vector<std::string> begin_program(int count, char** arguments) {
    std::signal(SIGPIPE, SIG_DFL);  // `stocktrayctl watch | head` ends quietly
    return {arguments + 1, arguments + count};
}

bool is_console(Stream stream) { return ::isatty(descriptor_of(stream)) == 1; }

std::size_t console_columns(Stream stream) {
    winsize size{};
    return ::ioctl(descriptor_of(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct HiddenInput::State {
    int terminal;
    termios before{};
};

std::optional<HiddenInput> HiddenInput::open() {
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) return std::nullopt;
    auto* state = new State{.terminal = terminal};
    ::tcgetattr(terminal, &state->before);
    termios quiet = state->before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal, TCSAFLUSH, &quiet);
    return HiddenInput{state};
}

HiddenInput::HiddenInput(HiddenInput&& other) noexcept : state_{std::exchange(other.state_, nullptr)} {}

HiddenInput::~HiddenInput() {
    if (!state_) return;
    ::tcsetattr(state_->terminal, TCSAFLUSH, &state_->before);
    ::close(state_->terminal);
    delete state_;
}

void HiddenInput::write(std::string_view text) const {
    [[maybe_unused]] const ssize_t written = ::write(state_->terminal, text.data(), text.size());
}

tl::expected<ipc::Secret, std::string> HiddenInput::read_line(std::size_t longest) const {
    return ctl::read_line(state_->terminal, longest);
}

}  // namespace stocktray::ctl
