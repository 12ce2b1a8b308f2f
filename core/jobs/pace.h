// How much of a job fits into one turn, so that nobody who submits a change meanwhile notices it. Counted in rows and
// not in time: a job does the same on every machine and in every replay.
#pragma once
#include <algorithm>
#include <cstdint>

#include "core/store/store.h"

namespace stocktray::jobs {

// One slice: some hundred rows that are only looked at, or some dozen that something is done with.
class Slice {
public:
    static constexpr std::int64_t most_rows = 400;
    static constexpr std::int64_t most_written = 150;

    explicit Slice(const store::Store& store) noexcept : store_{store}, before_{store.rows_written()} {}

    // A row was dealt with. False: it was the last of this slice.
    [[nodiscard]] bool goes_on() noexcept { return ++rows_ < most_rows && store_.rows_written() - before_ < most_written; }
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

private:
    const store::Store& store_;
    std::int64_t before_;
    std::int64_t rows_{0};
};

// How many rows to fetch for the next slice: about as many as the last one dealt with.
class Portion {
public:
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    void took(const Slice& slice) noexcept { rows_ = std::min(Slice::most_rows, slice.rows() + slice.rows() / 2 + 16); }

private:
    std::int64_t rows_{Slice::most_rows};
};

}  // namespace stocktray::jobs
