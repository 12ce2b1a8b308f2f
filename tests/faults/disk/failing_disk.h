// The disk of a program under test, and which of its calls fails.
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

#include "tests/agent/agent_process.h"
#include "tests/faults/disk/disk_control.h"

namespace stocktray::tests {

class FailingDisk {
public:
    explicit FailingDisk(std::uint32_t kinds = calls_that_write) {
        const int descriptor = ::open(file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0 || ::ftruncate(descriptor, sizeof(DiskControl)) != 0)
            throw std::runtime_error{"the file of the failing disk cannot be made"};
        memory_ = ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        if (memory_ == MAP_FAILED) throw std::runtime_error{"the file of the failing disk cannot be mapped"};
        control().kinds = kinds;
    }
    ~FailingDisk() { ::munmap(memory_, sizeof(DiskControl)); }
    FailingDisk(const FailingDisk&) = delete;
    FailingDisk& operator=(const FailingDisk&) = delete;

    // For a program that keeps its files below `folder`.
    [[nodiscard]] std::map<std::string, std::string> environment(const std::filesystem::path& folder) const {
        return {{"LD_PRELOAD", STOCKTRAY_DISK_PRELOAD},
                {"STOCKTRAY_DISK_CONTROL", file().string()},
                {"STOCKTRAY_DISK_FOLDER", folder.string()}};
    }
    // For an agent; its files lie below the folder for temporary ones.
    [[nodiscard]] AgentProcess::Options options() const {
        AgentProcess::Options options;
        options.environment = environment(std::filesystem::temp_directory_path());
        return options;
    }

    // The n-th call from now on. `error` as in DiskControl.
    void fail_at(std::int64_t n, DiskFault fault, int error = 0) {
        begun_at_ = control().calls;
        control().fault = fault;
        control().error = error;
        control().fail_at = begun_at_ + n;
        n_ = n;
    }
    void heal() { control().fail_at = 0; }
    // The call that was to fail has been reached.
    [[nodiscard]] bool has_struck() { return control().calls >= begun_at_ + n_; }
    [[nodiscard]] DiskCall struck() { return control().struck; }
    [[nodiscard]] std::int64_t calls() { return control().calls; }
    [[nodiscard]] std::int64_t calls(DiskCall kind) { return control().by_kind[static_cast<std::size_t>(kind)]; }

private:
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "disk"; }
    [[nodiscard]] DiskControl& control() { return *static_cast<DiskControl*>(memory_); }

    TempDir dir_;
    void* memory_{nullptr};
    std::int64_t begun_at_{0};
    std::int64_t n_{0};
};

}  // namespace stocktray::tests
