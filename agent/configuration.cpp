#include "agent/configuration.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <toml++/toml.h>

namespace stocktray::agent {
namespace {

namespace fs = std::filesystem;

using Setter = std::function<bool(const toml::node&)>;

Setter text(std::string& into) {
    return [&into](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        if (value) into = *value;
        return value.has_value();
    };
}

Setter path(fs::path& into) {
    return [&into](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        if (value) into = *value;
        return value.has_value();
    };
}

Setter milliseconds(Milliseconds& into) {
    return [&into](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 0 || *value > 7 * 24 * 3'600'000) return false;
        into = Milliseconds{*value};
        return true;
    };
}

template <class T, std::size_t n>
Setter one_of(T& into, std::array<std::pair<std::string_view, T>, n> words) {
    return [&into, words](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        for (const auto& [word, meaning] : words)
            if (value && *value == word) {
                into = meaning;
                return true;
            }
        return false;
    };
}

struct Wrong {
    toml::source_region where;
    std::string what;
};

// [access.users] and [access.groups]: a name, and its role.
tl::expected<void, Wrong> read_access(const toml::node& node, LocalAccess& access) {
    const auto wrong = [](const toml::node& at, std::string what) { return tl::unexpected(Wrong{at.source(), std::move(what)}); };
    const auto* parts = node.as_table();
    if (parts == nullptr) return wrong(node, "access is a table with users and groups.");
    for (const auto& [part, names] : *parts) {
        auto* into = part == "users" ? &access.users : part == "groups" ? &access.groups : nullptr;
        if (into == nullptr) return wrong(names, fmt::format("there is no setting access.{}.", part.str()));
        const auto* table = names.as_table();
        if (table == nullptr) return wrong(names, fmt::format("access.{} is a table of names with their roles.", part.str()));
        for (const auto& [name, value] : *table) {
            const auto role = ipc::from_string<ipc::Role>(value.value_exact<std::string>().value_or(""));
            if (!role || *role == ipc::Role::none)
                return wrong(value, fmt::format("the role of {} must be viewer, operator, order_manager or admin.", name.str()));
            into->insert_or_assign(std::string{name.str()}, *role);
        }
    }
    return {};
}

fs::path home() {
    const char* dir = std::getenv("HOME");
    return dir != nullptr ? fs::path{dir} : fs::path{"/"};
}

fs::path xdg(const char* variable, const char* fallback) {
    const char* dir = std::getenv(variable);
    // The XDG specification: a relative path is to be ignored.
    if (dir != nullptr && fs::path{dir}.is_absolute()) return dir;
    return home() / fallback;
}

}  // namespace

fs::path default_data_dir() { return xdg("XDG_DATA_HOME", ".local/share") / "stocktray"; }
fs::path default_configuration_file() { return xdg("XDG_CONFIG_HOME", ".config") / "stocktray" / "agent.toml"; }
fs::path default_state_dir() { return xdg("XDG_STATE_HOME", ".local/state") / "stocktray"; }

Result<Configuration> read_configuration(const fs::path& file, Presence presence) {
    Configuration configuration;
    configuration.state_dir = default_state_dir();
    std::error_code none;
    if (!fs::exists(file, none)) {
        if (presence == Presence::required)
            return fail(ErrorCode::not_found, fmt::format("There is no configuration file {}.", file.string()));
        return configuration;
    }
    const std::map<std::string, Setter> setters{
        {"endpoint", text(configuration.endpoint)},
        {"log.level", one_of(configuration.log_level,
                             std::array<std::pair<std::string_view, std::string>, 5>{{{"debug", "debug"},
                                                                                      {"info", "info"},
                                                                                      {"warning", "warning"},
                                                                                      {"error", "error"},
                                                                                      {"off", "off"}}})},
        {"state_dir", path(configuration.state_dir)},
        {"tls.ca_file", text(configuration.ca_file)},
        {"secrets.store", one_of(configuration.secrets,
                                 std::array<std::pair<std::string_view, SecretStore>, 3>{
                                     {{"auto", SecretStore::automatic},
                                      {"keyring", SecretStore::keyring},
                                      {"file", SecretStore::file}}})},
        {"retry.base_ms", milliseconds(configuration.retry.base)},
        {"retry.cap_ms", milliseconds(configuration.retry.cap)},
        {"doubts.between_reads_ms", milliseconds(configuration.doubts.between_reads)},
        {"doubts.after_import_ms", milliseconds(configuration.doubts.after_import)},
        {"doubts.second_look_ms", milliseconds(configuration.doubts.second_look)},
        {"doubts.retry_base_ms", milliseconds(configuration.doubts.backoff.base)},
        {"doubts.retry_cap_ms", milliseconds(configuration.doubts.backoff.cap)},
    };
    const auto complain = [&](const toml::source_region& where, std::string what) {
        return fail(ErrorCode::invalid, fmt::format("{}, line {}: {}", file.string(), where.begin.line, what));
    };
    toml::table root;
    try {
        root = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        return complain(error.source(), std::string{error.description()});
    }
    for (const auto& [key, node] : root) {
        if (key == "access") {
            if (auto read = read_access(node, configuration.access); !read) return complain(read.error().where, read.error().what);
            continue;
        }
        const auto apply = [&](const std::string& name, const toml::node& value) -> Result<void> {
            const auto setter = setters.find(name);
            if (setter == setters.end()) return complain(value.source(), fmt::format("there is no setting {}.", name));
            if (!setter->second(value)) return complain(value.source(), fmt::format("{} has a wrong value.", name));
            return {};
        };
        if (const auto* table = node.as_table()) {
            for (const auto& [inner, value] : *table)
                if (auto good = apply(fmt::format("{}.{}", key.str(), inner.str()), value); !good)
                    return Failure{good.error()};
        } else if (auto good = apply(std::string{key.str()}, node); !good) {
            return Failure{good.error()};
        }
    }
    return configuration;
}

}  // namespace stocktray::agent
