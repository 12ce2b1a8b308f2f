#include <windows.h>

#include <array>
#include <system_error>

#include "ipc/path_text.h"
#include "tray/platform/autostart.h"

namespace stocktray::tray {
namespace {

constexpr auto run_key = L"Software\\Microsoft\\Windows\\CurrentVersion\\Run";
// Where Task Manager and the settings note what a person has switched off.
constexpr auto approved_key = L"Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run";
constexpr auto name = L"Stocktray";

std::string in_words(LSTATUS result) { return result == ERROR_SUCCESS ? std::string{} : std::system_category().message(result); }

bool is_switched_off() {
    std::array<unsigned char, 12> value{};
    DWORD size = value.size();
    const auto result = ::RegGetValueW(HKEY_CURRENT_USER, approved_key, name, RRF_RT_REG_BINARY, nullptr, value.data(), &size);
    return result == ERROR_SUCCESS && (value[0] & 1) != 0;
}

class RunValue final : public AutostartPlace {
public:
    [[nodiscard]] std::string read() const override {
        if (is_switched_off()) return {};
        std::array<wchar_t, 2'048> value{};
        DWORD size = sizeof value;
        const auto result = ::RegGetValueW(HKEY_CURRENT_USER, run_key, name, RRF_RT_REG_SZ, nullptr, value.data(), &size);
        return result == ERROR_SUCCESS ? ipc::text_of(std::filesystem::path{value.data()}) : std::string{};
    }

    [[nodiscard]] std::string write(const std::string& entry) const override {
        const auto wide = ipc::path_of(entry).wstring();
        const auto size = static_cast<DWORD>((wide.size() + 1) * sizeof(wchar_t));
        (void)::RegDeleteKeyValueW(HKEY_CURRENT_USER, approved_key, name);
        return in_words(::RegSetKeyValueW(HKEY_CURRENT_USER, run_key, name, REG_SZ, wide.c_str(), size));
    }

    [[nodiscard]] std::string remove() const override {
        const auto result = ::RegDeleteKeyValueW(HKEY_CURRENT_USER, run_key, name);
        return result == ERROR_FILE_NOT_FOUND ? std::string{} : in_words(result);
    }
};

}  // namespace

Autostart Autostart::of_this_system(const std::filesystem::path& program) { return {run_value, std::make_unique<RunValue>(), program}; }

}  // namespace stocktray::tray
