// How much of a list goes into one answer where its entries differ much in size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "ipc/codec/document.h"
#include "ipc/codec/encode.h"

namespace stocktray::agent {

class PageRoom {
public:
    // Half of the largest answer: an entry that begins below it and is itself no larger than that still fits.
    static constexpr std::size_t bytes = ipc::Limits{}.bytes / 2;

    // `limit`: how many the client wants at most; none: as many as there is room for.
    explicit PageRoom(std::optional<std::int64_t> limit) noexcept
        : left_{limit.value_or(std::numeric_limits<std::int64_t>::max())} {}

    // Whether this one goes into the page, too; the first always does.
    template <ipc::Message T>
    [[nodiscard]] bool takes(const T& entry) {
        const auto size = ipc::encode(entry).size();
        if (left_ == 0 || (used_ > 0 && used_ + size > bytes)) return false;
        --left_;
        used_ += size;
        return true;
    }

private:
    std::int64_t left_;
    std::size_t used_{0};
};

}  // namespace stocktray::agent
