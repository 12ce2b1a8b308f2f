// A file of very many lines: how fast it is read and taken, and how much memory that needs beside its items.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>
#include <string>

#include "ipc/stock_file/stock_file.h"
#include "tests/bench/parts.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace stocktray::bench {

using namespace tests;

namespace {

struct Spent {
    double ms{0};
    double peak_mb{0};
};

// One run of stocktrayctl, which must end well.
Spent run_ctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), STOCKTRAY_BIN_DIR "/stocktrayctl");
    std::vector<char*> raw;
    for (auto& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
    const auto begun = Clock::now();
    pid_t child = 0;
    const bool is_started = posix_spawn(&child, raw[0], &quiet, nullptr, raw.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&quiet);
    int status = 0;
    rusage used{};
    if (!is_started || wait4(child, &status, 0, &used) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error{"stocktrayctl import did not end well"};
    return {milliseconds_since(begun), static_cast<double>(used.ru_maxrss) / 1'024};
}

double read_lines(const std::string& file) {
    const auto begun = Clock::now();
    std::ifstream in{file};
    std::string line;
    std::size_t lines = 0;
    while (std::getline(in, line)) ++lines;
    if (lines < 2) throw std::runtime_error{"the file has no lines"};
    return milliseconds_since(begun);
}

std::string written(const std::filesystem::path& file, const std::string& header, int lines, const std::string& rest) {
    std::ofstream out{file};
    out << header << '\n';
    for (int i = 0; i < lines; ++i) out << fmt::format("SKU-{:07};{}{}\n", i, i % 50, rest);
    return file.string();
}

void measure_reading(Report& report, const std::string& what, const std::string& file, int lines, std::size_t bytes_an_item) {
    const auto per_second = [lines](double ms) { return lines / (ms / 1'000); };
    const double floor = read_lines(file);
    const auto spool = std::filesystem::path{file}.parent_path() / "spool.db";
    const auto spent = run_ctl({"import", file, "--test", "--spool-file", spool.string()});
    report.add(what + ": checked by import --test", "lines/s", per_second(spent.ms), {{"std::getline alone", per_second(floor)}});
    report.add(what + ": peak memory", "MB", spent.peak_mb,
               {{"the items alone", static_cast<double>(bytes_an_item) * lines / 1e6}});
}

}  // namespace

void measure_files(const Options& options, Report& report) {
    const int lines = options.lines;
    for (int round = 0; round < options.rounds; ++round) {
        const TempDir dir;
        const auto changes = written(dir.path() / "changes.csv", "sku;delta", lines, "");
        const auto counts = written(dir.path() / "counts.csv", "sku;qoh;name", lines, ";A name of some length");
        // A name of that length lies outside of its string.
        measure_reading(report, "changes", changes, lines, sizeof(stock_file::ChangeLine));
        measure_reading(report, "counts", counts, lines, sizeof(ipc::qoh::SnapshotItem) + sizeof(std::uint32_t) + 32);
        const auto per_second = [lines](const Spent& spent) { return lines / (spent.ms / 1'000); };
        const auto import = [&](const std::string& file, const std::string& endpoint, const std::string& spool) {
            return run_ctl({"--endpoint", endpoint, "--timeout", "3600", "import", file, "--spool-file", (dir.path() / spool).string()});
        };
        AgentProcess agent;
        agent.start();
        const auto counted = import(counts, agent.endpoint(), "counts/spool.db");
        report.add("counts: taken by the agent", "lines/s", per_second(counted));
        report.add("counts: peak memory while they are taken", "MB", counted.peak_mb);
        const auto delivered = import(changes, agent.endpoint(), "there/spool.db");
        report.add("changes: saved, and taken by the agent", "lines/s", per_second(delivered));
        report.add("changes: peak memory while they are taken", "MB", delivered.peak_mb);
    }
}

}  // namespace stocktray::bench
