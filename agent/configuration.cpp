#include "agent/configuration.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "agent/platform/places.h"
#include "agent/settings.h"

namespace stocktray::agent {
namespace {

namespace fs = std::filesystem;

// [access.users] and [access.groups]: a name, and its role.
Result<void> read_access(const settings::File& file, const toml::node& node, LocalAccess& access) {
    const auto* parts = node.as_table();
    if (parts == nullptr) return file.wrong(node, "access is a table with users and groups.");
    for (const auto& [part, names] : *parts) {
        auto* into = part == "users" ? &access.users : part == "groups" ? &access.groups : nullptr;
        if (into == nullptr) return file.wrong(names, fmt::format("there is no setting access.{}.", part.str()));
        const auto* table = names.as_table();
        if (table == nullptr) return file.wrong(names, fmt::format("access.{} is a table of names with their roles.", part.str()));
        for (const auto& [name, value] : *table) {
            const auto role = ipc::from_string<ipc::Role>(value.value_exact<std::string>().value_or(""));
            if (!role || *role == ipc::Role::none)
                return file.wrong(value, fmt::format("the role of {} must be viewer, operator, order_manager or admin.", name.str()));
            into->insert_or_assign(std::string{name.str()}, *role);
        }
    }
    return {};
}

}  // namespace

fs::path default_data_dir() { return platform::data_home() / "stocktray"; }
fs::path default_configuration_file() { return platform::config_home() / "stocktray" / "agent.toml"; }
fs::path default_state_dir() { return platform::state_home() / "stocktray"; }

Result<Configuration> read_configuration(const fs::path& file, Presence presence) {
    Configuration configuration;
    configuration.state_dir = default_state_dir();
    const auto read = settings::File::read(file);
    if (!read && read.error().code == ErrorCode::not_found && presence == Presence::optional) return configuration;
    if (!read) return Failure{read.error()};
    using settings::milliseconds;
    using settings::one_of;
    using settings::text;
    const std::map<std::string, settings::Setters, std::less<>> tables{
        {"log", {{"level", one_of(configuration.log_level,
                                  std::array<std::pair<std::string_view, std::string>, 5>{{{"debug", "debug"},
                                                                                           {"info", "info"},
                                                                                           {"warning", "warning"},
                                                                                           {"error", "error"},
                                                                                           {"off", "off"}}})}}},
        {"tls", {{"ca_file", text(configuration.ca_file)}}},
        {"secrets", {{"store", one_of(configuration.secrets,
                                      std::array<std::pair<std::string_view, SecretStore>, 3>{
                                          {{"auto", SecretStore::automatic},
                                           {"keyring", SecretStore::keyring},
                                           {"file", SecretStore::file}}})}}},
        {"retry", {{"base_ms", milliseconds(configuration.retry.base)}, {"cap_ms", milliseconds(configuration.retry.cap)}}},
        {"doubts",
         {{"between_reads_ms", milliseconds(configuration.doubts.between_reads)},
          {"after_import_ms", milliseconds(configuration.doubts.after_import)},
          {"second_look_ms", milliseconds(configuration.doubts.second_look)},
          {"retry_base_ms", milliseconds(configuration.doubts.backoff.base)},
          {"retry_cap_ms", milliseconds(configuration.doubts.backoff.cap)}}},
    };
    const settings::Setters top{{"endpoint", text(configuration.endpoint)},
                                {"state_dir", settings::path(configuration.state_dir)}};
    for (const auto& [key, node] : read->root()) {
        const auto table = tables.find(key.str());
        if (key == "access") {
            if (auto good = read_access(*read, node, configuration.access); !good) return Failure{good.error()};
        } else if (const auto* inner = node.as_table(); inner != nullptr && table != tables.end()) {
            if (auto good = read->apply(*inner, fmt::format("{}.", key.str()), table->second); !good)
                return Failure{good.error()};
        } else if (auto good = read->apply(key.str(), node, "", top); !good) {
            return Failure{good.error()};
        }
    }
    return configuration;
}

}  // namespace stocktray::agent
