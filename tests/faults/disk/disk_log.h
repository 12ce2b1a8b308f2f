// What a program has written, and what is left of it when the power goes: of the calls that no sync has followed,
// the disk may have any and may lack any.
//
// The strict reading of POSIX: a sync of a file saves its bytes, not its name; names are saved by a sync of their
// folder. No file system loses more, most lose less.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/faults/disk/disk_record.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

// The files below a folder: what is safe, and what was done since and is not.
class Platter {
public:
    // As the folder is now; all of it is safe. No program works in it just then.
    explicit Platter(const std::filesystem::path& folder);

    void take(const DiskRecord& record, const std::string& text, std::string bytes);

    // Calls that no sync has followed.
    [[nodiscard]] std::size_t unsynced() const noexcept { return unsynced_.size(); }
    // Of these one that wrote bytes, so that a part of them may be there.
    [[nodiscard]] bool is_write(std::size_t unsynced) const;

    enum class Fate { lost, kept, torn };  // torn: the first half of what was written
    // Makes below `into` what the disk holds if that became of each unsynced call.
    void build(const std::filesystem::path& into, const std::function<Fate(std::size_t)>& fate) const;

private:
    struct Step {
        DiskRecord::What what{};
        std::size_t file{0};
        std::string path{};
        std::string to{};
        std::uint64_t at{0};
        std::string bytes{};
    };
    struct Safe {
        std::vector<std::string> files{};            // their bytes
        std::map<std::string, std::size_t> names{};  // path below the folder -> file
        std::set<std::string> folders{};
        void do_it(const Step& step);
    };

    [[nodiscard]] std::optional<std::string> below(const std::string& path) const;  // none: elsewhere
    void sync(const DiskRecord& record, const std::string& path);

    std::string folder_;
    Safe safe_;
    std::map<std::string, std::size_t> names_;  // as the program sees them
    std::map<std::uint64_t, std::size_t> by_inode_;
    std::vector<Step> unsynced_;
};

// The log of a program; begun anew before each of its lives.
class DiskLog {
public:
    // The program's environment with this log; `disk` is what FailingDisk gives.
    [[nodiscard]] std::map<std::string, std::string> environment(std::map<std::string, std::string> disk) const;

    void begin_anew() const;
    // How long the log is by now: what was done before this moment stands before it.
    [[nodiscard]] std::uint64_t moment() const;

    // From `disk` on: the disk before each record, which begins at `moment`, and at the end (no record).
    using Each = std::function<void(const Platter&, const DiskRecord* next, std::uint64_t moment)>;
    void replay(Platter disk, const Each& each) const;

private:
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "log"; }

    TempDir dir_;
};

}  // namespace stocktray::tests
