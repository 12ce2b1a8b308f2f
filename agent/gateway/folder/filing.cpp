#include "agent/gateway/folder/filing.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "agent/gateway/folder/folder_watch.h"
#include "agent/gateway/synced_file.h"
#include "ipc/spool/place.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;

constexpr const char* report_ending = ".report.txt";

Failure failure(const fs::path& what, const std::error_code& error) {
    return fail(ErrorCode::storage, fmt::format("{}: {}", what.string(), error.message()));
}

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(file, ignored));
}

// NAME.csv, NAME (2).csv, NAME (3).csv: the first that is not there. A report whose file is gone is over.
fs::path free_name(const fs::path& folder, const fs::path& name) {
    for (int number = 1;; ++number) {
        const auto candidate = folder / (number == 1 ? name.string()
                                                     : fmt::format("{} ({}){}", name.stem().string(), number, name.extension().string()));
        if (!is_there(candidate)) return candidate;
    }
}

// A name may have 255 bytes, and that of its report is longer.
fs::path with_room_for_a_report(const fs::path& name) {
    constexpr std::size_t longest = 255;
    constexpr std::string_view number = " (9999)";
    const auto all = name.string();
    const auto most = longest - std::string_view{report_ending}.size() - number.size();
    if (all.size() <= most) return name;
    const auto ending = name.extension().string().size() < most / 2 ? name.extension().string() : std::string{};
    auto stem = all.substr(0, most - ending.size());
    while (!stem.empty() && (static_cast<unsigned char>(all[stem.size()]) & 0xC0) == 0x80) stem.pop_back();  // no character is cut in two
    return stem + ending;
}

}  // namespace

std::optional<Seen> look_at(const fs::path& file) {
    struct stat about {};
    if (::stat(file.c_str(), &about) != 0) return std::nullopt;
    return Seen{file.filename().string(), static_cast<std::uint64_t>(about.st_size),
                std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec, false};
}

Result<void> Filing::open() const {
    std::error_code error;
    if (!fs::is_directory(folder_, error))
        return fail(ErrorCode::not_found, fmt::format("The folder {} is not there, or cannot be entered.", folder_.string()));
    for (const auto& folder : {accept(), taking(), done(), problems()}) {
        fs::create_directory(folder, error);
        if (error) return failure(folder, error);
    }
    return {};
}

Result<std::vector<Seen>> Filing::list(const fs::path& in, const std::vector<std::string>& patterns) const {
    std::vector<Seen> files;
    std::error_code error;
    for (fs::directory_iterator at{in, error}, end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const auto name = at->path().filename().string();
        // A link would read a file as this user that whoever laid it there may not read.
        if (!fs::is_regular_file(at->symlink_status(ignored)) || !is_wanted(name, patterns)) continue;
        if (auto seen = look_at(at->path())) {
            seen->is_open_for_writing = is_open_for_writing(at->path());
            files.push_back(std::move(*seen));
        }
    }
    if (error) return failure(in, error);
    std::ranges::sort(files, {}, &Seen::name);
    return files;
}

Result<fs::path> Filing::move(const fs::path& file, const fs::path& into) const {
    const auto target = free_name(into, file.filename());
    std::error_code error;
    fs::rename(file, target, error);
    if (error) return failure(file, error);
    ipc::sync_folder(into);
    return target;
}

Result<void> Filing::put_away(const fs::path& file, const fs::path& into, const std::string& report) const {
    const auto target = free_name(into, with_room_for_a_report(file.filename()));
    if (auto written = write_synced(target.string() + report_ending, report); !written) return written;
    std::error_code error;
    fs::rename(file, target, error);
    if (error) return failure(file, error);
    return {};
}

std::vector<Filing::Problem> Filing::problems_told() const {
    std::vector<Problem> found;
    std::error_code error;
    for (fs::directory_iterator at{problems(), error}, end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        std::error_code ignored;
        if (name.ends_with(report_ending) || name.starts_with('.') || !at->is_regular_file(ignored)) continue;
        std::ifstream report{at->path().string() + report_ending};
        found.push_back({name, {std::istreambuf_iterator<char>{report}, {}}});
    }
    std::ranges::sort(found, {}, &Problem::name);
    return found;
}

}  // namespace stocktray::gateway
