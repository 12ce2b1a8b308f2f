// Databases as older versions of the agent left them, out of tests/fixtures/databases: version-N.sql is what version N
// had beyond the one before, as it was then, with rows of a shop in the middle of its day.
#pragma once
#include <filesystem>

namespace stocktray::tests {

// The newest version that there is a fixture of: the one before the agent's own.
[[nodiscard]] int newest_older_version();

// Makes the file. Throws std::runtime_error if it cannot be made.
void make_older_database(int version, const std::filesystem::path& file);

}  // namespace stocktray::tests
