// A watched folder whose time the test makes.
#pragma once
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "agent/gateway/folder/folder_worker.h"
#include "ipc/spool/spool.h"
#include "tests/support/temp_dir.h"

namespace stocktray::gateway::testing {

namespace fs = std::filesystem;
using std::chrono::seconds;

struct AFolder {
    tests::TempDir dir;
    fs::path path{dir.path() / "in"};
    FolderSettings settings{};
    std::unique_ptr<ipc::Outbox> outbox;
    std::optional<import::Ledger> ledger;
    std::optional<FolderWorker> worker;
    Steady now{0};

    // `endpoint`: empty is one at which nobody ever is.
    explicit AFolder(std::string endpoint = {}) : endpoint_{std::move(endpoint)} {
        fs::create_directory(path);
        // Where somebody is, what the agent says is to be seen, however long the machine keeps it waiting.
        if (!endpoint_.empty()) settings.carts_within = settings.changes_within = seconds{30};
        if (endpoint_.empty()) endpoint_ = "ipc://" + (dir.path() / "nobody.sock").string();
        settings.path = path;
        settings.wishes.recipe.kind = stock_file::Kind::changes;
    }

    // The program is started, or started again.
    void start() {
        worker.reset();
        outbox.reset();
        ledger.reset();
        auto opened = ipc::Outbox::open({"gateway", endpoint_, spool()});
        REQUIRE(opened);
        outbox = std::move(*opened);
        auto files = import::Ledger::open(dir.path() / "folder.db");
        REQUIRE(files);
        ledger.emplace(std::move(*files));
        worker.emplace(settings, *outbox, *ledger);
    }
    [[nodiscard]] fs::path spool() const { return dir.path() / "spool.db"; }

    void write(const fs::path& name, const std::string& text) const { std::ofstream{path / name, std::ios::binary} << text; }
    [[nodiscard]] bool has(const fs::path& name) const { return fs::exists(path / name); }
    [[nodiscard]] std::string text(const fs::path& name) const {
        std::ifstream in{path / name, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    // Looks, waits for the age of files, and works until nothing is to be done at once.
    void settle() {
        if (!worker) start();
        (void)worker->step(now);
        now += settings.age;
        for (int steps = 0; worker->step(now) == Steady{0}; ++steps) REQUIRE(steps < 100);
    }

    // The changes that were saved, however often they were offered.
    [[nodiscard]] std::vector<ipc::qoh::Change> saved() const {
        auto opened = ipc::Spool::open(spool(), "test");
        REQUIRE(opened);
        std::vector<ipc::qoh::Change> changes;
        for (std::int64_t after = 0;;) {
            const auto entries = opened->list(std::nullopt, after, 1'000);
            REQUIRE(entries);
            if (entries->empty()) return changes;
            for (const auto& entry : *entries) changes.push_back(*entry.change());
            after = entries->back().seq;
        }
    }

private:
    std::string endpoint_;
};

inline bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace stocktray::gateway::testing
