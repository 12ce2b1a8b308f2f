#include "core/stack/circuit.h"

#include <doctest/doctest.h>

using namespace stocktray;
using namespace stocktray::stack;

TEST_SUITE("Circuit") {
    constexpr RetrySchedule schedule{{Milliseconds{1'000}, Milliseconds{60'000}, Milliseconds{3'600'000}}};
    constexpr AgentTime t0{Milliseconds{1'000}};

    Circuit opened() {
        Circuit circuit;
        for (int i = 0; i < Circuit::failures_to_open; ++i) circuit.failed(t0, schedule, 500, {});
        return circuit;
    }

    TEST_CASE("four failures in a row do not open it, a fifth does") {
        Circuit circuit;
        for (int i = 0; i < 4; ++i) circuit.failed(t0, schedule, 0, {});
        CHECK(circuit.is_closed());
        circuit.failed(t0, schedule, 0, {});
        CHECK_FALSE(circuit.is_closed());
    }
    TEST_CASE("a good answer in between begins the count anew") {
        Circuit circuit;
        for (int i = 0; i < 4; ++i) circuit.failed(t0, schedule, 0, {});
        circuit.succeeded();
        circuit.failed(t0, schedule, 0, {});
        CHECK(circuit.is_closed());
    }
    TEST_CASE("an open one asks one question at a time until it is answered") {
        auto circuit = opened();
        CHECK(circuit.probe_at() == t0 + Milliseconds{500});
        circuit.probing();
        CHECK_FALSE(circuit.probe_at());
        CHECK_FALSE(circuit.is_closed());
        circuit.failed(t0, schedule, 1'500, {});
        CHECK(circuit.probe_at() == t0 + Milliseconds{1'500});
        circuit.probing();
        circuit.succeeded();
        CHECK(circuit.is_closed());
    }
    TEST_CASE("late failures of requests that were already out do not move its timer") {
        auto circuit = opened();
        circuit.failed(t0 + Milliseconds{100}, schedule, 900, {});
        CHECK(circuit.probe_at() == t0 + Milliseconds{500});
    }
    TEST_CASE("a good answer to the question lets one piece of work through, and its failure opens it for longer") {
        auto circuit = opened();
        circuit.probing();
        circuit.answered_probe();
        CHECK(circuit.is_closed());
        CHECK(circuit.is_on_trial());
        circuit.failed(t0, schedule, 2'000, {});
        CHECK(circuit.probe_at() == t0 + Milliseconds{2'000});
        circuit.probing();
        circuit.answered_probe();
        circuit.succeeded();
        CHECK_FALSE(circuit.is_on_trial());
    }
    TEST_CASE("a person can ask at once") {
        auto circuit = opened();
        circuit.ask_now(t0);
        CHECK(circuit.probe_at() == t0);
    }
}
