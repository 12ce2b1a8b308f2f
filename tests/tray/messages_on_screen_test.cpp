#include "tray/notifications/messages_on_screen.h"

#include <doctest/doctest.h>

namespace stocktray::tests {
namespace {

// Counts how many of it there are.
struct Counted {
    explicit Counted(int& alive) : alive_{alive} { ++alive_; }
    ~Counted() { --alive_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    int& alive_;
};

}  // namespace

TEST_SUITE("MessagesOnScreen") {
    TEST_CASE("a_message_that_has_ended_is_forgotten_but_not_while_it_speaks") {
        int alive = 0;
        tray::MessagesOnScreen<Counted> shown;
        auto message = std::make_unique<Counted>(alive);
        const auto* one = message.get();
        shown.put("late", std::move(message));
        CHECK(shown.end("late", one));
        CHECK(alive == 1);
        CHECK_FALSE(shown.take("late"));
        shown.sweep();
        CHECK(alive == 0);
        CHECK_FALSE(shown.end("late", one));
    }

    TEST_CASE("the_end_of_one_that_was_replaced_leaves_the_other_where_it_is") {
        int alive = 0;
        tray::MessagesOnScreen<Counted> shown;
        shown.put("late", std::make_unique<Counted>(alive));
        const auto before = shown.take("late");
        auto message = std::make_unique<Counted>(alive);
        const auto* after = message.get();
        shown.put("late", std::move(message));
        CHECK_FALSE(shown.end("late", before.get()));
        CHECK(shown.take_any().get() == after);
        CHECK_FALSE(shown.take_any());
    }
}

}  // namespace stocktray::tests
