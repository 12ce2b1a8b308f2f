#include "tests/faults/disk/disk_log.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;
using What = DiskRecord::What;

std::string bytes_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

Platter::Platter(const fs::path& folder) : folder_{folder.string() + "/"} {
    safe_.folders.insert("");
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const auto path = below(entry.path().string()).value();
        if (entry.is_directory()) safe_.folders.insert(path);
        if (!entry.is_regular_file()) continue;
        struct stat state {};
        if (::stat(entry.path().c_str(), &state) != 0) throw std::runtime_error{"stat " + entry.path().string()};
        by_inode_[state.st_ino] = safe_.files.size();
        safe_.names[path] = safe_.files.size();
        safe_.files.push_back(bytes_of(entry.path()));
    }
    names_ = safe_.names;
}

std::optional<std::string> Platter::below(const std::string& path) const {
    if (path.size() + 1 == folder_.size() && folder_.starts_with(path)) return "";
    return path.starts_with(folder_) ? std::optional{path.substr(folder_.size())} : std::nullopt;
}

void Platter::take(const DiskRecord& record, const std::string& text, std::string bytes) {
    const auto end = text.find('\n');
    const auto found = below(text.substr(0, end));
    if (!found) return;
    const auto& path = *found;
    const auto to = end == std::string::npos ? "" : below(text.substr(end + 1)).value_or("");
    switch (record.what) {
        case What::created:
            by_inode_[record.file] = safe_.files.size();
            names_[path] = safe_.files.size();
            unsynced_.push_back({record.what, safe_.files.size(), path});
            safe_.files.emplace_back();
            break;
        case What::written:
        case What::truncated: {
            const auto known = by_inode_.find(record.file);
            if (known == by_inode_.end()) throw std::runtime_error{"the log does not know where " + path + " came from"};
            unsynced_.push_back({record.what, known->second, path, {}, record.at, std::move(bytes)});
            break;
        }
        case What::synced: sync(record, path); break;
        case What::folder_made: unsynced_.push_back({record.what, 0, path}); break;
        case What::linked:
        case What::renamed: {
            const auto named = names_.find(path);
            if (named == names_.end()) break;  // a socket
            const auto file = named->second;
            unsynced_.push_back({record.what, file, path, to});
            if (record.what == What::renamed) names_.erase(named);
            names_[to] = file;
            break;
        }
        case What::removed:
            if (names_.erase(path) > 0) unsynced_.push_back({record.what, 0, path});
            break;
    }
}

void Platter::sync(const DiskRecord& record, const std::string& path) {
    const auto known = by_inode_.find(record.file);
    const bool is_folder = known == by_inode_.end();
    std::vector<Step> left;
    for (auto& step : unsynced_) {
        const bool is_of_bytes = step.what == What::written || step.what == What::truncated;
        const bool is_safe = is_folder ? !is_of_bytes && (folder_of(step.path) == path || folder_of(step.to) == path)
                                       : is_of_bytes && step.file == known->second;
        if (is_safe) safe_.do_it(step);
        else left.push_back(std::move(step));
    }
    unsynced_ = std::move(left);
}

void Platter::Safe::do_it(const Step& step) {
    switch (step.what) {
        case What::created: names[step.path] = step.file; break;
        case What::written:
            if (files[step.file].size() < step.at + step.bytes.size()) files[step.file].resize(step.at + step.bytes.size());
            files[step.file].replace(step.at, step.bytes.size(), step.bytes);
            break;
        case What::truncated: files[step.file].resize(step.at); break;
        case What::folder_made: folders.insert(step.path); break;
        case What::renamed:
            if (const auto named = names.find(step.path); named != names.end() && named->second == step.file) names.erase(named);
            names[step.to] = step.file;
            break;
        case What::linked: names[step.to] = step.file; break;
        case What::removed: names.erase(step.path); break;
        case What::synced: break;
    }
}

bool Platter::is_write(std::size_t unsynced) const { return unsynced_.at(unsynced).what == What::written; }

void Platter::build(const fs::path& into, const std::function<Fate(std::size_t)>& fate) const {
    auto left = safe_;
    for (std::size_t n = 0; n < unsynced_.size(); ++n) {
        auto step = unsynced_[n];
        const auto becomes = fate(n);
        if (becomes == Fate::lost) continue;
        if (becomes == Fate::torn) step.bytes.resize(step.bytes.size() / 2);
        left.do_it(step);
    }
    fs::remove_all(into);
    for (const auto& folder : left.folders) {
        fs::create_directories(into / folder);
        fs::permissions(into / folder, fs::perms::owner_all);
    }
    // A file in a folder that was lost is lost.
    for (const auto& [path, file] : left.names)
        if (left.folders.contains(folder_of(path)))
            std::ofstream{into / path, std::ios::binary}.write(left.files[file].data(), std::ssize(left.files[file]));
}

std::map<std::string, std::string> DiskLog::environment(std::map<std::string, std::string> disk) const {
    disk["STOCKTRAY_DISK_LOG"] = file().string();
    return disk;
}

void DiskLog::begin_anew() const { fs::remove(file()); }

std::uint64_t DiskLog::moment() const {
    std::error_code none;
    const auto size = fs::file_size(file(), none);
    return none ? 0 : size;
}

void DiskLog::replay(Platter disk, const Each& each) const {
    std::ifstream in{file(), std::ios::binary};
    std::uint64_t moment = 0;
    for (DiskRecord record; in.read(reinterpret_cast<char*>(&record), sizeof record);) {
        std::string text(record.text, ' ');
        std::string bytes(record.size, ' ');
        if (!in.read(text.data(), std::ssize(text)) || !in.read(bytes.data(), std::ssize(bytes))) break;  // its last moment
        each(disk, &record, moment);
        disk.take(record, text, std::move(bytes));
        moment += sizeof record + record.text + record.size;
    }
    each(disk, nullptr, moment);
}

}  // namespace stocktray::tests
