// A mutex of this session by a name, and a window that nobody sees, which a second start sends its wish to.
#include <windows.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "tray/model/words.h"
#include "tray/platform/single_instance.h"

namespace stocktray::tray {
namespace {

using namespace std::chrono_literals;

constexpr auto mutex_name = L"Local\\Stocktray";
constexpr auto window_class = L"StocktraySecondStart";
constexpr ULONG_PTR wish = 0x53746f63;  // so that no other program's message is taken for one
constexpr UINT patience_ms = 2'000;

// True when the first one has taken it.
bool hand_over(const std::string& window) {
    const HWND first = ::FindWindowExW(HWND_MESSAGE, nullptr, window_class, nullptr);
    if (!first) return false;
    DWORD process = 0;
    ::GetWindowThreadProcessId(first, &process);
    ::AllowSetForegroundWindow(process);  // the person has asked us, not the first one
    std::string copy = window;
    COPYDATASTRUCT data{wish, static_cast<DWORD>(copy.size()), copy.data()};
    DWORD_PTR answer = 0;
    return ::SendMessageTimeoutW(first, WM_COPYDATA, 0, reinterpret_cast<LPARAM>(&data), SMTO_ABORTIFHUNG, patience_ms, &answer) != 0 &&
           answer != 0;
}

}  // namespace

struct SingleInstance::State {
    HANDLE mutex{nullptr};
    HWND ear{nullptr};
    std::function<void(const std::string&)> heard;

    ~State() {
        if (ear) ::DestroyWindow(ear);
        if (mutex) ::CloseHandle(mutex);
    }

    static LRESULT CALLBACK hear(HWND window, UINT message, WPARAM first, LPARAM second) {
        if (message != WM_COPYDATA) return ::DefWindowProcW(window, message, first, second);
        const auto* data = reinterpret_cast<const COPYDATASTRUCT*>(second);
        auto* state = reinterpret_cast<State*>(::GetWindowLongPtrW(window, GWLP_USERDATA));
        if (data->dwData != wish || !state) return FALSE;
        const std::string_view text{static_cast<const char*>(data->lpData), data->cbData};
        state->heard(std::string{text});
        return TRUE;
    }
};

SingleInstance::SingleInstance(std::unique_ptr<State> state) : state_{std::move(state)} {}
SingleInstance::SingleInstance(SingleInstance&&) noexcept = default;
SingleInstance& SingleInstance::operator=(SingleInstance&&) noexcept = default;
SingleInstance::~SingleInstance() = default;

std::optional<SingleInstance> SingleInstance::claim(const std::string& window, std::string& why_not) {
    auto state = std::make_unique<State>();
    state->mutex = ::CreateMutexW(nullptr, FALSE, mutex_name);
    if (::GetLastError() != ERROR_ALREADY_EXISTS) return SingleInstance{std::move(state)};
    // The first one may not listen yet.
    for (int i = 0; i < 40; ++i) {
        if (hand_over(window)) return std::nullopt;
        std::this_thread::sleep_for(50ms);
    }
    why_not = tr("Stocktray runs already, but does not answer.");
    return std::nullopt;
}

void SingleInstance::on_second_start(std::function<void(const std::string&)> heard) {
    state_->heard = std::move(heard);
    WNDCLASSEXW about{};
    about.cbSize = sizeof about;
    about.lpfnWndProc = &State::hear;
    about.hInstance = ::GetModuleHandleW(nullptr);
    about.lpszClassName = window_class;
    ::RegisterClassExW(&about);
    state_->ear = ::CreateWindowExW(0, window_class, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, about.hInstance, nullptr);
    if (state_->ear) ::SetWindowLongPtrW(state_->ear, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(state_.get()));
}

}  // namespace stocktray::tray
