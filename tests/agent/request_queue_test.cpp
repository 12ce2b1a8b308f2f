#include "agent/request_queue.h"

#include <doctest/doctest.h>

namespace stocktray::agent {
namespace {

ipc::IncomingRequest from(std::string peer, std::uint32_t msgid, std::uint32_t door = 0) {
    return {{.peer = std::move(peer), .msgid = msgid, .door = door}, {}, "agent.status", {}, {}};
}

template <class... Requests>
std::vector<ipc::IncomingRequest> all(Requests... requests) {
    std::vector<ipc::IncomingRequest> list;
    (list.push_back(std::move(requests)), ...);
    return list;
}

std::vector<std::uint32_t> order(RequestQueue& queue) {
    std::vector<std::uint32_t> msgids;
    while (!queue.is_empty()) msgids.push_back(queue.take().from.msgid);
    return msgids;
}

}  // namespace

TEST_SUITE("RequestQueue") {
    TEST_CASE("one_connection_keeps_its_order") {
        RequestQueue queue;
        queue.add(all(from("a", 3), from("a", 1)));
        queue.add(all(from("a", 2)));
        CHECK(queue.size() == 3);
        CHECK(order(queue) == std::vector<std::uint32_t>{3, 1, 2});
    }

    TEST_CASE("who_asks_for_much_makes_nobody_wait_for_all_of_it") {
        RequestQueue queue;
        queue.add(all(from("a", 1), from("a", 2), from("a", 3), from("b", 11)));
        CHECK(queue.take().from.msgid == 1);
        queue.add(all(from("c", 21), from("c", 22)));
        CHECK(order(queue) == std::vector<std::uint32_t>{11, 2, 21, 3, 22});
    }

    TEST_CASE("there_is_room_for_so_many_and_so_large_ones") {
        RequestQueue queue;
        const auto most = queue.room();
        auto large = from("a", 1);
        large.size = most.bytes - 10;
        queue.add(all(from("b", 2), std::move(large)));
        CHECK(queue.room().requests == most.requests - 2);
        CHECK(queue.room().bytes == 10);
        auto larger = from("a", 3);
        larger.size = most.bytes;
        queue.add(all(std::move(larger)));
        CHECK(queue.room().bytes == 0);
        for (auto n = queue.size(); n < most.requests + 5; ++n) queue.add(all(from("c", 4)));
        CHECK(queue.room().requests == 0);
        (void)order(queue);
        CHECK(queue.room().requests == most.requests);
        CHECK(queue.room().bytes == most.bytes);
    }

    TEST_CASE("peers_of_two_doors_are_two_connections") {
        RequestQueue queue;
        queue.add(all(from("a", 1, 0), from("a", 2, 0), from("a", 3, 1)));
        CHECK(order(queue) == std::vector<std::uint32_t>{1, 3, 2});
    }

    TEST_CASE("all_that_wait_are_looked_at") {
        RequestQueue queue;
        const auto is_small = [](const ipc::IncomingRequest& request) { return request.from.msgid < 10; };
        CHECK(queue.all_of(is_small));
        queue.add(all(from("a", 1), from("b", 2)));
        CHECK(queue.all_of(is_small));
        queue.add(all(from("a", 11)));
        CHECK(!queue.all_of(is_small));
    }
}

}  // namespace stocktray::agent
