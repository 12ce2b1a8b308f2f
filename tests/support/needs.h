// What a test needs and this computer may lack.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace stocktray::tests {

// As tests/run says once it has installed everything: a test that did nothing must not look like one that passed.
[[nodiscard]] inline bool is_all_required() {
    const char* said = std::getenv("STOCKTRAY_REQUIRE_RIG");
    return said != nullptr && *said != '\0';
}

// `missing` says what is not here; empty: nothing. Without it the test is to return; where everything is required it fails here.
[[nodiscard]] inline bool has_what_it_needs(const std::string& missing) {
    if (missing.empty()) return true;
    if (is_all_required()) FAIL("it cannot be tried here: ", missing);
    MESSAGE("skipped: ", missing);
    return false;
}

// The same of rights that no package brings: of root, to mount, to make hosts of one's own. A container may have none of them, so that only
// STOCKTRAY_REQUIRE_RIGHTS makes their want a failure.
[[nodiscard]] inline bool has_the_rights(const std::string& missing) {
    if (missing.empty()) return true;
    const char* said = std::getenv("STOCKTRAY_REQUIRE_RIGHTS");
    if (said != nullptr && *said != '\0') FAIL("it cannot be tried here: ", missing);
    MESSAGE("skipped: ", missing);
    return false;
}

}  // namespace stocktray::tests
