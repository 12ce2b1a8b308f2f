#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

#include <array>
#include <filesystem>
#include <utility>

#include "agent/ctl/platform/console.h"
#include "ipc/path_text.h"

namespace stocktray::ctl {
namespace {

HANDLE handle_of(Stream stream) {
    return ::GetStdHandle(stream == Stream::in ? STD_INPUT_HANDLE : stream == Stream::out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

// Gives the console its ways back when the program ends: they are the window's, not ours.
class ConsoleWays {
public:
    ConsoleWays() : page_{::GetConsoleOutputCP()} {
        ::SetConsoleOutputCP(CP_UTF8);
        for (const auto stream : {Stream::out, Stream::err}) {
            DWORD mode = 0;
            if (::GetConsoleMode(handle_of(stream), &mode))
                ::SetConsoleMode(handle_of(stream), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);  // colours
        }
    }
    ~ConsoleWays() { ::SetConsoleOutputCP(page_); }
    ConsoleWays(const ConsoleWays&) = delete;
    ConsoleWays& operator=(const ConsoleWays&) = delete;

private:
    UINT page_;
};

}  // namespace

std::vector<std::string> begin_program(int, char**) {
    static const ConsoleWays until_the_end;
    for (const int descriptor : {0, 1, 2}) ::_setmode(descriptor, _O_BINARY);
    // Those of `main` have lost what the code page does not have.
    int count = 0;
    wchar_t** words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
    std::vector<std::string> arguments;
    for (int i = 1; i < count; ++i) {
        const auto text = std::filesystem::path{words[i]}.u8string();
        arguments.emplace_back(text.begin(), text.end());
    }
    ::LocalFree(words);
    return arguments;
}

bool is_console(Stream stream) {
    DWORD mode = 0;
    return ::GetConsoleMode(handle_of(stream), &mode) != 0;
}

std::size_t console_columns(Stream stream) {
    CONSOLE_SCREEN_BUFFER_INFO about{};
    if (!::GetConsoleScreenBufferInfo(handle_of(stream), &about)) return 0;
    return static_cast<std::size_t>(about.srWindow.Right - about.srWindow.Left + 1);
}

struct HiddenInput::State {
    HANDLE keys;
    HANDLE screen;
    DWORD before{0};
};

std::optional<HiddenInput> HiddenInput::open() {
    const auto opened = [](const wchar_t* name) {
        return ::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
    };
    State state{.keys = opened(L"CONIN$"), .screen = opened(L"CONOUT$")};
    if (state.keys == INVALID_HANDLE_VALUE || state.screen == INVALID_HANDLE_VALUE || !::GetConsoleMode(state.keys, &state.before)) {
        for (const HANDLE one : {state.keys, state.screen})
            if (one != INVALID_HANDLE_VALUE) ::CloseHandle(one);
        return std::nullopt;
    }
    ::SetConsoleMode(state.keys, (state.before | ENABLE_LINE_INPUT) & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
    return HiddenInput{new State{state}};
}

HiddenInput::HiddenInput(HiddenInput&& other) noexcept : state_{std::exchange(other.state_, nullptr)} {}

HiddenInput::~HiddenInput() {
    if (!state_) return;
    ::SetConsoleMode(state_->keys, state_->before);
    ::CloseHandle(state_->keys);
    ::CloseHandle(state_->screen);
    delete state_;
}

void HiddenInput::write(std::string_view text) const {
    const std::wstring wide = ipc::path_of(text).wstring();
    DWORD written = 0;
    ::WriteConsoleW(state_->screen, wide.data(), static_cast<DWORD>(wide.size()), &written, nullptr);
}

tl::expected<ipc::Secret, std::string> HiddenInput::read_line(std::size_t longest) const {
    std::array<wchar_t, 1'024> typed{};
    DWORD count = 0;
    if (!::ReadConsoleW(state_->keys, typed.data(), typed.size(), &count, nullptr))
        return tl::unexpected{std::string{"The keyboard cannot be read."}};
    while (count > 0 && (typed[count - 1] == L'\n' || typed[count - 1] == L'\r')) --count;
    std::array<char, 4 * 1'024> bytes{};
    const int size = count == 0 ? 0
                                : ::WideCharToMultiByte(CP_UTF8, 0, typed.data(), static_cast<int>(count), bytes.data(),
                                                        static_cast<int>(bytes.size()), nullptr, nullptr);
    const ipc::Secret secret{std::string_view{bytes.data(), static_cast<std::size_t>(size)}};
    ::SecureZeroMemory(typed.data(), sizeof typed);
    ::SecureZeroMemory(bytes.data(), sizeof bytes);
    if (secret.reveal().size() > longest) return tl::unexpected{"The password is longer than " + std::to_string(longest) + " bytes."};
    return secret;
}

}  // namespace stocktray::ctl
