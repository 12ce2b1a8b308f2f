// Tells how a job stands: the summary, the lines that are not plainly well, or all of it for programs.
#pragma once
#include <cstddef>
#include <string>

#include "agent/ctl/exit_code.h"
#include "agent/ctl/jobs/results.h"
#include "agent/ctl/jobs/summary.h"
#include "agent/ctl/session.h"

namespace stocktray::ctl {

struct JobOutput {
    static constexpr std::size_t some_lines = 50;  // the rest is one command away

    ResultsCsv* csv{nullptr};            // gets every line
    bool leaves_output_alone{false};     // the CSV goes there: words go to standard error
    std::size_t most_lines{some_lines};  // of the table
    NextCommands next{};                 // what people are told to type
};

struct Told {
    ExitCode code;
    Tally tally;
};

// Reads the job's lines, and tells them. The error is that of a page that could not be read.
[[nodiscard]] ipc::Expected<Told> tell_job(Session& session, const ipc::jobs::Job& job,
                                           const std::string& cart_name, const JobOutput& output);

}  // namespace stocktray::ctl
