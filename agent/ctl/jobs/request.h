// What may be said when a job is started, and the request that comes of it.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "agent/ctl/input/sku_list.h"
#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

struct JobWishes {
    std::string cart;
    std::int64_t undoes{0};
    std::vector<std::string> skus;
    std::string skus_from;
    std::string by;
    std::string reason;
    std::string csv;
    bool is_dry_run{false};
    bool is_agreed{false};  // --yes
    bool creates_records{false};
    bool allows_pending{false};
    bool overrides_guard{false};
    bool is_left_alone{false};  // --no-wait
};

// The options that a job of this kind has.
void declare(CLI::App& command, JobWishes& wishes, ipc::JobKind kind);

// The command line that says these wishes of a job of this kind, for people to type again: what the job is to do, without
// how it is looked at. An option that this kind does not have is left out.
[[nodiscard]] std::string command_of(const JobWishes& wishes, ipc::JobKind kind);

// Reads the file of SKUs, if one was named.
[[nodiscard]] tl::expected<ipc::jobs::Start, InputProblem> start_of(const JobWishes& wishes,
                                                                    ipc::JobKind kind);

}  // namespace stocktray::ctl
