// A note outside the data folder of how far its database has come: a database that knows less was restored.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "agent/platform/note_file.h"
#include "core/result.h"

namespace stocktray::agent {

class Marker {
public:
    struct Note {
        std::string incarnation;
        std::int64_t commits{0};
    };

    // The note for this data folder in `state_dir`. The file stays open.
    [[nodiscard]] static Result<Marker> open(const std::filesystem::path& state_dir,
                                             const std::filesystem::path& data_dir);

    // What stood there at the start; none: a new one, or unreadable.
    [[nodiscard]] const std::optional<Note>& found() const noexcept { return found_; }
    // Not synchronized: after a power failure the note may be behind, never ahead of a commit.
    void write(const Note& note) noexcept;

private:
    Marker(platform::NoteFile file, std::optional<Note> found) noexcept
        : file_{std::move(file)}, found_{std::move(found)} {}
    platform::NoteFile file_;
    std::optional<Note> found_;
};

}  // namespace stocktray::agent
