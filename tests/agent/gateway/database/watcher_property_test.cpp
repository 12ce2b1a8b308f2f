// Counts, kills, lost messages, restored and lost state files, two gateways, wrong clocks, drawn from a seed. Whatever
// happened: once it is over the agent's book equals the database, and what was posted is exactly what the book has moved.
//
// 150 worlds; a thousand with STOCKTRAY_LONG=1.
#include <filesystem>
#include <memory>

#include "agent/gateway/database/watcher.h"
#include "core/random.h"
#include "tests/agent/gateway/database/watched.h"
#include "tests/support/seed.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace stocktray::gateway::database;

namespace {

constexpr std::int64_t start_ms = 1'800'000'000'000;
constexpr std::int64_t hour_ms = 3'600'000;

// A gateway whose process may end at any time.
class Gateway {
public:
    Gateway(Workbench& bench, FakeDatabase& database, std::filesystem::path file, const std::string& source)
        : book{bench, source}, database_{database}, file_{std::move(file)} {}

    void round(std::int64_t now_ms) {
        if (!state_) {
            state_ = State::open(file_).value();
            // Compared with the whole book at its start only: the rules must do without the daily look.
            watcher_ = std::make_unique<Watcher>(
                database_, book, *state_, Watcher::Options{.name = "erp", .limits = {}, .compare_every = std::chrono::hours{1'000'000}});
        }
        try {
            (void)watcher_->round(now_ms);
        } catch (const Killed&) {
            end();
        }
    }
    void end() {
        watcher_.reset();
        state_.reset();
    }
    // The file as it is now; and that copy put back, or nothing in its place.
    void copy_state() {
        end();
        if (std::filesystem::exists(file_))
            std::filesystem::copy_file(file_, copy(), std::filesystem::copy_options::overwrite_existing);
    }
    void restore_state() {
        end();
        if (std::filesystem::exists(copy()))
            std::filesystem::copy_file(copy(), file_, std::filesystem::copy_options::overwrite_existing);
    }
    void lose_state() {
        end();
        std::filesystem::remove(file_);
    }

    BenchBook book;

private:
    [[nodiscard]] std::filesystem::path copy() const { return file_.string() + ".copy"; }

    FakeDatabase& database_;
    std::filesystem::path file_;
    std::unique_ptr<State> state_{};
    std::unique_ptr<Watcher> watcher_{};
};

class World {
public:
    explicit World(std::uint64_t seed) : random_{seed} {
        for (int n = 0; n < 5; ++n) shop_.emplace(fmt::format("S{}", n), 100);
        bench_.open_cart("a", Script::plain, shop_);
        database_.counts = shop_;
        for (auto* gateway : {&first_, &second_}) gateway->book.fate = [this] { return draw_fate(); };
        database_.on_row = [this] {
            if (is_faulty_ && one_in(40)) move_a_count();  // while it is read
        };
    }

    void live(int steps) {
        for (int step = 0; step < steps; ++step) {
            do_something();
            note_baselines();
        }
        is_faulty_ = false;
        database_.breaks_after.reset();
        for (auto* gateway : {&first_, &second_}) gateway->book.let_late_ones_through();
        for (int n = 0; n < 8; ++n) {
            now_ += 24 * hour_ms;
            first_.round(now_);
            if (has_two_) second_.round(now_);
        }
    }

    void check() {
        for (const auto& [sku, qoh] : database_.counts) {
            const auto item = bench_.store.items.find(sku);
            REQUIRE_MESSAGE(item, sku);
            CHECK_MESSAGE(item->qoh.pieces == qoh, sku);
            const auto baseline = baselines_.find(sku);
            if (baseline == baselines_.end()) continue;  // first told at the very end
            CHECK_MESSAGE(posted(bench_, sku) == item->qoh.pieces - baseline->second, sku);
        }
    }

private:
    [[nodiscard]] bool one_in(std::uint64_t n) { return random_.next() % n == 0; }

    BenchBook::Fate draw_fate() {
        using enum BenchBook::Fate;
        if (!is_faulty_) return arrives;
        switch (random_.next() % 16) {
            case 0: return request_lost;
            case 1: return answer_lost;
            case 2: return killed_before;
            case 3: return killed_after;
            case 4: return arrives_late;
            default: return arrives;
        }
    }

    void move_a_count() {
        auto row = std::next(database_.counts.begin(),
                             static_cast<std::ptrdiff_t>(random_.next() % database_.counts.size()));
        row->second = 97 + static_cast<std::int64_t>(random_.next() % 4);  // few values: it often goes back
    }

    void do_something() {
        auto& gateway = has_two_ && one_in(2) ? second_ : first_;
        switch (random_.next() % 16) {
            case 0: gateway.end(); break;
            case 1: gateway.copy_state(); break;
            case 2: gateway.restore_state(); break;
            case 3: gateway.lose_state(); break;
            case 4: gateway.book.let_late_ones_through(); break;
            case 5: now_ += static_cast<std::int64_t>(random_.next() % 10) * hour_ms - 5 * hour_ms; break;
            case 6: database_.breaks_after = random_.next() % 5; break;
            case 7:
                if (database_.counts.size() > 3) database_.counts.erase(database_.counts.begin());
                break;
            case 8: database_.counts.insert(*std::next(shop_.begin(), static_cast<std::ptrdiff_t>(random_.next() % 5))); break;
            case 9: has_two_ = true; break;
            case 10:
            case 11:
            case 12: move_a_count(); break;
            default: gateway.round(now_ += 10'000); break;
        }
    }

    void note_baselines() {
        for (const auto& [sku, qoh] : shop_)
            if (const auto item = bench_.store.items.find(sku); item && item->has_baseline)
                baselines_.try_emplace(sku, item->qoh.pieces);
    }

    Random random_;
    TempDir dir_;
    Workbench bench_;
    std::map<std::string, std::int64_t> shop_;
    FakeDatabase database_;
    Gateway first_{bench_, database_, dir_.path() / "first.db", "gateway-1"};
    Gateway second_{bench_, database_, dir_.path() / "second.db", "gateway-2"};
    std::map<std::string, std::int64_t> baselines_;  // the counts of the first snapshot
    std::int64_t now_{start_ms};
    bool is_faulty_{true};
    bool has_two_{false};
};

}  // namespace

TEST_SUITE("WatcherProperty") {
    TEST_CASE("whatever happened, the book equals the database and what was posted is what the book has moved") {
        const std::uint64_t seeds = is_long() ? 1'000 : 150;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            CAPTURE(seed);
            World world{seed};
            world.live(120);
            world.check();
        }
    }
}
