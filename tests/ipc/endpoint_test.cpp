#include "ipc/endpoint.h"

#include <sys/stat.h>

#include <fstream>

#include <doctest/doctest.h>

#include "ipc/host.h"
#include "tests/ipc/scratch.h"

namespace stocktray::ipc {

TEST_SUITE("Endpoint") {
    TEST_CASE("the_events_follow_from_the_requests") {
        CHECK(endpoints_of("ipc:///run/x/rpc.sock")->events == "ipc:///run/x/events.sock");
        CHECK(endpoints_of("ipc:///run/x/other")->events == "ipc:///run/x/other.events");
        CHECK(endpoints_of("tcp://127.0.0.1:7000")->events == "tcp://127.0.0.1:7001");
        CHECK(endpoints_of("tcp://[::1]:7000")->events == "tcp://[::1]:7001");
    }

    TEST_CASE("what_cannot_be_served_is_refused_in_words") {
        for (const char* wrong :
             {"", "rpc.sock", "http://x", "ipc://rpc.sock", "ipc:///run/", "tcp://127.0.0.1",
              "tcp://127.0.0.1:0", "tcp://127.0.0.1:65535", "tcp://127.0.0.1:70x"}) {
            CAPTURE(wrong);
            const auto endpoints = endpoints_of(wrong);
            REQUIRE(!endpoints);
            CHECK(endpoints.error().code == Code::invalid_params);
        }
        CHECK(endpoints_of("tcp://:7000").error().code == Code::invalid_params);
        CHECK(endpoints_of("tcp://my host:7000").error().code == Code::invalid_params);
    }

    TEST_CASE("an_ipv6_address_stands_in_brackets_and_nothing_else_does") {
        for (const char* wrong : {"tcp://::1:7000", "tcp://[till-1]:7000", "tcp://[::1:7000", "tcp://[]:7000", "tcp://host:1:7000"}) {
            CAPTURE(wrong);
            const auto endpoints = endpoints_of(wrong);
            REQUIRE(!endpoints);
            CHECK(endpoints.error().message.find("in brackets, such as [fd00::7]:7000") != std::string::npos);
        }
        CHECK(endpoints_of("tcp://[fe80::1%eth0]:7000"));
        CHECK(is_ipv6("tcp://[::]:7000"));
        CHECK(!is_ipv6("tcp://127.0.0.1:7000"));
        CHECK(!is_ipv6("ipc:///run/[x]/rpc.sock"));
        CHECK(host_in_endpoint("fd00::7") == "[fd00::7]");
        for (const char* as_it_is : {"[fd00::7]", "192.168.1.7", "till-1.local"}) CHECK(host_in_endpoint(as_it_is) == as_it_is);
    }

    TEST_CASE("what_is_not_this_machine_is_on_the_network") {
        CHECK(is_on_network("tcp://192.168.0.1:7000"));
        CHECK(is_on_network("tcp://*:7000"));
        CHECK(is_on_network("tcp://localhost.example.com:7000"));
        CHECK(!is_on_network("tcp://127.0.0.1:7000"));
        CHECK(!is_on_network("tcp://[::1]:7000"));
        CHECK(!is_on_network("ipc:///run/x/rpc.sock"));
    }

    TEST_CASE("the_old_door_is_two_ports_on") {
        CHECK(neighbour(*endpoints_of("tcp://host:7000"), 2)->events == "tcp://host:7003");
        CHECK(!neighbour(*endpoints_of("tcp://host:65534"), 2));
        CHECK(!neighbour(*endpoints_of("ipc:///run/x/rpc.sock"), 2));
    }

    TEST_CASE("a_path_that_a_socket_cannot_hold_is_refused_with_both_numbers") {
        const std::string folder = "/" + std::string(94, 'x');
        CHECK(endpoints_of("ipc://" + folder + "/rpc.sock"));  // events.sock: 107
        const auto too_long = endpoints_of("ipc://" + folder + "x/rpc.sock");
        REQUIRE(!too_long);
        CHECK(too_long.error().message.find("has 108 bytes, a local socket takes at most 107") !=
              std::string::npos);
    }

    TEST_CASE("the_default_place_is_the_option_then_the_runtime_folder_then_home") {
        CHECK(default_endpoint({"tcp://127.0.0.1:1", "/run/user/1", "/home/a"}) == "tcp://127.0.0.1:1");
        CHECK(default_endpoint({"", "/run/user/1", "/home/a"}) == "ipc:///run/user/1/stocktray/rpc.sock");
        CHECK(default_endpoint({"", "", "/home/a"}) == "ipc:///home/a/.stocktray/run/rpc.sock");
    }

    TEST_CASE("a_client_takes_the_machines_agent_where_its_user_has_none") {
        const testing::Scratch scratch;
        const std::string own = scratch.path() + "/stocktray/rpc.sock", machines = scratch.path() + "/machines.sock";
        const Surroundings user{"", scratch.path(), "/home/a"};
        CHECK(client_endpoint(user, machines) == "ipc://" + own);
        std::ofstream{machines} << "";
        CHECK(client_endpoint(user, machines) == "ipc://" + machines);
        CHECK(client_endpoint({"tcp://127.0.0.1:1", scratch.path(), "/home/a"}, machines) == "tcp://127.0.0.1:1");
        std::filesystem::create_directory(scratch.path() + "/stocktray");
        std::ofstream{own} << "";
        CHECK(client_endpoint(user, machines) == "ipc://" + own);
    }

    TEST_CASE("the_lock_lies_beside_the_socket") {
        CHECK(lock_path(*endpoints_of("ipc:///run/x/rpc.sock")) == "/run/x/rpc.sock.lock");
        CHECK(lock_path(*endpoints_of("tcp://[::1]:7000")).filename() == "stocktray----1--7000.lock");
    }

    TEST_CASE("a_folder_in_which_others_may_write_is_refused") {
        const testing::Scratch scratch;
        REQUIRE(::chmod(scratch.path().c_str(), 0777) == 0);
        const auto made = make_folder(scratch.endpoints());
        REQUIRE(!made);
        CHECK(made.error().message.find("chmod 700") != std::string::npos);
        REQUIRE(::chmod(scratch.path().c_str(), 01777) == 0);
        CHECK(make_folder(scratch.endpoints()));
    }
}

}  // namespace stocktray::ipc
