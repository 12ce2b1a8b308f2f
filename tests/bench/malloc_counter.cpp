// Loaded into the agent by LD_PRELOAD: counts its allocations in a file that the test maps, too.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* __libc_realloc(void* old, std::size_t size);

namespace {

std::atomic<long long>* counter = nullptr;

void count() noexcept {
    if (counter != nullptr) counter->fetch_add(1, std::memory_order_relaxed);
}

__attribute__((constructor)) void map_counter() {
    const char* file = std::getenv("STOCKTRAY_MALLOC_COUNTER");
    const int descriptor = file != nullptr ? ::open(file, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    if (page != MAP_FAILED) counter = static_cast<std::atomic<long long>*>(page);
}

}  // namespace

extern "C" void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
extern "C" void* realloc(void* old, std::size_t size) {
    count();
    return __libc_realloc(old, size);
}
