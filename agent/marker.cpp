#include "agent/marker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "agent/platform/system.h"
#include "core/store/ids.h"

namespace stocktray::agent {
namespace {

std::optional<Marker::Note> parse(std::string_view line) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    Marker::Note note{std::string{line.substr(0, space)}, 0};
    const auto digits = line.substr(space + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), note.commits);
    return error == std::errc{} ? std::optional{note} : std::nullopt;
}

}  // namespace

Result<Marker> Marker::open(const std::filesystem::path& state_dir, const std::filesystem::path& data_dir) {
    if (auto made = platform::claim_private_folder(state_dir); !made) return Failure{made.error()};
    std::error_code none;
    const auto folder = std::filesystem::weakly_canonical(data_dir, none).string();
    std::string name;
    for (const auto byte : store::hash_of({folder})) name += fmt::format("{:02x}", byte);
    auto file = platform::NoteFile::open(state_dir / (name + ".marker"));
    if (!file) return Failure{file.error()};
    const std::string line = file->read();
    return Marker{*std::move(file), parse(line)};
}

void Marker::write(const Note& note) noexcept {
    std::array<char, platform::NoteFile::longest> line;
    const auto written = fmt::format_to_n(line.data(), line.size(), "{} {}", note.incarnation, note.commits);
    // A note that could not be written only makes a restore harder to notice.
    file_.write({line.data(), std::min(written.size, line.size())});
}

}  // namespace stocktray::agent
