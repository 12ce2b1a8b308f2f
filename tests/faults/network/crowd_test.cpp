// Many clients: what comes and goes leaves nothing behind, what stays and says nothing takes nobody's place. Some hundreds,
// or ten thousand where STOCKTRAY_LONG=1.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <zmq.hpp>

#include "ipc/codec/framing.h"
#include "tests/agent/bench.h"
#include "tests/agent/lan/shared_agent.h"
#include "tests/support/seed.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

std::int64_t memory_kib(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/status", process)};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
}

std::ptrdiff_t open_files(pid_t process) {
    const std::filesystem::directory_iterator files{fmt::format("/proc/{}/fd", process)};
    return std::distance(begin(files), end(files));
}

// One door of the agent, as its clients reach it.
struct Door {
    const char* name;
    std::string requests, events;
    std::optional<ipc::PublicKey> key{};
};

// One client of each kind: asks and reads; asks and leaves; listens; only connects.
void visit(zmq::context_t& context, const Door& door, const ipc::KeyPair& own, int kind) {
    zmq::socket_t socket{context, kind == 2 ? zmq::socket_type::sub : zmq::socket_type::dealer};
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, 10'000);
    if (door.key) {
        socket.set(zmq::sockopt::curve_serverkey, door.key->z85());
        socket.set(zmq::sockopt::curve_publickey, own.public_key.z85());
        socket.set(zmq::sockopt::curve_secretkey, own.secret_z85());
    }
    if (kind == 2) socket.set(zmq::sockopt::subscribe, "");
    socket.connect(kind == 2 ? door.events : door.requests);
    if (kind > 1) return;
    CHECK(socket.send(zmq::buffer(ipc::request(1, "agent.status", "\x80")), zmq::send_flags::none));
    zmq::message_t answer;
    if (kind == 0) CHECK(socket.recv(answer));
}

// A connection that says nothing.
class Silent {
public:
    explicit Silent(int port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        is_open_ = ::connect(descriptor_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0;
    }
    Silent(Silent&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)}, is_open_{other.is_open_} {}
    Silent& operator=(Silent&&) = delete;
    ~Silent() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] bool is_open() const { return is_open_; }

private:
    int descriptor_;
    bool is_open_{false};
};

}  // namespace

TEST_SUITE("Crowd") {
    TEST_CASE("clients that come and go at both doors leave nothing behind, and the others are served meanwhile") {
        const int clients = is_long() ? 10'000 : 400, at_once = 20;
        SharedAgent agent;
        Workstation station;
        REQUIRE(station.pair(agent.invite(ipc::Role::viewer)).has_value());
        auto here = agent.client();
        auto there = station.client();
        const auto ends = ipc::endpoints_of(agent.endpoint()).value();
        const std::string network = "tcp://127.0.0.1:";
        const Door doors[] = {{"this machine", ends.requests, ends.events},
                              {"network", network + std::to_string(agent.port), network + std::to_string(agent.port + 1), station.profile().agent_key}};
        zmq::context_t context;
        const auto own = ipc::KeyPair::draw();
        const auto crowd = [&](const Door& door, int count) {
            for (int n = 0; n < count; n += at_once) {
                for (int i = 0; i < at_once; ++i) visit(context, door, i % 8 == 0 ? station.profile().own : own, i % 4);
                CHECK(here.call(ipc::agent::Status{}, 10s).has_value());
                CHECK(there.call(ipc::agent::Status{}, 10s).has_value());
            }
        };
        for (const auto& door : doors) crowd(door, 100);  // what is taken once and kept
        const auto pid = agent.process().id();
        REQUIRE(eventually([&, before = open_files(pid)] { return open_files(pid) <= before; }));
        std::this_thread::sleep_for(500ms);
        const auto files = open_files(pid);
        const auto memory = memory_kib(pid);
        for (const auto& door : doors) crowd(door, clients);
        CHECK(eventually([&] { return open_files(pid) <= files + 2; }));
        MESSAGE(fmt::format("{} clients at each door: open files {} before and {} after, memory {} and {} KiB", clients, files, open_files(pid),
                            memory, memory_kib(pid)));
        CHECK(memory_kib(pid) < memory + 8 * 1'024);
    }

    TEST_CASE("more silent connections than a program usually may have: everybody else is served, and posts leave") {
        rlimit limit{};
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
        limit.rlim_cur = limit.rlim_max;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
        constexpr rlim_t usual = 1'024;
        const int silent = limit.rlim_max <= 2 * usual ? 500 : is_long() && limit.rlim_max > 12'000 ? 10'000 : 1'200;
        // The agent begins with the limit that a desktop or a service manager gives it.
        Bench bench{{.agent = {.wrapper = {"sh", "-c", "ulimit -S -n 1024 && exec \"$@\"", "-"}}}};
        const int port = free_port();
        set_parameter(bench.agent, "LanAddress", fmt::format("127.0.0.1:{}", port));
        (void)bench.agent.must(ipc::keys::List{});
        const auto pid = bench.agent.process().id();
        const auto files = open_files(pid);
        std::vector<Silent> crowd;
        for (int n = 0; n < silent; ++n) crowd.emplace_back(port + n % 2);
        for (const auto& one : crowd) CHECK(one.is_open());
        CHECK(outcome(bench.agent, ipc::agent::Status{}) == "answered");
        const auto before = bench.store.count("SKU-0002");
        bench.submit("while", "SKU-0002", -1);
        CHECK(bench.rests());
        CHECK(bench.store.count("SKU-0002") == before - 1);
        CHECK(eventually([&] { return open_files(pid) <= files + 4; }));
        MESSAGE(fmt::format("{} silent connections: open files {} before and {} after", silent, files, open_files(pid)));
    }
}
