#include "agent/gateway/configuration.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "agent/platform/places.h"

namespace stocktray::gateway {

namespace fs = std::filesystem;

fs::path default_gateway_file() { return platform::config_home() / "stocktray" / "gateway.toml"; }
fs::path default_gateway_data() { return platform::data_home() / "stocktray" / "gateway"; }

Result<Configuration> read_gateway_file(const fs::path& file, const std::vector<DoorKind>& kinds) {
    auto read = settings::File::read(file);
    if (!read) return Failure{std::move(read.error())};
    Configuration configuration{std::move(*read)};
    const settings::Setters top{{"endpoint", settings::text(configuration.endpoint)}};
    const settings::Setters log{
        {"level", settings::one_of(configuration.log_level,
                                   std::array<std::pair<std::string_view, std::string>, 5>{{{"debug", "debug"},
                                                                                            {"info", "info"},
                                                                                            {"warning", "warning"},
                                                                                            {"error", "error"},
                                                                                            {"off", "off"}}})}};
    for (const auto& [key, node] : configuration.file.root()) {
        if (std::ranges::any_of(kinds, [name = key.str()](const DoorKind& kind) { return kind.table == name; })) continue;
        const auto* table = node.as_table();
        auto good = key == "log" && table != nullptr ? configuration.file.apply(*table, "log.", log)
                                                     : configuration.file.apply(key.str(), node, "", top);
        if (!good) return Failure{std::move(good.error())};
    }
    return configuration;
}

Result<std::vector<std::unique_ptr<Door>>> make_doors(const Configuration& configuration, const std::vector<DoorKind>& kinds,
                                                      const Surroundings& surroundings) {
    std::vector<std::unique_ptr<Door>> doors;
    for (const auto& kind : kinds) {
        const auto* node = configuration.file.root().get(kind.table);
        if (node == nullptr) continue;
        std::vector<const toml::table*> tables;
        if (const auto* one = node->as_table()) tables.push_back(one);
        if (const auto* several = node->as_array())
            for (const auto& each : *several) tables.push_back(each.as_table());
        if (tables.empty() || std::ranges::count(tables, nullptr) > 0)
            return configuration.file.wrong(*node, fmt::format("{} is a table: [{}] or [[{}]].", kind.table, kind.table, kind.table));
        for (const auto* table : tables) {
            auto door = kind.make(configuration.file, *table, surroundings);
            if (!door) return Failure{std::move(door.error())};
            doors.push_back(std::move(*door));
        }
    }
    if (doors.empty())
        return fail(ErrorCode::invalid,
                    fmt::format("{} opens no door: describe one in it, or let stocktrayctl setup do it.",
                                configuration.file.path().string()));
    return doors;
}

}  // namespace stocktray::gateway
