// Who this agent is, its own time line, and the counters that must never go back.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace stocktray::store {

class Database;

// Why all carts stand still after a start.
enum class Trouble { none, restored, cloned };

struct Identity {
    std::string agent;        // our id at the connectors
    std::string incarnation;  // drawn with the database
    std::string machine;
    std::int64_t commits{0};
    std::int64_t next_number{1};
    WallTime wall{};          // the time line stood at `steady` when the wall clock said this
    AgentTime steady{};
    Trouble trouble{Trouble::none};
};

class Identities {
public:
    explicit Identities(Database& database) noexcept : database_{database} {}

    [[nodiscard]] bool exists() const;
    [[nodiscard]] Identity get() const;
    void create(const Identity& identity);
    void save(const Identity& identity);
    // The end of a turn that wrote something: moves the commit counter and the time line. Returns the counter;
    // 0 while there is no identity yet.
    std::int64_t commit_turn(Now now);
    // Changes nothing but is written: whether the disk takes anything at all.
    void touch();
    // A block of post numbers, which never come again; returns the first.
    [[nodiscard]] std::int64_t draw_numbers(std::int64_t how_many);

private:
    Database& database_;
};

}  // namespace stocktray::store
