#include "ipc/server/rpc_server.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <zmq.hpp>

#include "ipc/messages/registry.h"
#include "tests/ipc/scratch.h"
#include "tests/support/free_port.h"
#include "tests/support/wait_until.h"

namespace stocktray::ipc {
namespace {

using testing::Scratch;

// A client made of bare sockets, so that it can misbehave.
struct BareClient {
    zmq::context_t context{1};
    zmq::socket_t socket;

    BareClient(const Endpoints& endpoints, zmq::socket_type type) : socket{context, type} {
        socket.set(zmq::sockopt::linger, 0);
        socket.connect(type == zmq::socket_type::sub ? endpoints.events : endpoints.requests);
    }
    void send(std::string_view bytes) { socket.send(zmq::buffer(bytes)); }
    std::optional<std::string> receive(int timeout_ms = 10'000) {
        socket.set(zmq::sockopt::rcvtimeo, timeout_ms);
        zmq::message_t message;
        if (!socket.recv(message)) return std::nullopt;
        return message.to_string();
    }
};

struct Served {
    Scratch scratch;
    Endpoints endpoints = scratch.endpoints();
    RpcServer server;

    explicit Served(RpcServer::Options options = {.run = "run-1"})
        : server{*RpcServer::bind(endpoints, std::move(options))} {}

    // Waits on the descriptors, as the agent's loop does, until `count` requests are there.
    std::vector<IncomingRequest> take(std::size_t count, int timeout_ms = 10'000) {
        std::vector<IncomingRequest> all;
        while (all.size() < count) {
            for (auto& request : server.drain()) all.push_back(std::move(request));
            if (all.size() < count && !server.is_ready() && !wait(timeout_ms)) break;
        }
        return all;
    }
    bool wait(int timeout_ms) {
        std::vector<pollfd> descriptors;
        for (const int descriptor : server.descriptors()) descriptors.push_back({descriptor, POLLIN, 0});
        return ::poll(descriptors.data(), descriptors.size(), timeout_ms) > 0;
    }
    // Turns the loop until `done`.
    void turn_until(auto&& done) {
        const bool is_done = tests::wait_until(
            [&] {
                for (auto& request : server.drain()) server.reply_ok(request.from, Nothing{});
                if (done()) return true;
                if (!server.is_ready()) wait(10);
                return false;
            },
            std::chrono::seconds{60}, std::chrono::milliseconds{0});
        REQUIRE_MESSAGE(is_done, "it did not come to that");
    }
};

ipc::Error error_in(const std::string& bytes) {
    const Document document = Document::parse(bytes);
    const auto response = read_response(document);
    REQUIRE(response);
    return read_error(response->error);
}

}  // namespace

TEST_SUITE("RpcServer") {
    TEST_CASE("answers_a_request_of_a_dealer") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        client.send(request(7, agent::Hello{"test", 1}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].method == "agent.hello");
        CHECK(decode<agent::Hello>(requests[0].params)->client == "test");
        served.server.reply_ok(requests[0].from, agent::HelloResult{.agent = "A"});
        const Document answer = Document::parse(*client.receive());
        const auto response = read_response(answer);
        REQUIRE(response);
        CHECK(response->msgid == 7);
        CHECK(decode<agent::HelloResult>(response->result)->agent == "A");
    }

    TEST_CASE("gives_the_empty_part_of_a_req_socket_back") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::req};
        client.send(request(1, agent::Status{}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].from.has_delimiter);
        served.server.reply_error(requests[0].from, {Code::busy, "Later.", Data::Map{{"retry_after_ms", 5}}});
        const auto error = error_in(*client.receive());
        CHECK(error.code == Code::busy);
        CHECK(*error.data->find("retry_after_ms")->as<std::int64_t>() == 5);
    }

    TEST_CASE("refuses_what_is_no_request_and_goes_on") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        client.send("\xC1");                                    // a byte that MessagePack never uses
        client.send(request(2, agent::Status{}).substr(0, 6));  // half a message
        client.send("");                                        // nothing
        client.send(ok(3, Nothing{}));                          // a response
        Encoder wrong;
        wrong.list(4);
        wrong.integer(0);
        wrong.integer(4);
        wrong.text("agent.status");
        wrong.nil();  // no params
        client.send(wrong.take());
        client.send(request(5, agent::Status{}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].from.msgid == 5);
        CHECK(served.server.traffic().dropped == 3);
        CHECK(served.server.traffic().refused == 2);
        CHECK(error_in(*client.receive()).code == Code::invalid_request);  // the half one had its msgid
        const auto error = error_in(*client.receive());
        CHECK(error.code == Code::invalid_request);
        CHECK(error.message == "The params must be a list that holds one map.");
    }

    TEST_CASE("answers_a_request_with_too_many_values_as_too_large") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        Encoder big;
        big.list(4);
        big.integer(0);
        big.integer(9);
        big.text("qoh.submit");
        big.list(4'000'000'000u);  // announced, never sent
        client.send(big.take());
        served.turn_until([&] { return served.server.traffic().refused == 1; });
        CHECK(error_in(*client.receive()).code == Code::too_large);
    }

    TEST_CASE("cuts_off_a_client_that_sends_more_than_8_mib_and_serves_the_others") {
        Served served;
        BareClient hostile{served.endpoints, zmq::socket_type::dealer};
        BareClient good{served.endpoints, zmq::socket_type::dealer};
        hostile.send(std::string(Limits{}.bytes + 1, 'x'));
        good.send(request(1, agent::Status{}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].method == "agent.status");
        CHECK(!hostile.receive(50));
    }

    TEST_CASE("takes_at_most_the_agreed_number_of_requests_in_one_turn_and_says_that_there_are_more") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        for (std::uint32_t i = 0; i < 25; ++i) client.send(request(i, agent::Status{}));
        std::vector<std::size_t> turns;
        std::uint32_t next = 0;
        while (next < 25) {
            const auto requests = served.server.drain({.requests = 10});
            for (const auto& one : requests) CHECK(one.from.msgid == next++);
            CHECK(requests.size() <= 10);
            if (next < 25 && !served.server.is_ready()) REQUIRE(served.wait(10'000));
        }
        CHECK(!served.server.is_ready());
    }

    TEST_CASE("an_answer_above_8_mib_goes_out_as_too_large") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        client.send(request(1, agent::Metrics{}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        served.server.reply_ok(requests[0].from, agent::MetricsResult{std::string(Limits{}.bytes, 'x')});
        CHECK(error_in(*client.receive()).code == Code::too_large);
    }

    TEST_CASE("a_client_that_does_not_fetch_its_answers_costs_bounded_memory") {
        Served served;
        BareClient lazy{served.endpoints, zmq::socket_type::dealer};
        lazy.socket.set(zmq::sockopt::rcvhwm, 1);
        lazy.send(request(1, agent::Metrics{}));
        const auto requests = served.take(1);
        REQUIRE(requests.size() == 1);
        const auto resident = [] {
            std::ifstream statm{"/proc/self/statm"};
            long pages = 0, resident_pages = 0;
            statm >> pages >> resident_pages;
            return resident_pages * (::sysconf(_SC_PAGESIZE) / 1'024);
        };
        const std::string answer = ok(1, agent::MetricsResult{std::string(64 * 1'024, 'x')});
#ifdef __SANITIZE_ADDRESS__
        constexpr long most_kb = 400'000;  // the sanitizer holds back what was freed, up to 256 MB
#else
        constexpr long most_kb = 200'000;
#endif
        const long before = resident();
        for (int i = 0; i < 10'000; ++i) served.server.reply(requests[0].from, answer);  // 640 MB in all
        CHECK(resident() - before < most_kb);

        BareClient good{served.endpoints, zmq::socket_type::dealer};
        good.send(request(2, agent::Status{}));
        CHECK(served.take(1).size() == 1);
    }

    TEST_CASE("a_client_that_has_gone_disturbs_nobody") {
        Served served;
        std::vector<IncomingRequest> requests;
        {
            BareClient gone{served.endpoints, zmq::socket_type::dealer};
            gone.send(request(1, agent::Status{}));
            requests = served.take(1);
        }
        REQUIRE(requests.size() == 1);
        for (int i = 0; i < 100; ++i) served.server.reply_ok(requests[0].from, Nothing{});
        BareClient good{served.endpoints, zmq::socket_type::dealer};
        good.send(request(2, agent::Status{}));
        CHECK(served.take(1).size() == 1);
    }

    TEST_CASE("greets_each_new_subscriber_and_counts_its_events") {
        Served served;
        served.server.publish(events::AgentStarted{"1.0"});
        const auto welcome_of = [&](BareClient& client) {
            client.socket.set(zmq::sockopt::subscribe, "");
            std::optional<std::string> topic;
            served.turn_until([&] { return (topic = client.receive(1)).has_value(); });
            CHECK(*topic == "agent.welcome");
            const Document message = Document::parse(*client.receive());
            return *decode<events::Welcome>(read_event(message)->data, Reading::lenient);
        };
        BareClient first{served.endpoints, zmq::socket_type::sub};
        const auto welcome = welcome_of(first);
        CHECK(welcome.run == "run-1");
        CHECK(welcome.seq == 1);
        CHECK(welcome.topic_seqs == std::map<std::string, std::int64_t>{{"agent", 1}});

        BareClient second{served.endpoints, zmq::socket_type::sub};
        (void)welcome_of(second);

        served.server.publish(events::CartHealth{"main", Health::ok, {}});
        CHECK(*second.receive() == "cart.health");
        const Document message = Document::parse(*second.receive());
        const auto event = read_event(message);
        REQUIRE(event);
        CHECK(event->topic == "cart.health");
        CHECK(event->data.find("seq").integer() == 2);
        CHECK(event->data.find("topic_seq").integer() == 1);
        CHECK(event->data.find("run").text() == "run-1");
        CHECK(event->data.find("health").text() == "ok");
        CHECK(served.server.seq() == 2);
    }

    TEST_CASE("who_has_no_room_for_requests_still_greets_newcomers") {
        Served served;
        BareClient client{served.endpoints, zmq::socket_type::dealer};
        client.send(request(1, agent::Status{}));
        BareClient listener{served.endpoints, zmq::socket_type::sub};
        listener.socket.set(zmq::sockopt::subscribe, "");
        std::optional<std::string> topic;
        REQUIRE(tests::wait_until([&] {
            CHECK(served.server.drain({.requests = 0}).empty());
            CHECK(served.server.drain({.bytes = 0}).empty());
            return (topic = listener.receive(1)).has_value();
        }));
        CHECK(*topic == "agent.welcome");
        CHECK(served.take(1).size() == 1);
    }

    TEST_CASE("an_event_that_is_left_out_is_a_gap_in_each_topic_also_before_its_first") {
        Served served;
        BareClient listener{served.endpoints, zmq::socket_type::sub};
        listener.socket.set(zmq::sockopt::subscribe, "");
        served.turn_until([&] { return listener.receive(1).has_value(); });
        (void)listener.receive();  // it is welcome, and heard
        served.server.leave_out_event();
        served.server.publish(events::AlertRaised{});
        CHECK(*listener.receive() == "alert.raised");
        const Document message = Document::parse(*listener.receive());
        CHECK(read_event(message)->data.find("topic_seq").integer() == 2);
    }

    TEST_CASE("a_subscriber_that_does_not_read_costs_bounded_memory_and_sees_what_it_missed") {
        Served served;
        BareClient lazy{served.endpoints, zmq::socket_type::sub};
        lazy.socket.set(zmq::sockopt::subscribe, "");
        served.turn_until([&] { return lazy.receive(1).has_value(); });
        (void)lazy.receive();
        constexpr int sent = 200'000;
        for (int i = 0; i < sent; ++i) served.server.publish(events::CartHealth{"main", Health::ok, {}});
        int received = 0;
        std::int64_t last = 0;
        // The first may take its time; those that are there come without a pause.
        for (int patience_ms = 10'000; const auto topic = lazy.receive(patience_ms); patience_ms = 200) {
            const Document message = Document::parse(*lazy.receive());
            last = read_event(message)->data.find("seq").integer();
            ++received;
        }
        CHECK(received > 0);
        CHECK(received < sent);
        CHECK(last >= received);
    }

    TEST_CASE("makes_its_folder_and_sockets_for_this_user_only") {
        const Scratch scratch;
        const Endpoints endpoints = *endpoints_of("ipc://" + scratch.path() + "/new/run/rpc.sock");
        const auto server = RpcServer::bind(endpoints, {.run = "r"});
        REQUIRE(server);
        struct stat found {};
        REQUIRE(::stat((scratch.path() + "/new/run").c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0700);
        REQUIRE(::stat((scratch.path() + "/new/run/events.sock").c_str(), &found) == 0);
        CHECK((found.st_mode & 0077) == 0);
    }

    TEST_CASE("serves_tcp_on_this_machine_with_events_at_the_next_port") {
        const Endpoints endpoints = *endpoints_of("tcp://127.0.0.1:" + std::to_string(tests::free_port()));
        const auto server = RpcServer::bind(endpoints, {.run = "r"});
        REQUIRE(server);
        const auto second = RpcServer::bind(endpoints, {.run = "r"});
        REQUIRE(!second);
        CHECK(second.error().code == Code::conflict);
    }
}

}  // namespace stocktray::ipc
