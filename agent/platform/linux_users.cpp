#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "agent/platform/users.h"

namespace stocktray::platform {
namespace {

constexpr std::size_t most_buffer = 1 << 20;

std::string group_name(gid_t id) {
    std::vector<char> buffer(4'096);
    group found{};
    group* result = nullptr;
    while (::getgrgid_r(id, &found, buffer.data(), buffer.size(), &result) == ERANGE && buffer.size() < most_buffer)
        buffer.resize(buffer.size() * 2);
    return result != nullptr ? result->gr_name : "";
}

}  // namespace

User user_of(std::uint32_t id) {
    std::vector<char> buffer(4'096);
    passwd found{};
    passwd* result = nullptr;
    while (::getpwuid_r(id, &found, buffer.data(), buffer.size(), &result) == ERANGE && buffer.size() < most_buffer)
        buffer.resize(buffer.size() * 2);
    if (result == nullptr) return {};
    User user{result->pw_name, {}};
    int count = 32;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(result->pw_name, result->pw_gid, groups.data(), &count) < 0)
        groups.resize(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        if (auto name = group_name(groups[static_cast<std::size_t>(i)]); !name.empty()) user.groups.push_back(std::move(name));
    return user;
}

std::uint32_t own_user_id() { return ::geteuid(); }

}  // namespace stocktray::platform
