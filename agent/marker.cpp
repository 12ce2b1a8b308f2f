#include "agent/marker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "agent/platform/system.h"
#include "core/store/ids.h"

namespace stocktray::agent {
namespace {

// One line of fixed width, written by one call: it is the old one or the new one.
constexpr std::size_t line_size = 64;

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
    if (auto made = platform::make_private_folder(state_dir); !made) return Failure{made.error()};
    std::error_code none;
    const auto folder = std::filesystem::weakly_canonical(data_dir, none).string();
    std::string name;
    for (const auto byte : store::hash_of({folder})) name += fmt::format("{:02x}", byte);
    const auto file = state_dir / (name + ".marker");
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail(ErrorCode::storage, fmt::format("The marker {} cannot be opened: {}.", file.string(),
                                                    std::generic_category().message(errno)));
    std::array<char, line_size> line{};
    const auto size = ::pread(descriptor, line.data(), line.size(), 0);
    return Marker{descriptor, size > 0 ? parse({line.data(), static_cast<std::size_t>(size)}) : std::nullopt};
}

Marker::Marker(Marker&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, found_{std::move(other.found_)} {}
Marker::~Marker() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Marker::write(const Note& note) noexcept {
    std::array<char, line_size> line;
    line.fill(' ');
    line.back() = '\n';
    fmt::format_to_n(line.data(), line.size() - 1, "{} {}", note.incarnation, note.commits);
    // A note that could not be written only makes a restore harder to notice.
    (void)!::pwrite(descriptor_, line.data(), line.size(), 0);
}

}  // namespace stocktray::agent
