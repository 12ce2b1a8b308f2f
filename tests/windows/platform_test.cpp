// What stands behind the small interfaces of ipc, on Windows.
#include <windows.h>

#include <aclapi.h>
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "ipc/client/wait.h"
#include "ipc/path_text.h"
#include "ipc/private_file.h"
#include "ipc/spool/place.h"
#include "ipc/spool/spool.h"
#include "ipc/user.h"
#include "ipc/wake_signal.h"
#include "ipc/whoami.h"
#include "tests/support/temp_dir.h"

using namespace std::chrono_literals;
using namespace stocktray::ipc;
using stocktray::tests::TempDir;

namespace {

std::string contents(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// How many have rights on the file.
unsigned rights_on(const std::filesystem::path& path) {
    PACL list = nullptr;
    PSECURITY_DESCRIPTOR about = nullptr;
    auto name = path.wstring();
    REQUIRE(::GetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, &list, nullptr, &about) ==
            ERROR_SUCCESS);
    const unsigned count = list ? list->AceCount : 0u;
    ::LocalFree(about);
    return count;
}

}  // namespace

TEST_SUITE("On Windows") {
    TEST_CASE("a private file is written whole, replaced, and never over one that should not be there") {
        const TempDir dir;
        const auto file = dir.path() / path_of("schlüssel.json");
        REQUIRE(write_private(file, "one", IfThere::fails));
        CHECK(contents(file) == "one");
        const auto again = write_private(file, "two", IfThere::fails);
        REQUIRE(!again);
        CHECK(again.error().code == Code::conflict);
        CHECK(contents(file) == "one");
        REQUIRE(write_private(file, "three\n", IfThere::replaces));
        CHECK(contents(file) == "three\n");
        CHECK(std::distance(std::filesystem::directory_iterator{dir.path()}, {}) == 1);
    }

    TEST_CASE("a private file is this user's and the system's") {
        const TempDir dir;
        const auto file = dir.path() / "key";
        REQUIRE(write_private(file, "secret", IfThere::fails));
        CHECK(rights_on(file) == 2);
    }

    TEST_CASE("a signal wakes who waits, once it is set and until it is cleared") {
        WakeSignal signal;
        const std::array watched{signal.descriptor()};
        const auto began = std::chrono::steady_clock::now();
        wait_readable(watched, began + 50ms);
        CHECK(std::chrono::steady_clock::now() - began >= 50ms);
        std::thread other{[&] { signal.set(); }};
        wait_readable(watched, began + 30s);
        other.join();
        CHECK(std::chrono::steady_clock::now() - began < 20s);
        CHECK(signal.clear());
        CHECK(!signal.clear());
    }

    TEST_CASE("a spool is shared by who writes to it, and alone for who repairs it") {
        const TempDir dir;
        const auto file = dir.path() / "a" / "spool.db";
        REQUIRE(make_private_file(file));
        using Share = SpoolGuard::Share;
        {
            auto one = SpoolGuard::take(file, Share::with_others), two = SpoolGuard::take(file, Share::with_others);
            REQUIRE(one);
            REQUIRE(two);
            CHECK(*one);
            CHECK(*two);
            auto alone = SpoolGuard::take(file, Share::alone);
            REQUIRE(alone);
            CHECK(!*alone);
        }
        auto alone = SpoolGuard::take(file, Share::alone);
        REQUIRE(alone);
        CHECK(*alone);
        auto late = SpoolGuard::take(file, Share::with_others);
        REQUIRE(late);
        CHECK(!*late);
    }

    TEST_CASE("folders lie in the user's local profile, and names come in UTF-8") {
        CHECK(config_folder().filename() == "Stocktray");
        CHECK(config_folder().is_absolute());
        CHECK(!host_name().empty());
        ::_wputenv(L"STOCKTRAY_TRIED=M\u00fcller");
        CHECK(variable("STOCKTRAY_TRIED") == "M\xC3\xBCller");
        CHECK(variable("STOCKTRAY_NOT_SET").empty());
    }
}
