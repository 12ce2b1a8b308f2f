// The files of a watched folder on the disk: what lies there, and where it is put away.
//
//   NAME            arrives here
//   accept/NAME     somebody has looked at it: it is taken although there are objections
//   taking/NAME     is being taken; found here at a start, it goes on
//   done/NAME       was taken; NAME.report.txt beside it
//   problems/NAME   was not taken; NAME.report.txt beside it says why
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/gateway/folder/arrivals.h"
#include "core/result.h"

namespace stocktray::gateway {

class Filing {
public:
    explicit Filing(std::filesystem::path folder) : folder_{std::move(folder)} {}

    // Makes the folders that are missing. The error says what is wrong with them.
    [[nodiscard]] Result<void> open() const;

    [[nodiscard]] std::filesystem::path accept() const { return folder_ / "accept"; }
    [[nodiscard]] std::filesystem::path taking() const { return folder_ / "taking"; }
    [[nodiscard]] std::filesystem::path done() const { return folder_ / "done"; }
    [[nodiscard]] std::filesystem::path problems() const { return folder_ / "problems"; }

    // The wanted files of that folder; an error where it cannot be read (a share that is gone).
    [[nodiscard]] Result<std::vector<Seen>> list(const std::filesystem::path& in, const std::vector<std::string>& patterns) const;

    // Moves the file into that folder, under its own name or the next free one beside it, and gives its new place.
    [[nodiscard]] Result<std::filesystem::path> move(const std::filesystem::path& file, const std::filesystem::path& into) const;
    // The same, with its report beside it: first the report, so that a file never lies there without one.
    [[nodiscard]] Result<void> put_away(const std::filesystem::path& file, const std::filesystem::path& into, const std::string& report) const;

    // Each file in problems/, by name, with its report.
    struct Problem {
        std::string name;
        std::string report;
    };
    [[nodiscard]] std::vector<Problem> problems_told() const;

private:
    std::filesystem::path folder_;
};

// Size and time stamp: whether somebody has written to it in between. None: it is gone.
[[nodiscard]] std::optional<Seen> look_at(const std::filesystem::path& file);

}  // namespace stocktray::gateway
