#include "core/store/identity.h"

#include "core/store/database.h"

namespace stocktray::store {
namespace {

std::string_view to_string(Trouble trouble) noexcept {
    switch (trouble) {
        case Trouble::none: return "";
        case Trouble::restored: return "restored";
        case Trouble::cloned: return "cloned";
    }
    return "";
}

}  // namespace

bool Identities::exists() const { return database_.query("SELECT 1 FROM agent").next(); }

Identity Identities::get() const {
    Identity identity;
    Query q = database_.query(
        "SELECT agent, incarnation, machine, commits, next_number, wall_ms, steady_ms, trouble FROM agent");
    if (!q.next()) return identity;
    identity.agent = q.text(0);
    identity.incarnation = q.text(1);
    identity.machine = q.text(2);
    identity.commits = q.integer(3);
    identity.next_number = q.integer(4);
    identity.wall = wall_from_ms(q.integer(5));
    identity.steady = agent_from_ms(q.integer(6));
    if (q.view(7) == "restored") identity.trouble = Trouble::restored;
    if (q.view(7) == "cloned") identity.trouble = Trouble::cloned;
    return identity;
}

void Identities::create(const Identity& identity) {
    database_.run(
        "INSERT INTO agent (one, agent, incarnation, machine, commits, next_number, wall_ms, steady_ms, trouble)"
        " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
        identity.agent, identity.incarnation, identity.machine, identity.commits, identity.next_number,
        to_ms(identity.wall), to_ms(identity.steady), to_string(identity.trouble));
}

void Identities::save(const Identity& identity) {
    database_.run("UPDATE agent SET agent = ?, incarnation = ?, machine = ?, next_number = ?, trouble = ?", identity.agent,
                  identity.incarnation, identity.machine, identity.next_number, to_string(identity.trouble));
}

// RETURNING would build a table for the one number.
std::int64_t Identities::commit_turn(Now now) {
    database_.run("UPDATE agent SET commits = commits + 1, wall_ms = ?, steady_ms = max(steady_ms, ?)", to_ms(now.wall),
                  to_ms(now.steady));
    Query q = database_.query("SELECT commits FROM agent");
    return q.next() ? q.integer(0) : 0;
}

void Identities::touch() { database_.run("UPDATE agent SET trouble = trouble"); }

std::int64_t Identities::draw_numbers(std::int64_t how_many) {
    database_.run("UPDATE agent SET next_number = next_number + ?", how_many);
    Query q = database_.query("SELECT next_number FROM agent");
    return q.next() ? q.integer(0) - how_many : 1;
}

}  // namespace stocktray::store
