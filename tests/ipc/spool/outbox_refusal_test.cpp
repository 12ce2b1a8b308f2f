// What people are told while an agent takes nothing: it does not understand, refuses, or is silent.
#include "tests/ipc/spool/outbox_shop.h"

#include <thread>

#include "tests/ipc/spool/spools.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::wait_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_SUITE("Outbox that is refused") {
    TEST_CASE("an agent of another protocol: everything waits, in words, until one comes that is understood") {
        Shop shop;
        shop.memory.is_other_version = true;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        (void)submitted(*outbox, a_change("1"), milliseconds{0});
        CHECK(wait_until([&] { return outbox->standing()->trouble == "This agent speaks protocol 2 only."; }, seconds{60}));
        CHECK(outbox->standing()->spooled.waiting == 1);
        CHECK(outbox->standing()->spooled.refused == 0);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.is_other_version = false;
        }
        CHECK(*outbox->flush(seconds{60}));
        CHECK(shop.memory.taken() == std::vector<std::string>{"1"});
    }

    TEST_CASE("an agent that will not have it says why: to who waits, to who looks, and once as an event") {
        Shop shop;
        std::string sentence;
        bool Memory::*refusal = nullptr;
        SUBCASE("the role is too low") {
            refusal = &Memory::has_too_low_a_role;
            sentence = "This computer is an operator.";
        }
        SUBCASE("the key was revoked") {
            refusal = &Memory::is_revoked;
            sentence = "This computer is not allowed any more.";
        }
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(!outbox->trouble());
        // Something waits before the refusal is met, whenever the outbox looks next.
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        CHECK(submitted(*outbox, a_change("2"), milliseconds{0}) == Outbox::Place::spooled);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 0;
            shop.memory.*refusal = true;
        }
        const auto told = notice(*outbox, "agent.refuses");
        REQUIRE(told);
        CHECK(told->message == sentence + " 1 change waits on this computer until then.");
        CHECK(told->code == "unauthorized");
        CHECK(told->count == 1);
        const auto began = std::chrono::steady_clock::now();
        const auto outcomes = outbox->submit({a_change("3")}, seconds{120});
        CHECK(std::chrono::steady_clock::now() - began < seconds{60});
        REQUIRE(outcomes);
        CHECK(outcomes->front().place == Outbox::Place::spooled);
        CHECK(outcomes->front().error.code == Code::unauthorized);
        CHECK(outcomes->front().error.message == sentence);
        const auto trouble = outbox->trouble();
        REQUIRE(trouble);
        CHECK(trouble->code == Code::unauthorized);
        const auto flushed = outbox->flush(seconds{120});
        REQUIRE(!flushed);
        CHECK(flushed.error().message == sentence);
        CHECK(std::chrono::steady_clock::now() - began < seconds{100});
        // Each cause is told once, and who answers is not silent.
        while (const auto more = outbox->next_notice()) CHECK(more->topic != "agent.refuses");
        CHECK(!outbox->standing()->silent_since);
        shop.memory.set(refusal, false);
        CHECK(wait_until([&] { return !outbox->trouble(); }));
        CHECK(shop.memory.taken() == std::vector<std::string>{"1", "2", "3"});
    }

    TEST_CASE("an agent that refuses for longer than it may be silent is told as one that refuses, not as a silent one") {
        Shop shop;
        // Silent after 4 seconds. An answer may take 2, so that one that is late does not make a silence.
        shop.memory.lateness = 6;
        constexpr seconds silence{4};
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        SUBCASE("a key that was revoked") { shop.memory.set(&Memory::is_revoked, true); }
        SUBCASE("one that is busy all the time") {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        const auto refused_since = std::chrono::steady_clock::now();
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        std::set<std::string> topics;
        CHECK(wait_until([&] {
            while (const auto one = outbox->next_notice()) topics.insert(one->topic);
            return topics.contains("agent.refuses");
        }, seconds{60}));
        std::this_thread::sleep_until(refused_since + silence + seconds{2});
        while (const auto one = outbox->next_notice()) topics.insert(one->topic);
        CHECK(!topics.contains("agent.silent"));
        CHECK(!outbox->standing()->silent_since);
    }

    TEST_CASE("a silent agent is told within LatenessSeconds, and when it answers again") {
        Shop shop;
        shop.memory.lateness = 3;
        auto agent = std::make_unique<Agent>(shop.endpoint, shop.memory);
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        // It waits already when the silence begins.
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        agent.reset();
        shop.memory.busy = 0;
        const auto silent = notice(*outbox, "agent.silent");
        REQUIRE(silent);
        CHECK(silent->since > 0);
        CHECK(silent->count == 1);
        CHECK(silent->message.find("1 change waits on this computer") != std::string::npos);
        CHECK(outbox->standing()->silent_since);
        agent = std::make_unique<Agent>(shop.endpoint, shop.memory);
        CHECK(notice(*outbox, "agent.heard"));
        CHECK(!outbox->standing()->silent_since);
        CHECK(*outbox->flush(seconds{60}));
    }
}
