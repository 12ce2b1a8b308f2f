#include "ipc/client/feed.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>

#include "ipc/messages/registry.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"

namespace stocktray::ipc {
namespace {

using namespace std::chrono_literals;
using testing::FakeAgent;
using testing::Scratch;
using Verdict = Continuity::Verdict;

// Of an agent that is there: however long it takes to answer, it is neither lost nor asked why it does not.
Feed feed_of(const Scratch& scratch, std::vector<std::string> words = {}) {
    return *Feed::open({.endpoint = scratch.endpoints().requests, .words = std::move(words), .lost_after = 120s});
}

// Answers agent.status as the agent does: `seq` is that of the last event.
void serve_status(FakeAgent& agent, std::string run = "run-1") {
    agent.on_raw("agent.status", [run](RpcServer& server, IncomingRequest& request) {
        server.reply_ok(request.from, agent::StatusResult{.run = run, .seq = server.seq()});
    });
}

events::CartHealth health(std::string cart) {
    return {std::move(cart), Health::ok, {}};
}

template <class T>
T next(Feed& feed) {
    auto item = feed.next(60s);
    REQUIRE(item);
    REQUIRE(std::holds_alternative<T>(*item));
    return std::get<T>(std::move(*item));
}

// Passes over what comes before it.
template <class T>
T soon(Feed& feed) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end)
        if (auto item = feed.next(1s); item && std::holds_alternative<T>(*item)) return std::get<T>(std::move(*item));
    REQUIRE_MESSAGE(false, "it never came");
    return {};
}

std::string next_cart(Feed& feed) {
    const auto event = next<ReceivedEvent>(feed);
    const auto cart = event.as<events::CartHealth>();
    REQUIRE(cart);
    return cart->cart;
}

EventNumbers event(std::string_view topic, std::int64_t seq, std::int64_t topic_seq,
                   std::string_view run = "run-1") {
    return {topic, run, seq, topic_seq};
}

}  // namespace

TEST_SUITE("Continuity") {
    TEST_CASE("events_in_a_row_are_news_and_those_in_the_status_are_known") {
        Continuity heard{{}};
        CHECK(heard.hear(events::Welcome{"run-1", 3, {}}) == Verdict::missed);  // nothing was known before
        CHECK(heard.hear(event("post.late", 4, 1)) == Verdict::news);
        CHECK(heard.read_status("run-1", 6));
        CHECK(heard.hear(event("post.late", 5, 2)) == Verdict::known);
        CHECK(heard.hear(event("cart.health", 6, 1)) == Verdict::known);
        CHECK(heard.hear(event("cart.health", 7, 2)) == Verdict::news);
    }

    TEST_CASE("a_gap_in_seq_is_missed_once") {
        Continuity heard{{}};
        (void)heard.hear(events::Welcome{"run-1", 0, {}});
        CHECK(heard.hear(event("post.late", 2, 1)) == Verdict::missed);
        CHECK(heard.hear(event("post.late", 3, 2)) == Verdict::news);
        CHECK(heard.hear(event("post.late", 3, 2)) == Verdict::known);
    }

    TEST_CASE("who_hears_some_topics_judges_by_topic_seq") {
        Continuity heard{{"post"}};
        (void)heard.hear(events::Welcome{"run-1", 8, {{"post", 2}, {"cart", 6}}});
        CHECK(heard.hear(event("post.late", 20, 3)) == Verdict::news);
        CHECK(heard.hear(event("post.late", 40, 5)) == Verdict::missed);
        CHECK(heard.hear(events::Welcome{"run-1", 90, {{"post", 5}, {"cart", 60}}}) == Verdict::known);
        CHECK(heard.hear(events::Welcome{"run-1", 90, {{"post", 6}, {"cart", 60}}}) == Verdict::missed);
    }

    TEST_CASE("the_first_event_of_a_word_that_was_never_used_is_no_gap") {
        Continuity heard{{"alert"}};
        (void)heard.hear(events::Welcome{"run-1", 8, {{"post", 8}}});
        CHECK(heard.hear(event("alert.raised", 9, 1)) == Verdict::news);
    }

    TEST_CASE("another_run_is_missed_and_its_status_is_the_one_that_counts") {
        Continuity heard{{}};
        (void)heard.hear(events::Welcome{"run-1", 5, {}});
        CHECK(heard.read_status("run-1", 5));
        CHECK(heard.hear(event("agent.started", 1, 1, "run-2")) == Verdict::missed);
        CHECK(!heard.read_status("run-1", 5));
        CHECK(heard.read_status("run-2", 1));
        CHECK(heard.hear(event("cart.health", 2, 1, "run-2")) == Verdict::news);
    }

    TEST_CASE("a_welcome_after_a_lost_connection_shows_whether_anything_was_missed") {
        Continuity heard{{}};
        (void)heard.hear(events::Welcome{"run-1", 5, {}});
        CHECK(heard.hear(events::Welcome{"run-1", 5, {}}) == Verdict::known);
        CHECK(heard.hear(events::Welcome{"run-1", 7, {}}) == Verdict::missed);
    }
}

TEST_SUITE("Feed") {
    TEST_CASE("begins_with_the_status_and_goes_on_with_what_comes_after_it") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        serve_status(agent);
        agent.publish(health("before"));
        auto feed = feed_of(scratch);
        CHECK(next<agent::StatusResult>(feed).seq == 1);
        agent.publish(health("after"));
        CHECK(next_cart(feed) == "after");
        CHECK(!feed.next(20ms));
    }

    TEST_CASE("events_between_the_welcome_and_the_status_come_once") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        agent.on_raw("agent.status", [](RpcServer& server, IncomingRequest& request) {
            server.publish(health("contained"));
            const auto seq = server.seq();
            server.publish(health("not-contained"));
            server.reply_ok(request.from, agent::StatusResult{.run = "run-1", .seq = seq});
        });
        auto feed = feed_of(scratch);
        CHECK(next<agent::StatusResult>(feed).seq == 1);
        CHECK(next_cart(feed) == "not-contained");
        CHECK(!feed.next(20ms));
    }

    TEST_CASE("a_gap_brings_a_new_status") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        serve_status(agent);
        auto feed = feed_of(scratch);
        (void)next<agent::StatusResult>(feed);
        // More than the socket holds while nobody reads: the agent leaves some out.
        agent.run([](RpcServer& server) {
            for (int i = 0; i < 60'000; ++i) server.publish(health("many"));
        });
        std::int64_t seq = 0;
        while (seq < 60'000) {
            const auto item = feed.next(60s);
            REQUIRE(item);
            if (const auto* status = std::get_if<agent::StatusResult>(&*item)) seq = status->seq;
        }
        // As an event, or in one more status: what the agent has kept may still be arriving.
        agent.publish(health("after"));
        while (seq < 60'001) {
            const auto item = feed.next(60s);
            REQUIRE(item);
            if (const auto* status = std::get_if<agent::StatusResult>(&*item)) seq = status->seq;
            if (const auto* event = std::get_if<ReceivedEvent>(&*item)) seq = event->numbers.seq;
        }
    }

    TEST_CASE("says_that_the_agent_is_lost_and_begins_anew_with_the_next_run") {
        const Scratch scratch;
        auto agent = std::make_unique<FakeAgent>(scratch.endpoints());
        serve_status(*agent);
        auto feed = feed_of(scratch);
        CHECK(next<agent::StatusResult>(feed).run == "run-1");
        agent.reset();
        (void)next<AgentLost>(feed);
        agent = std::make_unique<FakeAgent>(scratch.endpoints(), "run-2");
        serve_status(*agent, "run-2");
        CHECK(next<agent::StatusResult>(feed).run == "run-2");
    }

    TEST_CASE("says_once_that_there_is_no_agent") {
        const Scratch scratch;
        auto feed = *Feed::open({.endpoint = scratch.endpoints().requests, .lost_after = 20ms});
        CHECK(next<AgentLost>(feed).why.code == Code::no_agent);
        CHECK(!feed.next(100ms));
    }

    TEST_CASE("where_events_do_not_get_through_it_says_so_and_asks_instead") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        serve_status(agent);
        const std::string socket = scratch.path() + "/events.sock";
        std::filesystem::rename(socket, socket + ".barred");
        auto feed = *Feed::open({.endpoint = scratch.endpoints().requests, .lost_after = 300ms});
        CHECK(soon<EventsMissing>(feed).message.find("events.sock") != std::string::npos);
        CHECK(soon<agent::StatusResult>(feed).seq == 0);
        agent.publish(health("unheard"));
        CHECK(soon<agent::StatusResult>(feed).seq == 1);
        std::filesystem::rename(socket + ".barred", socket);
        CHECK(soon<agent::StatusResult>(feed).seq == 1);
        agent.publish(health("heard"));
        CHECK(soon<ReceivedEvent>(feed).as<events::CartHealth>()->cart == "heard");
    }

    TEST_CASE("where_events_do_not_get_through_a_state_that_stays_as_it_is_is_told_once") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        std::atomic<int> asked{0};
        agent.on_raw("agent.status", [&](RpcServer& server, IncomingRequest& request) {
            ++asked;
            server.reply_ok(request.from, agent::StatusResult{.run = "run-1", .seq = server.seq()});
        });
        std::filesystem::remove(scratch.path() + "/events.sock");
        auto feed = *Feed::open({.endpoint = scratch.endpoints().requests, .lost_after = 300ms});
        int statuses = 0;
        int lost = 0;  // by a busy machine; the state is told anew behind it
        while (asked < 8)
            if (const auto item = feed.next(100ms)) {
                statuses += std::holds_alternative<agent::StatusResult>(*item) ? 1 : 0;
                lost += std::holds_alternative<AgentLost>(*item) ? 1 : 0;
            }
        CHECK(statuses <= 1 + lost);
    }

    TEST_CASE("who_was_refused_the_events_hears_them_once_he_may") {
        const Scratch scratch;
        std::atomic<bool> may_listen{false};
        FakeAgent agent{scratch.endpoints(),
                        {.run = "run-1", .lets_in_other_users = true, .may_listen = [&](const Caller&) { return may_listen.load(); }},
                        FakeAgent::Start::at_once};
        serve_status(agent);
        auto feed = *Feed::open({.endpoint = scratch.endpoints().requests, .lost_after = 100ms});
        (void)soon<EventsMissing>(feed);
        may_listen = true;
        bool has_heard = false;
        for (const auto end = std::chrono::steady_clock::now() + 60s; !has_heard && std::chrono::steady_clock::now() < end;) {
            agent.publish(health("heard"));
            const auto item = feed.next(100ms);
            has_heard = item && std::holds_alternative<ReceivedEvent>(*item);
        }
        CHECK(has_heard);
    }

    TEST_CASE("hears_only_the_topics_it_asked_for_and_counts_them") {
        const Scratch scratch;
        FakeAgent agent{scratch.endpoints()};
        serve_status(agent);
        auto feed = feed_of(scratch, {"cart"});
        (void)next<agent::StatusResult>(feed);
        agent.publish(events::ParameterChanged{"SynchQOH", true});
        agent.publish(health("heard"));
        CHECK(next_cart(feed) == "heard");
    }
}

}  // namespace stocktray::ipc
