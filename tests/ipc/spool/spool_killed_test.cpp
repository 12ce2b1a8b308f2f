#include <fmt/format.h>

#include <array>
#include <barrier>
#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/ipc/spool/spools.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::Command;
using stocktray::tests::Process;
using stocktray::tests::TempDir;

namespace {

const std::string writer = std::string{STOCKTRAY_BIN_DIR} + "/spool_writer";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

bool contains_all(const std::vector<std::string>& all, const std::vector<std::string>& some) {
    for (const auto& one : some)
        if (std::find(all.begin(), all.end(), one) == all.end()) return false;
    return true;
}

}  // namespace

TEST_SUITE("spool under faults") {
    TEST_CASE("killed at every write: what was said to be on the disk is there") {
        int died = 0;
        for (int when = 1; when <= 40; ++when) {
            CAPTURE(when);
            const TempDir dir;
            const auto file = dir.path() / "spool.db";
            { auto spool = a_spool(file); }
            const auto killed = stocktray::tests::run(
                {{"strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
                  fmt::format("inject=pwrite64:signal=SIGKILL:when={}", when), writer, file.string(), "w", "12"},
                 {},
                 {}});
            if (killed.exit_code != 0) ++died;
            auto spool = a_spool(file);
            CHECK(spool.found().empty());
            const auto said = lines_of(killed.output);
            const auto there = waiting_ids(spool);
            CHECK(contains_all(there, said));
            CHECK(there.size() <= said.size() + 1);
            CHECK(spool.check()->empty());
        }
        CHECK(died > 25);
    }

    TEST_CASE("a sync that fails is told, and only what was synced is promised") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        { auto spool = a_spool(file); }
        const auto failed = stocktray::tests::run(
            {{"strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
              "inject=fsync,fdatasync:error=EIO:when=4+", writer, file.string(), "w", "20"},
             {},
             {}});
        CHECK(failed.exit_code == 2);
        CHECK(failed.errors.find("spool") != std::string::npos);
        auto spool = a_spool(file);
        CHECK(contains_all(waiting_ids(spool), lines_of(failed.output)));
    }

    TEST_CASE("a full disk refuses in words and loses nothing that was promised") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        { auto spool = a_spool(file); }
        const auto full = stocktray::tests::run({{"strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
                                                  "inject=pwrite64:error=ENOSPC:when=9+", writer, file.string(), "w", "20"},
                                                 {},
                                                 {}});
        CHECK(full.exit_code == 2);
        CHECK(full.errors.find("full") != std::string::npos);
        auto spool = a_spool(file);
        const auto there = waiting_ids(spool);
        CHECK(there == lines_of(full.output));
    }

    TEST_CASE("users that start together make one spool") {
        for (int round = 0; round < 100; ++round) {
            const TempDir dir;
            const auto file = dir.path() / "spool.db";
            constexpr int users = 6;
            std::barrier together{users};
            std::array<std::string, users> sources;
            {
                std::vector<std::jthread> threads;
                for (auto& source : sources)
                    threads.emplace_back([&] {
                        together.arrive_and_wait();
                        auto spool = Spool::open(file, "together");
                        source = spool ? spool->source() : spool.error().message;
                    });
            }
            auto spool = a_spool(file);
            for (const auto& source : sources) CHECK(source == spool.source());
        }
    }

    TEST_CASE("three processes append at once: all is there, each one's in its order") {
        const TempDir dir;
        const auto file = dir.path() / "spool.db";
        std::vector<Process> writers;
        for (const char* name : {"a", "b", "c"}) writers.emplace_back(Command{{writer, file.string(), name, "150"}, {}, {}});
        for (auto& process : writers) CHECK(process.wait(std::chrono::seconds{240}) == 0);
        auto spool = a_spool(file);
        const auto ids = waiting_ids(spool);
        CHECK(ids.size() == 450);
        for (const std::string name : {"a", "b", "c"}) {
            int next = 0;
            for (const auto& id : ids)
                if (id.starts_with(name)) CHECK(id == fmt::format("{}-{}", name, next++));
            CHECK(next == 150);
        }
    }
}
