#include "ipc/keys/profile.h"

#include <fmt/format.h>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ipc/path_text.h"
#include "ipc/private_file.h"
#include "ipc/user.h"

namespace stocktray::ipc {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::generic_category().message(errno); }

}  // namespace

fs::path default_profile() {
    if (const auto named = variable("STOCKTRAY_PROFILE"); !named.empty()) return path_of(named);
    return config_folder() / "shared-agent.json";
}

Expected<std::optional<Profile>> read_profile(const fs::path& file) {
    std::error_code missing;
    if (!fs::exists(file, missing)) return std::optional<Profile>{};
    std::ifstream stream{file};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    if (!stream) return fail(Code::storage, fmt::format("{} cannot be read: {}.", text_of(file), reason()));
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const auto member = [&json](const char* name) {
        return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
    };
    auto agent_key = PublicKey::from_hex(member("agent_key"));
    auto own = KeyPair::of(member("public_key"), member("secret_key"));
    if (!agent_key || !own || member("endpoint").empty())
        return fail(Code::conflict, fmt::format("{} is damaged: pair this computer with the agent again.", text_of(file)));
    return std::optional{Profile{member("endpoint"), std::move(*agent_key), std::move(*own), member("agent")}};
}

Expected<void> write_profile(const fs::path& file, const Profile& profile) {
    make_private_folder(file.parent_path());
    const nlohmann::json json{{"endpoint", profile.endpoint},
                              {"agent_key", profile.agent_key.hex()},
                              {"public_key", profile.own.public_key.hex()},
                              {"secret_key", profile.own.secret_key.reveal()},
                              {"agent", profile.agent_name}};
    return write_private(file, json.dump(2) + "\n", IfThere::replaces);
}

Expected<void> forget_profile(const fs::path& file) {
    std::error_code error;
    fs::remove(file, error);
    if (error) return fail(Code::storage, fmt::format("{} cannot be removed: {}.", text_of(file), error.message()));
    return {};
}

}  // namespace stocktray::ipc
