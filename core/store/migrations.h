// The numbered steps from an empty file to today's schema. A step is never changed after a release.
#pragma once
#include <span>
#include <string_view>

namespace stocktray::store {

// migrations()[n] leads from version n to n + 1.
[[nodiscard]] std::span<const std::string_view> migrations() noexcept;

}  // namespace stocktray::store
