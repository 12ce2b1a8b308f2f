#include <fmt/format.h>

#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

void measure_submits(const Options& options, Report& report) {
    AgentProcess agent;
    agent.start();
    give_items(agent, "SKU-", subject_items, 5);
    give_paused_cart(agent, "main");
    auto client = agent.client();
    Changes changes{options.seed, "SKU-", subject_items, 5};
    const TempDir dir;
    const auto folder = dir.path().string();
    const std::string time = "0.3";

    struct Subject {
        std::string name;
        int outstanding;
        int per_request;
        std::vector<FloorRun> floors;
    };
    std::vector<Subject> subjects;
    for (const int outstanding : {1, 64, 256}) {
        const auto n = std::to_string(outstanding);
        subjects.push_back({fmt::format("submit, {} under way", outstanding),
                            outstanding,
                            1,
                            {{"append and fdatasync", "disk", {folder, time, n}},
                             {"SQLite alone", "commits", {folder, time, n, "sqlite"}},
                             {"the product's tables alone", "commits", {folder, time, n, "store"}},
                             {"echo", "echo", {folder, time, n, "none"}},
                             {"floor B: echo and SQLite", "echo", {folder, time, n, "sqlite"}},
                             {"floor B with the product's tables", "echo", {folder, time, n, "store"}}}});
    }
    subjects.push_back({"submit, 100 changes in a request",
                        1,
                        100,
                        {{"SQLite alone", "commits", {folder, time, "100", "sqlite"}},
                         {"the product's tables alone", "commits", {folder, time, "100", "store"}}}});
    Random random{options.seed};
    for (int round = 0; round < options.rounds; ++round) {
        for (std::size_t i = subjects.size(); i > 1; --i)
            std::swap(subjects[i - 1], subjects[random.below(i)]);
        for (const auto& s : subjects) {
            const auto [own, rates] = sandwich(s.floors, [&] {
                return submit_for(client, changes, options.seconds, s.outstanding, s.per_request);
            });
            add_rates(report, s.name, own, s.floors, rates, &Rate::per_second, "changes/s");
            if (s.outstanding == 1 && s.per_request == 1) {
                add_rates(report, s.name + ", p50", own, s.floors, rates, &Rate::p50_us, "us");
                add_rates(report, s.name + ", p99", own, s.floors, rates, &Rate::p99_us, "us");
            }
        }
    }
}

}  // namespace stocktray::bench
