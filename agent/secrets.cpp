#include "agent/secrets.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/keyring_secrets.h"
#include "agent/platform/keyring.h"
#include "agent/platform/system.h"

namespace stocktray::agent {
namespace {

class FileSecrets final : public Secrets {
public:
    FileSecrets(std::filesystem::path file, nlohmann::json passwords)
        : file_{std::move(file)}, passwords_(std::move(passwords)) {}

    Result<std::string> get(const std::string& cart) override { return passwords_.value(cart, std::string{}); }

    Result<void> put(const std::string& cart, const std::string& password) override {
        auto changed = passwords_;
        changed[cart] = password;
        if (auto written = platform::replace_file(file_, changed.dump(2)); !written) {
            // Its name may be there although it could not be made safe: what is refused must not be found at the next start.
            (void)platform::replace_file(file_, passwords_.dump(2));
            return written;
        }
        passwords_ = std::move(changed);
        return {};
    }

    void forget(const std::string& cart) override {
        auto changed = passwords_;
        changed.erase(cart);
        if (platform::replace_file(file_, changed.dump(2))) passwords_ = std::move(changed);
    }

private:
    std::filesystem::path file_;
    nlohmann::json passwords_;  // cart id -> password
};

Result<nlohmann::json> read_passwords(const std::filesystem::path& file) {
    nlohmann::json passwords = nlohmann::json::object();
    std::ifstream reader{file};
    const int why = errno;
    // Taken for none, the first password that is entered would be the only one left.
    if (std::error_code none; !reader && std::filesystem::exists(file, none))
        return fail(ErrorCode::storage, fmt::format("The file of passwords {} cannot be opened: {}.", file.string(),
                                                    std::generic_category().message(why)));
    if (reader) {
        std::ostringstream text;
        text << reader.rdbuf();
        passwords = nlohmann::json::parse(text.str(), nullptr, false);
        if (!passwords.is_object() || !std::ranges::all_of(passwords, [](const auto& password) { return password.is_string(); }))
            return fail(ErrorCode::damaged,
                        fmt::format("The file of passwords {} cannot be read. Remove it and enter the carts' passwords "
                                    "again.",
                                    file.string()));
    }
    return passwords;
}

}  // namespace

Result<std::unique_ptr<Secrets>> file_secrets(const std::filesystem::path& file) {
    auto passwords = read_passwords(file);
    if (!passwords) return Failure{passwords.error()};
    return std::make_unique<FileSecrets>(file, std::move(*passwords));
}

Result<std::unique_ptr<Secrets>> open_secrets(SecretStore which, const std::filesystem::path& file, const std::string& agent) {
    if (which == SecretStore::file) return file_secrets(file);
    // An agent that is started without a desktop must not take the passwords for lost because it does not see their keyring.
    const auto note = file.parent_path() / "passwords-in-keyring";
    std::error_code none;
    const bool is_settled = which == SecretStore::keyring || std::filesystem::exists(note, none);
    // Nor one that was, once it is started with a desktop.
    if (const auto in_file = read_passwords(file); !is_settled && (!in_file || !in_file->empty())) return file_secrets(file);
    if (const auto there = platform::look_for_keyring(); !there) {
        if (!is_settled) return file_secrets(file);
        if (there.error().code == ErrorCode::unsupported) return Failure{there.error()};
        spdlog::warn("{} The carts' passwords are in it: they wait for it.", there.error().message);
    }
    auto keep_in_mind = [note] {
        const auto written = platform::replace_file(note, "The carts' passwords are in the keyring of this user's desktop.\n");
        if (!written) spdlog::error("{}", written.error().message);
    };
    return std::make_unique<KeyringSecrets>(platform::desktop_keyring(), agent, KeyringSecrets::Patience{}, std::move(keep_in_mind));
}

}  // namespace stocktray::agent
