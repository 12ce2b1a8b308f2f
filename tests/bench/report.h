// Figures of one run: every subject beside its floors, round by round, and what is made of them.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stocktray::bench {

class Report {
public:
    struct Floor {
        std::string name;
        double value{0};
    };

    // One round of `row`: the product's figure and those of its floors.
    void add(const std::string& row, const std::string& unit, double value,
             const std::vector<Floor>& floors = {});

    // Medians; behind each floor the median, least and largest of the rounds' ratios (product to floor).
    [[nodiscard]] std::string table() const;
    [[nodiscard]] std::string json() const;

private:
    struct Row {
        std::string name;
        std::string unit;
        std::vector<double> values;
        std::vector<std::pair<std::string, std::vector<double>>> floors;  // a figure per round
    };
    std::vector<Row> rows_;
};

}  // namespace stocktray::bench
