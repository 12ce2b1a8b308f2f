// One short line in a file that stays open, written so that it is the old one or the new one.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace stocktray::platform {

class NoteFile {
public:
    static constexpr std::size_t longest = 63;

    // Made if missing, mode 0600.
    [[nodiscard]] static Result<NoteFile> open(const std::filesystem::path& file);

    NoteFile(NoteFile&& other) noexcept;
    NoteFile& operator=(NoteFile&&) = delete;
    ~NoteFile();

    // The line, filled up with blanks; empty: nothing was ever written, or it cannot be read.
    [[nodiscard]] std::string read() const;
    // At most `longest` bytes of it. Not synchronized: after a power failure an older line may stand there.
    // A line that could not be written leaves the old one.
    void write(std::string_view line) noexcept;

private:
    explicit NoteFile(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_{-1};
};

}  // namespace stocktray::platform
