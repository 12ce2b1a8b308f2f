// A disk of its own that can be filled, made room on, and set to read-only, where this process may mount one.
#pragma once
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace stocktray::tests {

class SmallDisk {
public:
    // `size` as tmpfs takes it: "256k", "3m".
    explicit SmallDisk(std::string size);
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk();

    // Why there is none; empty: there is one.
    [[nodiscard]] const std::string& missing() const noexcept { return missing_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return dir_.path(); }

    void fill() const;          // to the last byte
    void fill_some() const;     // 64 KiB more, or what there is
    void make_room() const;     // all that was filled
    [[nodiscard]] bool make_read_only() const;
    [[nodiscard]] bool make_writable() const;

private:
    [[nodiscard]] bool mount_again(unsigned long flags) const;

    std::string size_;
    TempDir dir_;
    std::string missing_;
};

}  // namespace stocktray::tests
