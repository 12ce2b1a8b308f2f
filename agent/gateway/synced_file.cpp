#include "agent/gateway/synced_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace stocktray::gateway {

Result<void> write_synced(const std::filesystem::path& file, std::string_view text) {
    ::unlink(file.c_str());
    const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool is_good = opened >= 0;
    for (std::size_t at = 0; is_good && at < text.size();) {
        const auto count = ::write(opened, text.data() + at, text.size() - at);
        is_good = count > 0;
        if (is_good) at += static_cast<std::size_t>(count);
    }
    is_good = is_good && ::fsync(opened) == 0;
    const std::error_code error{errno, std::generic_category()};
    if (opened >= 0) ::close(opened);
    if (!is_good) return fail(ErrorCode::storage, fmt::format("{}: {}", file.string(), error.message()));
    return {};
}

}  // namespace stocktray::gateway
