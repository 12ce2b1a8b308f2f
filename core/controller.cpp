#include "core/controller.h"

namespace stocktray {
namespace {

constexpr Milliseconds prune_every{3'600'000};
constexpr Milliseconds answers_kept{std::int64_t{30} * 24 * 3'600'000};
constexpr std::int64_t most_pruned = 5'000;  // rows in one turn

}  // namespace

Controller::Controller(store::Store& the_store, Times times, Random random)
    : random_{random},
      store{the_store},
      journal{store},
      board{store},
      queue{store, board, journal},
      exchanges{},
      scales{store, board, exchanges},
      door{store, queue, journal},
      doubts{store, board, queue, journal, exchanges, scales, door, times.doubts},
      standing{store, board, queue, journal, exchanges, doubts, stack::RetrySchedule{times.retry}, random_},
      stack{store, board, queue, journal, exchanges, standing, doubts, stack::RetrySchedule{times.retry}, random_},
      interventions{store, board, queue, stack, standing, exchanges, journal},
      books{store, board, queue, journal},
      snapshots{store, board, journal},
      imports{store, board, doubts, journal},
      switching{store, board, queue, standing, doubts, journal} {}

Result<void> Controller::start(store::Trouble trouble, const std::string& machine, Now now) {
    return turn(now, stack::Sendings::allowed, [&] {
        board.reload();
        stack.start(now);
        if (trouble == store::Trouble::none) return;
        // Only together with the stops: a start that fails before them must find the same trouble again.
        if (trouble == store::Trouble::cloned) {
            auto identity = store.identity.get();
            identity.machine = machine;
            store.identity.save(identity);
        }
        standing.distrust_ourselves(trouble, now);
    });
}

Result<void> Controller::turn(Now now, stack::Sendings sendings, const std::function<void()>& work) {
    auto done = store.turn(now, [&] {
        if (is_board_stale_) board.reload();
        is_board_stale_ = false;
        work();
        prune(now);
        stack.work(now, sendings);
    });
    if (done) {
        exchanges.committed();
        for (auto& notice : journal.take()) notices_.push_back(std::move(notice));
    } else {
        exchanges.rolled_back();
        journal.forget();
        is_board_stale_ = true;
    }
    return done;
}

Result<void> Controller::read(Now now, const std::function<void()>& work) {
    return store.turn(now, [&] {
        if (is_board_stale_) board.reload();
        is_board_stale_ = false;
        work();
    });
}

void Controller::prune(Now now) {
    if (pruned_ && now.steady - *pruned_ < prune_every) return;
    const auto limit = now.wall - board.settings().history;
    const bool is_done = store.history.prune(limit, most_pruned) < most_pruned &&
                         store.posts.prune(limit, most_pruned) < most_pruned;
    store.ids.forget_answers(now.wall - answers_kept);
    if (is_done) pruned_ = now.steady;
}

}  // namespace stocktray
