// One line of the log that the library in the program under test writes: the record, its text, its bytes.
#pragma once
#include <cstdint>

namespace stocktray::tests {

struct DiskRecord {
    enum class What : std::uint32_t {
        created,    // `file` is new; text: its path
        written,    // at `at`, `size` bytes; text: the path of `file` (so for the next two)
        truncated,  // to `at` bytes
        synced,     // `file` may be a folder
        folder_made,  // text: path, end of line
        linked,     // text: from, end of line, to
        renamed,    // the same
        removed,    // text: path, end of line
    };
    What what{};
    std::uint32_t text{0};  // its bytes
    std::uint64_t file{0};  // inode
    std::uint64_t at{0};
    std::uint64_t size{0};  // of the bytes written
};

}  // namespace stocktray::tests
