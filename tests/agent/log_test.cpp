// The log of a program whose threads all write to it.
#include "agent/log.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <thread>
#include <vector>

namespace stocktray::agent {

TEST_SUITE("Log") {
    TEST_CASE("what_threads_log_at_the_same_time_stands_there_line_by_line") {
        const auto before = spdlog::default_logger();
        set_up_log("info");
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([thread] {
                    for (int n = 0; n < 400; ++n) spdlog::info("{} of {}, and no more", n, thread);
                });
        }
        std::istringstream lines{recent_log()};
        int count = 0;
        for (std::string line; std::getline(lines, line); ++count) CHECK(line.ends_with(", and no more"));
        CHECK(count == 1'600);
        spdlog::set_default_logger(before);
    }
}

}  // namespace stocktray::agent
