// What goes to the agent: questions for its book, offers, snapshots; and what its answers mean for the state.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "agent/gateway/database/book.h"
#include "agent/gateway/database/state.h"
#include "ipc/error.h"

namespace stocktray::gateway::database {

// What the telling of one reading came to.
struct Told {
    std::int64_t changes{0};      // accepted
    std::int64_t in_snapshot{0};  // items
    bool is_unfinished{false};    // something waits for a newer reading
};

// All errors are the agent's; what was begun goes on in the next round. May throw SQLite::Exception.
class Teller {
public:
    // The note that keeps who was met; gone with a state file that is lost.
    static constexpr const char* life_note = "agent";

    // Both must outlive it. `watch`: part of every id.
    Teller(Book& book, State& state, std::string watch) : book_{book}, state_{state}, watch_{std::move(watch)} {}

    // Asks who is there. True: it has not lived with us so far (another one, or restored) and is to get a whole snapshot.
    [[nodiscard]] ipc::Expected<bool> meets_a_stranger();

    // Before the reading. Offers without an answer go out again, as they were.
    [[nodiscard]] ipc::Expected<void> repeat_offers(std::int64_t now_ms);
    // Corrects what we believe the book to be; true: something was wrong.
    [[nodiscard]] ipc::Expected<bool> compare_with_book();
    // Asks for the books that are not known and whose rest is over; true: there were some.
    [[nodiscard]] ipc::Expected<bool> ask_unasked(std::int64_t now_ms);

    // After it, with what is staged, in this order: a book that is learned now may be newer than the reading, and its
    // difference waits for the next.
    [[nodiscard]] ipc::Expected<void> tell_changes(std::int64_t now_ms, std::int64_t read_at_ms, Told& told);
    [[nodiscard]] ipc::Expected<void> introduce(Told& told);
    [[nodiscard]] ipc::Expected<void> describe(std::int64_t now_ms, Told& told);

    // For a stranger: opened before the reading, told after it, everything that is staged.
    [[nodiscard]] ipc::Expected<std::string> open_snapshot();
    [[nodiscard]] ipc::Expected<void> tell_all(const std::string& snapshot, Told& told);

private:
    [[nodiscard]] ipc::Expected<std::int64_t> send(std::vector<State::Kept> batch, std::int64_t now_ms);
    [[nodiscard]] ipc::Expected<std::vector<Counted>> still_right(const std::vector<Counted>& rows, std::int64_t now_ms,
                                                                  Told& told);
    [[nodiscard]] ipc::Expected<void> close_snapshot(const std::string& snapshot, std::int64_t part, Told& told);

    Book& book_;
    State& state_;
    std::string watch_;
    std::string life_{};  // of the agent that was met
};

}  // namespace stocktray::gateway::database
