#include "agent/gateway/database/login.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace stocktray::gateway::database {
namespace {

// Braces only where they are needed: not every driver takes them off.
std::string as_value(const std::string& value) {
    const bool is_plain = value.find_first_of(";{}=") == value.npos && !value.starts_with(' ') && !value.ends_with(' ');
    if (is_plain) return value;
    std::string text = "{";
    for (const char c : value) text += c == '}' ? std::string{"}}"} : std::string(1, c);
    return text + "}";
}

}  // namespace

Result<Login> login_of(const Settings& settings) {
    Login login{settings.connection, {}};
    if (!settings.password_variable.empty()) {
        const char* value = std::getenv(settings.password_variable.c_str());
        if (value == nullptr)
            return fail(ErrorCode::invalid, fmt::format("There is no environment variable {} with the password.",
                                                        settings.password_variable));
        login.secret = value;
    } else if (!settings.password_file.empty()) {
        namespace fs = std::filesystem;
        std::error_code none;
        const auto found = fs::status(settings.password_file, none);
        if (!fs::exists(found))
            return fail(ErrorCode::invalid, fmt::format("There is no password file {}.", settings.password_file.string()));
        if ((found.permissions() & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none)
            return fail(ErrorCode::invalid, fmt::format("The password file {} can be read by others: chmod 600 {}",
                                                        settings.password_file.string(), settings.password_file.string()));
        std::ifstream file{settings.password_file, std::ios::binary};
        login.secret.assign(std::istreambuf_iterator<char>{file}, {});
        while (!login.secret.empty() && (login.secret.back() == '\n' || login.secret.back() == '\r')) login.secret.pop_back();
        if (!file)
            return fail(ErrorCode::invalid, fmt::format("The password file {} cannot be read.", settings.password_file.string()));
    } else {
        return login;
    }
    login.string += std::string{login.string.ends_with(';') ? "PWD=" : ";PWD="} + as_value(login.secret);
    return login;
}

}  // namespace stocktray::gateway::database
