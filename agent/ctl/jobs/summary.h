// How a job ended, in words and as an exit code.
#pragma once
#include <string>
#include <vector>

#include "agent/ctl/exit_code.h"
#include "agent/ctl/jobs/results.h"
#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

// How somebody goes on: the command lines that do it. Empty: it is not known with which options the job was started.
struct NextCommands {
    std::string again{};  // the same job
    std::string send{};   // of an audit: a Send of the same SKUs
};

// A sentence a line: what was done, what waits, what needs a person and how to go on.
[[nodiscard]] std::vector<std::string> summary(const ipc::jobs::Job& job, const Tally& tally, std::string_view cart_name,
                                               const NextCommands& next);

// "Replace 214 counts in Main Store? 9 become 0. 2 SKUs wait for web orders."; empty: there is nothing to do.
[[nodiscard]] std::string question(const ipc::jobs::Job& preview, const Tally& tally,
                                   std::string_view cart_name);

// 0 everything is well (or still at work), 1 SKUs wait, 2 a person is needed.
[[nodiscard]] ExitCode exit_code_of(const ipc::jobs::Job& job);

}  // namespace stocktray::ctl
