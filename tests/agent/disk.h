// The disk of an agent under test, and which of its writes fails.
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "tests/agent/agent_process.h"
#include "tests/agent/failing_disk.h"

namespace stocktray::tests {

class FailingDisk {
public:
    FailingDisk() {
        const int descriptor = ::open(file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0 || ::ftruncate(descriptor, sizeof(DiskControl)) != 0)
            throw std::runtime_error{"the file of the failing disk cannot be made"};
        memory_ = ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        if (memory_ == MAP_FAILED) throw std::runtime_error{"the file of the failing disk cannot be mapped"};
    }
    ~FailingDisk() { ::munmap(memory_, sizeof(DiskControl)); }
    FailingDisk(const FailingDisk&) = delete;
    FailingDisk& operator=(const FailingDisk&) = delete;

    [[nodiscard]] AgentProcess::Options options() const {
        AgentProcess::Options options;
        options.environment = {{"LD_PRELOAD", STOCKTRAY_FAILING_DISK_LIBRARY},
                               {"STOCKTRAY_FAILING_DISK", file().string()}};
        return options;
    }

    // The n-th write from now on.
    void fail_at(std::int64_t n, DiskFault fault) {
        begun_at_ = control().calls;
        control().fault = fault;
        control().fail_at = begun_at_ + n;
        n_ = n;
    }
    void heal() { control().fail_at = 0; }
    // The write that was to fail has been reached.
    [[nodiscard]] bool has_struck() { return control().calls >= begun_at_ + n_; }
    [[nodiscard]] std::int64_t writes() { return control().calls; }

private:
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "disk"; }
    [[nodiscard]] DiskControl& control() { return *static_cast<DiskControl*>(memory_); }

    TempDir dir_;
    void* memory_{nullptr};
    std::int64_t begun_at_{0};
    std::int64_t n_{0};
};

}  // namespace stocktray::tests
