#include <doctest/doctest.h>

#include <future>

#include "ipc/messages/events.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

namespace events = ipc::events;
using ipc::agent::CartStatus;
using ipc::agent::StatusResult;
using testing::Ctl;
using testing::holds;
using testing::Said;

CartStatus main_cart(std::int64_t queued, std::int64_t rejected = 0) {
    return {.cart = "main",
            .name = "Main Store",
            .health = ipc::Health::ok,
            .synchronize_inventory = true,
            .queued = queued,
            .rejected = rejected};
}

// Answers the status, and then publishes `then`: what the feed is waiting for comes behind it.
void serve(Ctl& ctl, std::vector<CartStatus> carts, std::function<void(ipc::RpcServer&)> then = {}) {
    ctl.agent.on_raw("agent.status", [=](ipc::RpcServer& server, ipc::IncomingRequest& request) {
        StatusResult status{.run = "run-1", .seq = server.seq(), .synch_qoh = true, .carts = carts};
        server.reply_ok(request.from, status);
        if (then) then(server);
    });
}

events::StackChanged changed(const CartStatus& cart) {
    events::StackChanged event;
    static_cast<CartStatus&>(event) = cart;
    return event;
}

template <class Event>
Event with_post(ipc::PostState state) {
    Event event;
    event.post = 1;
    event.cart = "main";
    event.sku = event.store_sku = "1234-Red";
    event.delta = -2;
    event.state = state;
    return event;
}

}  // namespace

TEST_SUITE("ctl watch") {
    TEST_CASE("tells_events_as_sentences") {
        Ctl ctl;
        serve(ctl, {main_cart(3)}, [](ipc::RpcServer& server) {
            server.publish(with_post<events::PostUncertain>(ipc::PostState::uncertain));
            auto confirmed = with_post<events::PostConfirmed>(ipc::PostState::confirmed);
            confirmed.took_ms = 340;
            server.publish(confirmed);
            server.publish(events::ParameterChanged{"SynchQOH", false});
        });
        const auto said = ctl.run({"watch", "--count", "4"});
        CHECK(said.code == 0);
        CHECK(holds(said.out, "3 posts in the stack for Main Store."));
        CHECK(holds(said.out,
                    "Not known whether SKU 1234-Red was changed by \u22122 at Main Store. Checking with the "
                    "store."));
        CHECK(holds(said.out, "Main Store has \u22122 of SKU 1234-Red (340 ms)."));
        CHECK(holds(said.out, "QOH synchronization is off for all carts (SynchQOH)."));
    }

    TEST_CASE("json_is_one_object_a_line") {
        Ctl ctl;
        serve(ctl, {}, [](ipc::RpcServer& server) {
            server.publish(events::CartHealth{"main", ipc::Health::late, {}});
        });
        const auto said = ctl.run({"watch", "cart", "--json", "--count", "2"});
        CHECK(said.code == 0);
        const std::string status = R"({"topic":"agent.status","data":{"run":"run-1")";
        CHECK(said.out.starts_with(status));
        // The first event behind the status; each time the agent is asked for that, it tells one.
        const std::string seq = R"("seq":)";
        const auto at = said.out.find(seq);
        REQUIRE(at != said.out.npos);
        const auto next = std::to_string(std::stoll(said.out.substr(at + seq.size())) + 1);
        CHECK(holds(said.out, "\n" R"({"topic":"cart.health","data":{"run":"run-1","seq":)" + next + R"(,"topic_seq":)" + next +
                                  R"(,"cart":"main",)"));
    }

    TEST_CASE("watching_without_an_agent_is_3") {
        const ipc::testing::Scratch scratch;
        CHECK(testing::run_ctl({"watch", "--endpoint", scratch.endpoints().requests}).code == 3);
    }
}

TEST_SUITE("ctl wait") {
    TEST_CASE("returns_when_nothing_is_unconfirmed") {
        Ctl ctl;
        serve(ctl, {main_cart(2)}, [](ipc::RpcServer& server) {
            server.publish(changed(main_cart(1)));
            server.publish(changed(main_cart(0)));
        });
        const auto said = ctl.run({"wait", "--confirmed", "--timeout", "10s"});
        CHECK(said.code == 0);
        CHECK(said.out == "Everything is confirmed.\n");
    }

    TEST_CASE("gives_up_after_its_timeout") {
        Ctl ctl;
        serve(ctl, {main_cart(2)});
        const auto said = ctl.run({"wait", "--confirmed", "--timeout", "1"});
        CHECK(said.code == 1);
        CHECK(said.err == "2 posts are not confirmed yet.\n");
    }

    TEST_CASE("does_not_wait_for_a_cart_that_is_deleted_meanwhile") {
        Ctl ctl;
        serve(ctl, {main_cart(3)}, [](ipc::RpcServer& server) {
            events::CartChanged event;
            event.cart = "main";
            event.deleted = true;
            server.publish(event);
        });
        CHECK(ctl.run({"wait", "--confirmed", "--timeout", "60s"}).out == "Everything is confirmed.\n");
        CHECK(ctl.run({"wait", "--confirmed", "--timeout", "60s", "--cart", "main"}).code == 5);
    }

    TEST_CASE("does_not_wait_for_what_only_a_person_can_end") {
        Ctl ctl;
        serve(ctl, {main_cart(0, 1)});
        const auto said = ctl.run({"wait", "--confirmed"});
        CHECK(said.code == 2);
        CHECK(said.err == "1 post is waiting for your decision.\n");
    }

    TEST_CASE("looks_at_one_cart_only_if_told") {
        Ctl ctl;
        auto other = main_cart(5);
        other.cart = "two";
        serve(ctl, {main_cart(0), other});
        CHECK(ctl.run({"wait", "--confirmed", "--cart", "main"}).code == 0);
        CHECK(ctl.run({"wait", "--confirmed", "--cart", "three"}).code == 5);
    }

    TEST_CASE("wants_to_know_what_for") {
        Ctl ctl;
        CHECK(ctl.run({"wait"}).code == 64);
        CHECK(ctl.run({"wait", "--confirmed", "--timeout", "long"}).code == 64);
    }

    TEST_CASE("waiting_without_an_agent_is_3") {
        const ipc::testing::Scratch scratch;
        CHECK(testing::run_ctl({"wait", "--confirmed", "--endpoint", scratch.endpoints().requests}).code ==
              3);
    }
}

}  // namespace stocktray::ctl
