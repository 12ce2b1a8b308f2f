// What all floors share: for how long they run, and the one line that they print.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace stocktray::bench {

using Clock = std::chrono::steady_clock;

// Measures pieces of work until the time is over, and how long each took.
class Course {
public:
    explicit Course(const char* seconds)
        : end_{begin_ + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>{std::atof(seconds)})} {}

    [[nodiscard]] bool is_over() const noexcept { return Clock::now() >= end_; }
    void done(Clock::time_point begun, long long operations = 1) {
        times_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count());
        operations_ += operations;
    }
    // `<operations per second> <p50 in µs> <p99 in µs>`
    void print() {
        const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
        std::ranges::sort(times_);
        const auto at = [&](double part) {
            return times_.empty()
                       ? 0.0
                       : times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))];
        };
        std::printf("%.1f %.1f %.1f\n", static_cast<double>(operations_) / seconds, at(0.5), at(0.99));
    }

private:
    Clock::time_point begin_{Clock::now()};
    Clock::time_point end_;
    std::vector<double> times_;
    long long operations_{0};
};

inline int usage(const char* words) {
    std::fprintf(stderr, "usage: %s\n", words);
    return 64;
}

}  // namespace stocktray::bench
