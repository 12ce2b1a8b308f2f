// libstocktray's spool and a real agent while things break: every change that was promised is at the agent once, each
// program's in its order.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "ipc/codec/framing.h"
#include "ipc/spool/outbox.h"
#include "tests/agent/agent_process.h"
#include "tests/agent/raw_client.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/needs.h"
#include "tests/support/other_users.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;
using ipc::Outbox;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* unwritable = " cannot be written: its disk is read-only, or this user may not write there.";
const std::string client_program = std::string{STOCKTRAY_BIN_DIR} + "/spool_client";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);)
        if (!stream.eof()) lines.push_back(line);  // without an end it was not said
    return lines;
}

// The SKUs of the changes that the agent has taken, in the order in which it took them.
std::vector<std::string> taken_by(AgentProcess& agent) {
    std::vector<std::string> skus;
    ipc::history::List list{.kinds = {{ipc::HistoryKind::change}}, .limit = 1'000};
    for (;;) {
        const auto page = agent.must(list);
        for (const auto& entry : page.entries) skus.push_back(entry.sku.value_or(""));
        if (!page.next) return skus;
        list.after = page.next;
    }
}

// Each promised one is there, none is there twice, and those of one program are in the order of their numbers.
void check_taken(AgentProcess& agent, const std::set<std::string>& promised) {
    const auto taken = taken_by(agent);
    const std::set<std::string> once{taken.begin(), taken.end()};
    CHECK(once.size() == taken.size());
    std::string missing;
    for (const auto& sku : promised)
        if (!once.contains(sku)) missing += sku + " ";
    CHECK(missing == "");
    std::map<std::string, int> last;
    std::string late;
    for (const auto& sku : taken) {
        const auto dash = sku.rfind('-');
        const int number = std::atoi(sku.c_str() + dash + 1);
        auto& before = last.try_emplace(sku.substr(0, dash), -1).first->second;
        if (number < before) late += sku + " ";
        before = number;
    }
    CHECK(late == "");
}

struct Shop {
    AgentProcess agent{};
    fs::path spool{agent.folder() / "spool.db"};
    std::set<std::string> promised{};

    [[nodiscard]] Command client(const std::string& prefix, int count, int wait_ms) const {
        return {{client_program, agent.endpoint(), spool.string(), prefix, std::to_string(count), std::to_string(wait_ms)}, {}, {}};
    }
    void keep(const std::string& output) {
        for (auto& line : lines_of(output)) promised.insert(std::move(line));
    }
    std::unique_ptr<Outbox> outbox() const {
        auto opened = Outbox::open({"test 1.0", agent.endpoint(), spool});
        REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        return std::move(*opened);
    }
    void deliver_all() const { CHECK(*outbox()->flush(seconds{60})); }
};

ipc::Expected<std::vector<Outbox::Outcome>> submit(Outbox& outbox, const std::string& id, milliseconds wait) {
    return outbox.submit({ipc::testing::a_change(id, id)}, wait);
}

}  // namespace

TEST_SUITE("libstocktray under faults") {
    TEST_CASE("killed at every write and at every sending") {
        Shop shop;
        shop.agent.start();
        int died = 0;
        for (const auto& [call, most] : std::map<std::string, int>{{"pwrite64", 36}, {"sendto", 14}})
            for (int when = 1; when <= most; ++when) {
                auto command = shop.client(fmt::format("{}{}", call.substr(0, 2), when), 4, 10'000);
                command.arguments.insert(command.arguments.begin(),
                                         {"strace", "-f", "-o", "/dev/null", "-e", "trace=" + call, "-e",
                                          fmt::format("inject={}:signal=SIGKILL:when={}", call, when)});
                const auto killed = run(command);
                if (killed.exit_code != 0) ++died;
                shop.keep(killed.output);
                // The next one may find what the killed one left; at times somebody looks first.
                if (when % 5 == 0) shop.deliver_all();
            }
        shop.deliver_all();
        CHECK(died > 30);
        CHECK(shop.promised.size() > 20);
        check_taken(shop.agent, shop.promised);
        CHECK(shop.outbox()->standing()->spooled.doubtful == 0);
    }

    TEST_CASE("three programs on one spool, killed again and again, and the agent too") {
        Shop shop;
        std::uint64_t chance = 88'172'645'463'325'252;
        const auto drawn = [&](std::uint64_t below) {
            chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
            return chance % below;
        };
        shop.agent.start();
        constexpr std::size_t enough = 100;
        for (int round = 0; round < 12 || (round < 100 && shop.promised.size() <= enough); ++round) {
            std::vector<Process> programs;
            for (const char* name : {"a", "b", "c"}) programs.emplace_back(shop.client(fmt::format("{}{}", name, round), 100'000, 5));
            // On a busy machine they may have been killed before they had promised anything: then there are more rounds, in
            // which each of them does.
            const auto have_promised = [&] { return std::ranges::none_of(programs, [](auto& one) { return one.output().empty(); }); };
            if (round >= 12) CHECK(eventually(have_promised));
            if (round % 3 == 1) {
                std::this_thread::sleep_for(milliseconds{100 + drawn(200)});
                shop.agent.kill();
            }
            std::this_thread::sleep_for(milliseconds{100 + drawn(300)});
            if (round % 3 == 2 && !shop.agent.is_running()) shop.agent.start();
            for (auto& program : programs) {
                std::this_thread::sleep_for(milliseconds{drawn(60)});
                program.kill();
                shop.keep(program.output());
            }
        }
        if (!shop.agent.is_running()) shop.agent.start();
        shop.deliver_all();
        CHECK(shop.promised.size() > enough);
        check_taken(shop.agent, shop.promised);
        CHECK(ipc::testing::a_spool(shop.spool).check()->empty());
    }

    TEST_CASE("two hundred clients, some slow, dead or hostile, while the agent is killed") {
        Shop shop;
        shop.agent.start();
        std::atomic<bool> is_over{false};
        std::mutex mutex;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 8; ++t)
                threads.emplace_back([&, t] {
                    std::vector<ipc::Client> clients;
                    for (int c = 0; c < 20; ++c) clients.push_back(shop.agent.client());
                    for (int n = 0; !is_over || n < 3; ++n)
                        for (std::size_t c = 0; c < clients.size(); ++c) {
                            ipc::qoh::Submit submit{fmt::format("client-{}-{}", t, c), {}};
                            submit.changes.push_back(ipc::testing::a_change(std::to_string(n), fmt::format("c{}x{}-{}", t, c, n)));
                            // The same id until there is an answer.
                            while (!clients[c].call(submit, seconds{2})) {
                            }
                            const std::lock_guard lock{mutex};
                            shop.promised.insert(submit.changes.front().sku);
                        }
                });
            threads.emplace_back([&] {
                std::vector<std::unique_ptr<RawClient>> slow;
                for (int i = 0; i < 20; ++i) slow.push_back(std::make_unique<RawClient>(shop.agent.endpoint()));
                const std::string question = ipc::request(1, "agent.status", ipc::encode(ipc::agent::Status{}));
                while (!is_over) {
                    // They ask and never read; others come, say something that is no message, and vanish.
                    for (auto& one : slow) (void)one->send(question, milliseconds{1});
                    for (int i = 0; i < 4; ++i) {
                        RawClient hostile{shop.agent.endpoint()};
                        (void)hostile.send(std::string(1'000, static_cast<char>(0xc1 + i)), milliseconds{20});
                    }
                    std::this_thread::sleep_for(milliseconds{20});
                }
            });
            for (int kills = 0; kills < 3; ++kills) {
                std::this_thread::sleep_for(milliseconds{700});
                shop.agent.kill();
                shop.agent.start();
            }
            std::this_thread::sleep_for(milliseconds{500});
            is_over = true;
        }
        CHECK(shop.promised.size() >= 160 * 3);
        check_taken(shop.agent, shop.promised);
    }

    TEST_CASE("two hundred that connect in one moment are all let in") {
        Shop shop;
        shop.agent.start();
        REQUIRE(shop.agent.process().freeze());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = shop.agent.endpoint().substr(std::string{"ipc://"}.size());
        REQUIRE(path.size() < sizeof address.sun_path);
        path.copy(address.sun_path, path.size());
        std::vector<int> sockets;
        int let_in = 0;
        for (int i = 0; i < 200; ++i) {
            sockets.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            if (::connect(sockets.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) ++let_in;
        }
        shop.agent.process().send_signal(SIGCONT);
        CHECK(let_in == 200);
        for (const int socket : sockets) ::close(socket);
        CHECK(shop.agent.call(ipc::agent::Hello{"test", 1}).has_value());
    }

    TEST_CASE("a full disk: straight to the agent, without one refused in words, and saved again when there is room") {
        const SmallDisk disk{"256k"};
        if (!has_the_rights(disk.missing())) return;
        Shop shop;
        shop.spool = disk.path() / "spool.db";
        auto outbox = shop.outbox();
        disk.fill();
        bool is_refused = false;
        int saved = 0;
        for (int i = 0; i < 200 && !is_refused; ++i) {
            const auto outcome = submit(*outbox, fmt::format("full-{}", i), milliseconds{0});
            if (outcome) {
                ++saved;
                shop.promised.insert(fmt::format("full-{}", i));
                continue;
            }
            is_refused = true;
            CHECK(outcome.error().code == ipc::Code::storage);
            CHECK(outcome.error().message.find("is full: make room") != std::string::npos);
        }
        CHECK(is_refused);
        CHECK(saved < 10);
        CHECK(outbox->standing()->spooled.waiting == saved);
        disk.make_room();
        const auto again = submit(*outbox, "room-1", milliseconds{0});
        REQUIRE_MESSAGE(again, again.error().message);
        CHECK(again->front().place == Outbox::Place::spooled);
        shop.promised.insert("room-1");
        shop.agent.start();
        CHECK(*outbox->flush(seconds{60}));
        // What cannot be saved goes over a connection of its own.
        const auto is_reached = [&] { return outbox->call("agent.status", ipc::encode(ipc::agent::Status{}), seconds{20}).has_value(); };
        REQUIRE(eventually(is_reached));
        disk.fill();
        int at_agent = 0;
        for (int i = 2; i < 60; ++i) {
            const auto direct = submit(*outbox, fmt::format("room-{}", i), seconds{20});
            REQUIRE_MESSAGE(direct, direct.error().message);
            if (direct->front().place == Outbox::Place::at_agent) ++at_agent;
            shop.promised.insert(fmt::format("room-{}", i));
        }
        CHECK(at_agent > 40);
        disk.make_room();
        CHECK(*outbox->flush(seconds{60}));
        check_taken(shop.agent, shop.promised);
    }

    TEST_CASE("a spool that cannot be made for want of room is told") {
        const SmallDisk disk{"256k"};
        if (!has_the_rights(disk.missing())) return;
        disk.fill();
        const auto opened = Outbox::open({"test", "ipc:///tmp/nobody", disk.path() / "spool.db"});
        REQUIRE(!opened);
        CHECK(opened.error().code == ipc::Code::storage);
        CHECK(opened.error().message.find((disk.path() / "spool.db").string()) != std::string::npos);
        disk.make_room();
        CHECK(Outbox::open({"test", "ipc:///tmp/nobody", disk.path() / "spool.db"}).has_value());
    }

    TEST_CASE("a read-only disk is told by its name, and used when it can be written again") {
        const SmallDisk disk{"256k"};
        if (!has_the_rights(disk.missing())) return;
        Shop shop;
        shop.spool = disk.path() / "spool.db";
        (void)submit(*shop.outbox(), "ro-1", milliseconds{0});
        REQUIRE(disk.make_read_only());
        const auto opened = Outbox::open({"test", shop.agent.endpoint(), shop.spool});
        REQUIRE(!opened);
        CHECK(opened.error().code == ipc::Code::storage);
        CHECK(opened.error().message == shop.spool.string() + unwritable);
        const auto made = Outbox::open({"test", shop.agent.endpoint(), disk.path() / "new" / "spool.db"});
        REQUIRE(!made);
        CHECK(made.error().message == (disk.path() / "new").string() + unwritable);
        REQUIRE(disk.make_writable());
        CHECK(shop.outbox()->standing()->spooled.waiting == 1);
    }

    TEST_CASE("a spool that this user may not write is told by its name, and what waits in it stays") {
        if (!can_play_others(STOCKTRAY_BIN_DIR "/stocktrayctl")) return;
        const TempDir dir;
        fs::permissions(dir.path(), fs::perms{0755});
        Shop shop;
        shop.spool = dir.path() / "spool.db";
        (void)submit(*shop.outbox(), "ro-1", milliseconds{0});
        const auto told_to_nobody = [&] {
            const auto done = run({as_nobody({client_program, shop.agent.endpoint(), shop.spool.string(), "x", "1", "0"}), {}, {}});
            CHECK(done.exit_code == 1);
            CHECK(done.output.empty());
            return done.errors;
        };
        CHECK(told_to_nobody() == shop.spool.string() + unwritable + "\n");
        // The same where only the file is closed to it.
        fs::permissions(shop.spool, fs::perms{0444});
        fs::permissions(shop.spool.string() + ".lock", fs::perms{0666});
        CHECK(told_to_nobody() == shop.spool.string() + unwritable + "\n");
        CHECK(shop.outbox()->standing()->spooled.waiting == 1);
    }

    TEST_CASE("writes that fail for a while: what was not taken is said, and afterwards it is saved again") {
        for (const char* error : {"EROFS", "EIO", "ENOSPC"}) {
            CAPTURE(error);
            Shop shop;
            { auto outbox = shop.outbox(); }
            auto command = shop.client("w", 10, 0);
            command.arguments.insert(command.arguments.begin(),
                                     {"strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
                                      fmt::format("inject=pwrite64:error={}:when=12..17", error)});
            const auto done = run(command);
            CHECK(done.exit_code == 0);
            CHECK(!done.errors.empty());
            CHECK(lines_of(done.output).size() == 10);
            auto spool = ipc::testing::a_spool(shop.spool);
            CHECK(ipc::testing::waiting_ids(spool).size() == 10);
            CHECK(spool.check()->empty());
        }
    }
}

}  // namespace stocktray::tests
