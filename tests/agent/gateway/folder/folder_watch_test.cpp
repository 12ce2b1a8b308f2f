#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "agent/gateway/folder/folder_watch.h"
#include "tests/support/temp_dir.h"

namespace stocktray::gateway {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

TEST_SUITE("folder watch") {
    TEST_CASE("a_file_that_arrives_ends_the_wait") {
        const tests::TempDir dir;
        const auto watch = watch_folder(dir.path());
        REQUIRE(watch);
        CHECK(watch->is_told());
        const auto begun = Clock::now();
        std::jthread writer{[&] {
            std::this_thread::sleep_for(milliseconds{50});
            std::ofstream{dir.path() / "a.csv"} << "x";
        }};
        watch->wait(seconds{60}, {});
        CHECK(Clock::now() - begun < seconds{30});
    }

    TEST_CASE("a_request_to_stop_ends_the_wait_of_either_kind") {
        const tests::TempDir dir;
        for (const auto& watch : {watch_folder(dir.path()).release(), poll_folder(seconds{60}).release()}) {
            const std::unique_ptr<FolderWatch> owned{watch};
            std::stop_source stop;
            const auto begun = Clock::now();
            std::jthread stopper{[&] {
                std::this_thread::sleep_for(milliseconds{50});
                stop.request_stop();
            }};
            owned->wait(seconds{60}, stop.get_token());
            CHECK(Clock::now() - begun < seconds{30});
        }
    }

    TEST_CASE("polling_looks_as_often_as_it_was_told") {
        const auto begun = Clock::now();
        poll_folder(milliseconds{20})->wait(seconds{60}, {});
        CHECK(Clock::now() - begun < seconds{30});
        CHECK_FALSE(poll_folder(seconds{1})->is_told());
    }

    TEST_CASE("of_a_folder_that_is_not_there_nothing_is_told") { CHECK_FALSE(watch_folder("/no/such/folder")); }

    TEST_CASE("a_writer_is_seen_as_long_as_it_has_the_file_open") {
        const tests::TempDir dir;
        const auto file = dir.path() / "a.csv";
        std::ofstream writer{file};
        CHECK(is_open_for_writing(file));
        writer.close();
        CHECK_FALSE(is_open_for_writing(file));
        const std::ifstream reader{file};
        CHECK_FALSE(is_open_for_writing(file));
        CHECK_FALSE(is_open_for_writing(dir.path() / "nobody"));
    }
}

}  // namespace stocktray::gateway
