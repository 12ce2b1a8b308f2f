#include <windows.h>

#include <array>
#include <filesystem>
#include <string_view>

#include "ipc/report/gnuplot.h"

namespace stocktray::report {
namespace {

using Drawing = tl::expected<std::string, NoChart>;

// A file that is gone as soon as it is closed, and that a program started by this one may use.
class Scratch {
public:
    Scratch() {
        std::array<wchar_t, MAX_PATH + 1> folder{}, name{};
        SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
        if (::GetTempPathW(folder.size(), folder.data()) == 0 || ::GetTempFileNameW(folder.data(), L"sty", 0, name.data()) == 0) return;
        file_ = ::CreateFileW(name.data(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              &inherited, CREATE_ALWAYS, FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr);
    }
    ~Scratch() {
        if (is_open()) ::CloseHandle(file_);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] bool is_open() const { return file_ != INVALID_HANDLE_VALUE; }
    [[nodiscard]] HANDLE handle() const { return file_; }

    bool write(std::string_view text) {
        DWORD written = 0;
        return ::WriteFile(file_, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) && rewind();
    }
    std::string everything() {
        rewind();
        std::string text;
        std::array<char, 4'096> some{};
        for (DWORD got = 0; ::ReadFile(file_, some.data(), some.size(), &got, nullptr) && got > 0;) text.append(some.data(), got);
        return text;
    }

private:
    bool rewind() { return ::SetFilePointer(file_, 0, nullptr, FILE_BEGIN) != INVALID_SET_FILE_POINTER; }
    HANDLE file_{INVALID_HANDLE_VALUE};
};

}  // namespace

Drawing draw(const std::string& script) {
    Scratch in, out;
    if (!in.is_open() || !out.is_open() || !in.write(script)) return tl::unexpected{NoChart::failed};
    STARTUPINFOW start{};
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = in.handle();
    start.hStdOutput = out.handle();
    // `-d`: what a person has set up for gnuplot is not for us.
    std::wstring line{L"gnuplot -d -"};
    PROCESS_INFORMATION child{};
    if (!::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr, &start, &child))
        return tl::unexpected{::GetLastError() == ERROR_FILE_NOT_FOUND ? NoChart::no_gnuplot : NoChart::failed};
    ::WaitForSingleObject(child.hProcess, INFINITE);
    DWORD code = 1;
    ::GetExitCodeProcess(child.hProcess, &code);
    ::CloseHandle(child.hThread);
    ::CloseHandle(child.hProcess);
    auto picture = code == 0 ? out.everything() : std::string{};
    return picture.empty() ? Drawing{tl::unexpected{NoChart::failed}} : Drawing{std::move(picture)};
}

}  // namespace stocktray::report
