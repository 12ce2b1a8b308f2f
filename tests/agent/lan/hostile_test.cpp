// Whoever reaches the port without a key, or with a wrong one, disturbs nobody and learns nothing.
#include <algorithm>
#include <fstream>
#include <random>
#include <zmq.hpp>

#include "agent/lan/agent_keys.h"
#include "ipc/codec/json.h"

#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using ipc::Role;

namespace {

class RawConnection {
public:
    explicit RawConnection(int port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        address.sin_port = ::htons(static_cast<std::uint16_t>(port));
        const timeval limit{0, 300'000};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        is_open_ = ::connect(descriptor_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0;
    }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;
    ~RawConnection() { ::close(descriptor_); }

    [[nodiscard]] bool is_open() const { return is_open_; }
    void send(std::string_view bytes) const { (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    [[nodiscard]] std::string receive() const {
        std::string all;
        char part[512];
        for (ssize_t got = 0; (got = ::recv(descriptor_, part, sizeof part, 0)) > 0;) all.append(part, static_cast<std::size_t>(got));
        return all;
    }

private:
    int descriptor_;
    bool is_open_{false};
};

bool takes_welcome(ipc::EventStream& stream) {
    while (auto item = stream.take())
        if (std::holds_alternative<ipc::events::Welcome>(*item)) return true;
    return false;
}

bool takes_event(ipc::EventStream& stream, std::string_view topic) {
    while (auto item = stream.take())
        if (const auto* event = std::get_if<ipc::ReceivedEvent>(&*item); event && event->numbers.topic == topic) return true;
    return false;
}

std::int64_t memory_kib(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/status", process)};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
}

ipc::KeyPair agent_keys(const AgentProcess& agent) {
    return agent::AgentKeys::open(agent.data_dir() / "agent-keys.json").value().current();
}

std::size_t open_files(pid_t process) {
    const std::filesystem::directory_iterator files{fmt::format("/proc/{}/fd", process)};
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_SUITE("Hostile network") {
    TEST_CASE("garbage, half a handshake and port scans: the agent goes on, and forgets them") {
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(Role::viewer)).has_value());
        auto client = station.client();
        REQUIRE(client.call(ipc::agent::Status{}, 20s).has_value());
        const auto files = open_files(agent.process().id());
        const auto memory = memory_kib(agent.process().id());
        std::mt19937 random{7};
        const std::string greeting{"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0CURVE\0", 18};
        for (int round = 0; round < 300; ++round) {
            RawConnection connection{agent.port + round % 2};
            REQUIRE(connection.is_open());
            std::string bytes;
            switch (round % 4) {
                case 0: break;  // a scan: opened and closed
                case 1: bytes = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"; break;
                case 2: bytes = greeting.substr(0, 1 + random() % greeting.size()); break;
                default:
                    bytes = greeting + std::string(46, '\0');
                    for (int i = 0; i < 200; ++i) bytes += static_cast<char>(random());
            }
            connection.send(bytes);
            if (round % 50 == 0) CHECK(client.call(ipc::agent::Status{}, 20s).has_value());
        }
        CHECK(client.call(ipc::agent::Status{}, 20s).has_value());
        CHECK(eventually([&] { return open_files(agent.process().id()) <= files + 2; }));
        CHECK(memory_kib(agent.process().id()) < memory + 8 * 1'024);
    }

    TEST_CASE("who connects and says nothing is let go after some seconds") {
        SharedAgent agent;
        const auto files = open_files(agent.process().id());
        std::vector<std::unique_ptr<RawConnection>> silent;
        for (int i = 0; i < 50; ++i) silent.push_back(std::make_unique<RawConnection>(agent.port));
        CHECK(eventually([&] { return open_files(agent.process().id()) > files + 10; }));
        CHECK(eventually([&] { return open_files(agent.process().id()) <= files + 2; }));
    }

    TEST_CASE("a client without encryption is not heard") {
        SharedAgent agent;
        zmq::context_t context;
        zmq::socket_t socket{context, zmq::socket_type::dealer};
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvtimeo, 700);
        socket.connect(fmt::format("tcp://127.0.0.1:{}", agent.port));
        socket.send(zmq::buffer(ipc::request(1, "agent.status", "\x80")), zmq::send_flags::none);
        zmq::message_t answer;
        CHECK(!socket.recv(answer).has_value());
    }

    TEST_CASE("a key that nobody knows hears no event, and is told in words when it asks") {
        SharedAgent agent;
        Workstation member, stranger;
        REQUIRE(member.pair(agent.invite(Role::viewer)).has_value());
        auto profile = member.profile();
        profile.own = ipc::KeyPair::draw();
        REQUIRE(ipc::write_profile(stranger.profile_file(), profile).has_value());
        const auto refused = stranger.call(ipc::agent::Status{});
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ipc::Code::unauthorized);
        CHECK(refused.error().message.find("pairing string") != std::string::npos);

        // Both listen, side by side: what the one hears by now, the other would have heard, too.
        member.sit_down();
        auto heard = ipc::EventStream::open("", {});
        REQUIRE(heard.has_value());
        stranger.sit_down();
        auto unheard = ipc::EventStream::open("", {});
        REQUIRE(unheard.has_value());
        REQUIRE(eventually([&] { return takes_welcome(*heard); }));
        set_parameter(agent, "LatenessSeconds", std::int64_t{77});
        CHECK(eventually([&] { return takes_event(*heard, "parameter.changed"); }));
        std::this_thread::sleep_for(300ms);
        while (auto item = unheard->take()) CHECK(std::holds_alternative<ipc::Disconnected>(*item));
    }

    TEST_CASE("what a connection sees without keys is no word of ours") {
        SharedAgent agent;
        const RawConnection connection{agent.port};
        connection.send("hello\r\n");
        const auto seen = connection.receive();
        CHECK(seen.find("stocktray") == std::string::npos);
        CHECK(seen.size() < 200);
    }

    TEST_CASE("the token, and no secret key, stands in no log, event or history") {
        SharedAgent agent{{.configuration = "[log]\nlevel = \"debug\"\n[secrets]\nstore = \"file\"\n"}};
        Listener listener{agent};
        Workstation station;
        const auto pairing = agent.invite(Role::viewer);
        REQUIRE(station.pair(pairing).has_value());
        auto wrong = pairing;
        wrong.token = std::string(31, '0') + "7";
        Workstation other;
        (void)other.pair(wrong);
        agent.must(ipc::keys::Revoke{station.key()});
        // Both were told: who was let in, and who was shut out.
        REQUIRE(listener.wait_for<ipc::events::HistoryAdded>([](const auto& entry) { return entry.text.find("not use") != std::string::npos; }));
        std::string all;
        for (const auto& event : listener.heard()) all += ipc::to_json(event.data, ipc::Layout::one_line);
        CHECK(all.find("may use this agent: viewer") != std::string::npos);
        const auto logged = agent.process().errors() + agent.process().output();
        CHECK(logged.find("workstations can reach the agent") != std::string::npos);
        all += logged;
        all += ipc::encode(agent.must(ipc::history::List{}));
        all += ipc::encode(agent.keys());
        const auto own = agent_keys(agent);
        for (const auto& secret : {pairing.token, wrong.token, station.profile().own.secret_key.reveal(), station.profile().own.secret_z85(),
                                   own.secret_key.reveal(), own.secret_z85()})
            CHECK(all.find(secret) == std::string::npos);
    }
}
