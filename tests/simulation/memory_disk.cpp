#include "tests/simulation/memory_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace stocktray::simulation {
namespace {

constexpr std::size_t sector = 512;

// What was there before a write, for a disk on which it never happened.
struct Before {
    std::size_t at;
    std::size_t size;   // of the write
    std::string bytes;  // fewer where the file ended
};

struct File {
    std::string content;
    std::vector<Before> unsynced;               // since it was synced
    std::optional<std::string> before_cut{};    // as it was when it was made shorter, with what was unsynced then
};

}  // namespace

struct MemoryDisk::State {
    sqlite3_vfs vfs{};
    std::map<std::string, std::shared_ptr<File>> files{};
    int writes_left{-1};  // -1: nobody counts
    bool has_power{true};

    [[nodiscard]] bool may_write() {
        if (has_power && writes_left >= 0 && writes_left-- == 0) has_power = false;
        return has_power;
    }
};

namespace {

// As SQLite wants it: its own struct first.
struct OpenFile {
    sqlite3_file base;
    MemoryDisk::State* disk;
    std::shared_ptr<File> file;
};

OpenFile& open_of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int close(sqlite3_file* file) {
    open_of(file).file.~shared_ptr();
    return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    const auto& content = open_of(file).file->content;
    const auto from = std::min(static_cast<std::size_t>(at), content.size());
    const auto there = std::min(static_cast<std::size_t>(size), content.size() - from);
    std::memcpy(to, content.data() + from, there);
    if (there == static_cast<std::size_t>(size)) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + there, 0, static_cast<std::size_t>(size) - there);
    return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    auto& open = open_of(file);
    if (!open.disk->may_write()) return SQLITE_IOERR_WRITE;
    auto& content = open.file->content;
    const auto begin = static_cast<std::size_t>(at);
    const auto length = static_cast<std::size_t>(size);
    open.file->unsynced.push_back({begin, length, begin < content.size() ? content.substr(begin, length) : std::string{}});
    if (content.size() < begin + length) content.resize(begin + length);
    std::memcpy(content.data() + begin, from, length);
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& open = open_of(file);
    if (!open.disk->may_write()) return SQLITE_IOERR_TRUNCATE;
    if (!open.file->before_cut) open.file->before_cut = open.file->content;
    open.file->content.resize(static_cast<std::size_t>(size));
    open.file->unsynced.clear();
    return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
    auto& open = open_of(file);
    if (!open.disk->may_write()) return SQLITE_IOERR_FSYNC;
    open.file->unsynced.clear();
    open.file->before_cut.reset();
    return SQLITE_OK;
}

int size_of(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(open_of(file).file->content.size());
    return SQLITE_OK;
}

int lock(sqlite3_file*, int) { return SQLITE_OK; }  // one agent, one connection
int is_reserved(sqlite3_file*, int* is) {
    *is = 0;
    return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
int characteristics(sqlite3_file*) { return 0; }  // nothing is promised

const sqlite3_io_methods methods = [] {
    sqlite3_io_methods all{};
    all.iVersion = 1;  // no shared memory: the agent holds its database alone
    all.xClose = close;
    all.xRead = read;
    all.xWrite = write;
    all.xTruncate = truncate;
    all.xSync = sync;
    all.xFileSize = size_of;
    all.xLock = lock;
    all.xUnlock = lock;
    all.xCheckReservedLock = is_reserved;
    all.xFileControl = control;
    all.xSectorSize = sector_size;
    all.xDeviceCharacteristics = characteristics;
    return all;
}();

// A statement takes and gives back some pieces of memory with each run. Here they are kept by their size, a power of two.
constexpr std::size_t head = 16;  // before each piece: which size it has
constexpr unsigned least = 6;
constexpr unsigned most = 13;
struct Piece {
    Piece* next;
};
Piece* kept[most + 1];

std::uint32_t& size_of_piece(void* piece) { return *reinterpret_cast<std::uint32_t*>(static_cast<char*>(piece) - head); }
unsigned class_of(std::size_t size) { return std::max<unsigned>(least, static_cast<unsigned>(std::bit_width(size - 1))); }

void* take_piece(int size) {
    const auto whole = static_cast<std::size_t>(size) + head;
    const auto of = class_of(whole);
    if (of <= most && kept[of] != nullptr) return std::exchange(kept[of], kept[of]->next);
    auto* begin = static_cast<char*>(std::malloc(of <= most ? std::size_t{1} << of : whole));
    if (begin == nullptr) return nullptr;
    size_of_piece(begin + head) = static_cast<std::uint32_t>(of <= most ? (std::size_t{1} << of) - head : whole - head);
    return begin + head;
}
int room_of(void* piece) { return piece == nullptr ? 0 : static_cast<int>(size_of_piece(piece)); }
void give_piece(void* piece) {
    const auto of = class_of(size_of_piece(piece) + head);
    if (of > most) return std::free(static_cast<char*>(piece) - head);
    auto* given = static_cast<Piece*>(piece);
    given->next = std::exchange(kept[of], given);
}
void* resize_piece(void* piece, int size) {
    if (size <= room_of(piece)) return piece;
    auto* larger = take_piece(size);
    if (larger == nullptr) return nullptr;
    std::memcpy(larger, piece, static_cast<std::size_t>(room_of(piece)));
    give_piece(piece);
    return larger;
}
int round_up(int size) { return (size + 7) & ~7; }
int begin_pieces(void*) { return SQLITE_OK; }
void end_pieces(void*) {}

sqlite3_mem_methods kept_pieces{take_piece, give_piece, resize_piece, room_of, round_up, begin_pieces, end_pieces, nullptr};

MemoryDisk::State& disk_of(sqlite3_vfs* vfs) { return *static_cast<MemoryDisk::State*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& disk = disk_of(vfs);
    file->pMethods = nullptr;
    if (!disk.has_power) return SQLITE_CANTOPEN;
    std::shared_ptr<File> content;
    if (name == nullptr) {
        content = std::make_shared<File>();  // for a moment, by nobody's name
    } else if (const auto found = disk.files.find(name); found != disk.files.end()) {
        content = found->second;
    } else if ((flags & SQLITE_OPEN_CREATE) != 0) {
        content = disk.files[name] = std::make_shared<File>();
    } else {
        return SQLITE_CANTOPEN;
    }
    auto& opened = *new (file) OpenFile{{&methods}, &disk, std::move(content)};
    (void)opened;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int) {
    auto& disk = disk_of(vfs);
    if (!disk.may_write()) return SQLITE_IOERR_DELETE;
    return disk.files.erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access(sqlite3_vfs* vfs, const char* name, int, int* is_there) {
    *is_there = disk_of(vfs).files.contains(name) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* to) {
    sqlite3_snprintf(size, to, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
    std::memset(to, 7, static_cast<std::size_t>(size));  // the same seed, the same day
    return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int time_of_day(sqlite3_vfs*, double* days) {
    *days = 2'460'000.5;
    return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

MemoryDisk::MemoryDisk() : state_{std::make_unique<State>()} {
    // Before SQLite begins, which it does with the registration: nobody else in this process works a database.
    [[maybe_unused]] static const int alone = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    [[maybe_unused]] static const int without_sums = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    [[maybe_unused]] static const int pieces = sqlite3_config(SQLITE_CONFIG_MALLOC, &kept_pieces);
    auto& vfs = state_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 200;
    vfs.zName = "memory-disk";
    vfs.pAppData = state_.get();
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = time_of_day;
    vfs.xGetLastError = last_error;
    constexpr int as_default = 1;
    if (sqlite3_vfs_register(&vfs, as_default) != SQLITE_OK) throw std::runtime_error{"the disk in memory cannot be registered"};
}

MemoryDisk::~MemoryDisk() { sqlite3_vfs_unregister(&state_->vfs); }

void MemoryDisk::prepare(const std::string& database) {
    sqlite3* db = nullptr;
    const bool is_made = sqlite3_open(database.c_str(), &db) == SQLITE_OK &&
                         sqlite3_exec(db, "PRAGMA page_size = 1024; CREATE TABLE t (x); DROP TABLE t", nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(db);
    if (!is_made) throw std::runtime_error{"the disk in memory takes no database"};
}

void MemoryDisk::cut_power_after(int writes) { state_->writes_left = writes; }
bool MemoryDisk::has_power() const { return state_->has_power; }

void MemoryDisk::come_back(Random& random) {
    for (auto& [name, file] : state_->files) {
        auto& content = file->content;
        // Where it was made shorter, either all of that reached the disk or nothing did.
        if (file->before_cut && random.below(2) == 0) {
            content = *file->before_cut;
            file->unsynced.clear();
        }
        // The last write first: what is under it comes to light.
        for (auto before = file->unsynced.rbegin(); before != file->unsynced.rend(); ++before)
            for (std::size_t at = 0; at < before->size; at += sector) {
                if (random.below(2) == 0) continue;
                const auto length = std::min(sector, before->size - at);
                for (std::size_t n = 0; n < length; ++n)
                    content[before->at + at + n] = at + n < before->bytes.size() ? before->bytes[at + n] : '\0';
            }
        file->unsynced.clear();
        file->before_cut.reset();
    }
    state_->has_power = true;
    state_->writes_left = -1;
}

MemoryDisk::Image MemoryDisk::image() const {
    Image image;
    for (const auto& [name, file] : state_->files) image[name] = file->content;
    return image;
}

void MemoryDisk::put_back(const Image& image) {
    state_->files.clear();
    for (const auto& [name, content] : image) state_->files[name] = std::make_shared<File>(File{content, {}});
}

}  // namespace stocktray::simulation
