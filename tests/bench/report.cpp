#include "tests/bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stocktray::bench {
namespace {

struct Spread {
    double median{0};
    double least{0};
    double most{0};
};

Spread spread_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

std::vector<double> ratios(const std::vector<double>& values, const std::vector<double>& floors) {
    std::vector<double> result;
    for (std::size_t i = 0; i < std::min(values.size(), floors.size()); ++i)
        if (floors[i] > 0) result.push_back(values[i] / floors[i]);
    return result;
}

}  // namespace

void Report::add(const std::string& name, const std::string& unit, double value,
                 const std::vector<Floor>& floors) {
    auto row = std::ranges::find(rows_, name, &Row::name);
    if (row == rows_.end()) row = rows_.insert(rows_.end(), Row{name, unit, {}, {}});
    row->values.push_back(value);
    for (const auto& floor : floors) {
        auto known =
            std::ranges::find(row->floors, floor.name, &std::pair<std::string, std::vector<double>>::first);
        if (known == row->floors.end()) known = row->floors.insert(row->floors.end(), {floor.name, {}});
        known->second.push_back(floor.value);
    }
}

std::string Report::table() const {
    std::string text;
    for (const auto& row : rows_) {
        const auto own = spread_of(row.values);
        text += fmt::format("{:<52} {:>11.1f} {:<9} ({:.1f} to {:.1f}, {} rounds)\n", row.name, own.median,
                            row.unit, own.least, own.most, row.values.size());
        for (const auto& [name, values] : row.floors) {
            const auto ratio = spread_of(ratios(row.values, values));
            text += fmt::format("    {:<48} {:>11.1f} {:<9} ratio {:.2f} ({:.2f} to {:.2f})\n", name,
                                spread_of(values).median, row.unit, ratio.median, ratio.least, ratio.most);
        }
    }
    return text;
}

std::string Report::json() const {
    auto rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        auto floors = nlohmann::json::array();
        for (const auto& [name, values] : row.floors) {
            const auto ratio = spread_of(ratios(row.values, values));
            floors.push_back({{"floor", name},
                              {"median", spread_of(values).median},
                              {"ratio", ratio.median},
                              {"least_ratio", ratio.least},
                              {"largest_ratio", ratio.most},
                              {"rounds", values}});
        }
        rows.push_back({{"row", row.name},
                        {"unit", row.unit},
                        {"median", spread_of(row.values).median},
                        {"rounds", row.values},
                        {"floors", floors}});
    }
    return rows.dump(2) + "\n";
}

}  // namespace stocktray::bench
