// What a test needs and this computer may lack.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace stocktray::tests {

// `missing` says what is not here; empty: nothing. Without it the test is to return; where `required` is set it fails here: a test that
// did nothing must not look like one that passed.
[[nodiscard]] inline bool has(const std::string& missing, const char* required) {
    if (missing.empty()) return true;
    const char* said = std::getenv(required);
    if (said != nullptr && *said != '\0') FAIL("it cannot be tried here: ", missing);
    MESSAGE("skipped: ", missing);
    return false;
}

// Programs and stores, which tests/run installs.
[[nodiscard]] inline bool has_what_it_needs(const std::string& missing) { return has(missing, "STOCKTRAY_REQUIRE_RIG"); }

// Rights that no package brings: of root, to mount, to make hosts of one's own. A container may have none of them, so that only
// STOCKTRAY_REQUIRE_RIGHTS makes their want a failure.
[[nodiscard]] inline bool has_the_rights(const std::string& missing) {
    return has(missing, "STOCKTRAY_REQUIRE_RIGHTS");
}

}  // namespace stocktray::tests
