#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cerrno>

#include "ipc/endpoint.h"
#include "ipc/private_file.h"

namespace stocktray::ipc {

namespace fs = std::filesystem;

Expected<void> make_folder(const Endpoints& endpoints) {
    if (!endpoints.requests.starts_with(ipc_scheme)) return {};
    const fs::path folder = fs::path{endpoints.requests.substr(ipc_scheme.size())}.parent_path();
    make_private_folder(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(Code::storage, fmt::format("The folder '{}' cannot be made: {}.", folder.string(),
                                               std::generic_category().message(errno)));
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return fail(Code::storage, fmt::format("'{}' is no folder.", folder.string()));
    if (constexpr uid_t root = 0; found.st_uid != ::geteuid() && found.st_uid != root)
        return fail(Code::storage, fmt::format("The folder '{}' belongs to another user, who could take the agent's place. Choose "
                                               "a folder of your own with --endpoint.", folder.string()));
    const bool others_may_write = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    const bool is_sticky = (found.st_mode & S_ISVTX) != 0;
    if (others_may_write && !is_sticky)
        return fail(Code::storage, fmt::format("Others may write in the folder '{}', so they could take the "
                                               "agent's place. Run: chmod 700 '{}'",
                                               folder.string(), folder.string()));
    return {};
}

}  // namespace stocktray::ipc
