// Brings what a job says of its SKUs from the agent, a page after the other: into a list, or into a file.
#pragma once
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "tray/link/conversation.h"
#include "tray/model/job_results.h"

namespace stocktray::tray {

class ResultsReader {
public:
    // More lines than a person reads; a file takes them all.
    static constexpr std::size_t most_lines = 200'000;

    // `changed` is called after each page, with where its lines begin.
    ResultsReader(Conversation conversation, JobResults& results, std::function<void()> changed)
        : results_{results}, changed_{std::move(changed)}, conversation_{std::move(conversation)} {}

    // Adds those of the job to the results.
    void read(std::int64_t job);
    void stop();

    [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }
    // Every line is there.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    void ask(std::int64_t job, std::optional<std::string> after, std::uint64_t reading);

    JobResults& results_;
    std::function<void()> changed_;
    bool is_reading_{false};
    bool is_whole_{false};
    std::string trouble_;
    std::uint64_t readings_{0};
    Conversation conversation_;
};

// Writes a job's lines into a file, however many they are. The file's ending says how: .json, else CSV as
// `stocktrayctl … --csv` writes it.
class ResultsExport {
public:
    // `told` is called once with a sentence: that it is written, or why not.
    ResultsExport(Conversation conversation, std::function<void(const std::string&)> told)
        : told_{std::move(told)}, conversation_{std::move(conversation)} {}

    void write(std::int64_t job, const std::filesystem::path& file);
    [[nodiscard]] bool is_writing() const noexcept { return is_writing_; }

private:
    void ask(std::optional<std::string> after);
    void add(const ipc::jobs::ResultItem& item);
    void end();

    std::function<void(const std::string&)> told_;
    std::int64_t job_{0};
    std::filesystem::path file_;
    std::ofstream out_;
    bool is_json_{false};
    bool is_writing_{false};
    std::int64_t lines_{0};
    Conversation conversation_;
};

}  // namespace stocktray::tray
