#include "core/stack/post_transitions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

using namespace stocktray::stack;

TEST_SUITE("PostTransitions") {
    TEST_CASE("what was being sent when the agent ended is uncertain, never sent again as it was") {
        CHECK(next_state(State::sending, On::found_at_start) == State::uncertain);
    }
    TEST_CASE("an uncertain post is queued again only after a proof") {
        for (const auto& row : post_transitions())
            if (row.from == State::uncertain && row.to == State::queued) CHECK(row.on == On::verified_not_applied);
    }
    TEST_CASE("a finished post does not move again") {
        for (const auto& row : post_transitions())
            for (const auto last : {State::confirmed, State::settled, State::folded, State::cancelled})
                CHECK(row.from != last);
    }
    TEST_CASE("every state that is not final can be left, and every state reached") {
        std::set<State> reached{State::queued};
        std::set<State> left;
        for (const auto& row : post_transitions()) {
            reached.insert(row.to);
            left.insert(row.from);
        }
        CHECK(reached.size() == 8);
        CHECK(left == std::set{State::queued, State::sending, State::uncertain, State::rejected});
    }
    TEST_CASE("no state has two ways for one event") {
        std::set<std::pair<State, On>> seen;
        for (const auto& row : post_transitions()) CHECK(seen.emplace(row.from, row.on).second);
    }
    TEST_CASE("the diagram in ARCHITECTURE.md is the one of this table") {
        std::ifstream file{STOCKTRAY_SOURCE_DIR "/ARCHITECTURE.md"};
        std::ostringstream text;
        text << file.rdbuf();
        CHECK(text.str().find(transitions_diagram()) != std::string::npos);
    }
}
