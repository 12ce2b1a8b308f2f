// A shop with one cart, its Order Manager's database, and the gateway's watcher between, on files of their own.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>

#include "agent/gateway/database/watcher.h"
#include "tests/agent/gateway/database/watched.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

struct Watch {
    explicit Watch(std::map<std::string, std::int64_t> counts = {{"A", 100}, {"B", 5}}) {
        bench.open_cart("a", Script::plain, counts);
        database.counts = std::move(counts);
        begin();
    }

    void begin() {
        state = watched::State::open(file()).value();
        watcher = std::make_unique<watched::Watcher>(database, book, *state, watched::Watcher::Options{.name = "erp", .limits = limits});
    }
    void end() {
        watcher.reset();
        state.reset();
    }
    watched::Round round() {
        auto done = watcher->round(now += 10'000);
        REQUIRE_MESSAGE(done, done.error().message);
        return std::move(*done);
    }
    // Until nothing is left to do.
    void settle() {
        for (int n = 0; n < 5; ++n) (void)round();
    }
    [[nodiscard]] std::filesystem::path file() const { return dir.path() / "erp.db"; }
    [[nodiscard]] std::int64_t in_book(const std::string& sku) { return bench.item(sku).qoh.pieces; }

    TempDir dir{};
    Workbench bench{};
    FakeDatabase database{};
    BenchBook book{bench};
    watched::GuardLimits limits{};
    std::unique_ptr<watched::State> state{};
    std::unique_ptr<watched::Watcher> watcher{};
    std::int64_t now{1'800'000'000'000};
};

}  // namespace stocktray::tests
