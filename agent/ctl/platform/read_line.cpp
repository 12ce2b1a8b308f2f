#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif
#include <fmt/format.h>

#include <cerrno>

#include "agent/ctl/platform/console.h"

namespace stocktray::ctl {

tl::expected<ipc::Secret, std::string> read_line(int descriptor, std::size_t longest) {
    std::string line;
    line.reserve(longest + 1);  // no copies of it are left behind by growing
    char c = 0;
    auto got = ::read(descriptor, &c, 1);
    for (; got == 1 || (got < 0 && errno == EINTR); got = ::read(descriptor, &c, 1)) {
        if (got < 0) continue;
        if (c == '\n') break;
        if (line.size() == longest)
            return tl::unexpected{fmt::format("The password is longer than {} bytes.", longest)};
        line += c;
    }
    if (got < 0) return tl::unexpected{fmt::format("Descriptor {} cannot be read.", descriptor)};
    if (line.ends_with('\r')) line.pop_back();
    ipc::Secret secret{line};
    volatile char* at = line.data();
    for (std::size_t i = 0; i < line.size(); ++i) at[i] = '\0';
    return secret;
}

}  // namespace stocktray::ctl
