// A disk in memory under SQLite, which keeps what was synced and may lose anything else when the power goes.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/random.h"

namespace stocktray::simulation {

class MemoryDisk {
public:
    // From now on, and until the disk goes, every database of this process lies here; one disk at a time.
    MemoryDisk();
    ~MemoryDisk();
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;

    // An empty database in small pages: less has to be copied for the same work.
    void prepare(const std::string& database);

    // After so many more writes the power goes: what is written, synced or asked from then on fails.
    void cut_power_after(int writes);
    [[nodiscard]] bool has_power() const;
    // The power is back. Of each sector that was written and not synced chance says whether it is there. Nobody may have a file
    // open.
    void come_back(Random& random);

    // All files as they are: a backup, and what becomes of the disk when it is put back. Nobody may have a file open then.
    using Image = std::map<std::string, std::string>;
    [[nodiscard]] Image image() const;
    void put_back(const Image& image);

    // What the files in SQLite's hands work on; no business of anybody else.
    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::simulation
