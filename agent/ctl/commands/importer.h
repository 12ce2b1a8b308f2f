// What may be said of a file that is taken over, and taking it.
#pragma once
#include <string>
#include <vector>

#include "agent/ctl/commands/commands.h"
#include "ipc/import/objections.h"

namespace stocktray::ctl {

struct ImportOptions {
    std::string file{};
    bool tells_changes{false};
    bool tells_counts{false};
    std::vector<std::string> map{};
    bool has_no_header{false};
    std::string separator{};
    std::string charset{};
    std::string decimal{};
    std::string trailer{};
    std::optional<std::int64_t> rows{};
    bool ends_within_line{false};
    bool trusts_skus{false};
    std::string reason{"adjustment"};
    bool only_tests{false};
    import::Consent consent{};
    int fewest_percent{import::default_fewest_percent};
    std::string written{};               // when, where its time stamp does not say it
    std::string spool{};
    std::string source{"stocktrayctl"};  // who counts
    std::string opened{};                // of a count: the name of a snapshot that was opened before it was read
};

// How the file is read, and what somebody agrees to: the options that changes and counts have in common.
void declare_import(Tree& tree, CLI::App& command, ImportOptions& options);

// Reads the file, tells what is wrong with it, and takes it over if nothing is.
[[nodiscard]] ExitCode run_import(Session& session, const ImportOptions& options);

}  // namespace stocktray::ctl
