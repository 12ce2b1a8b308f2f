// An agent and a workstation on two hosts (network namespaces) with a cable between them, which is pulled.
#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <numeric>
#include <thread>

#include "tests/agent/lan/shared_agent.h"
#include "tests/support/needs.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

constexpr int port = 5770;
const std::string host_address = "10.213.7.1";

bool succeeds(std::vector<std::string> words) { return run({std::move(words), {}, {}}).exit_code == 0; }

// Two hosts, gone with their owner.
class Cable {
public:
    Cable() {
        is_there_ = succeeds({"ip", "netns", "add", host}) && succeeds({"ip", "netns", "add", station}) &&
                    succeeds({"ip", "link", "add", near, "netns", host, "type", "veth", "peer", "name", far, "netns", station}) &&
                    succeeds({"ip", "-n", host, "addr", "add", host_address + "/24", "dev", near}) &&
                    succeeds({"ip", "-n", station, "addr", "add", "10.213.7.2/24", "dev", far}) &&
                    succeeds({"ip", "-n", host, "link", "set", near, "up"}) && succeeds({"ip", "-n", host, "link", "set", "lo", "up"}) &&
                    plug();
    }
    Cable(const Cable&) = delete;
    Cable& operator=(const Cable&) = delete;
    ~Cable() {
        (void)succeeds({"ip", "netns", "del", host});
        (void)succeeds({"ip", "netns", "del", station});
    }

    [[nodiscard]] bool is_there() const { return is_there_; }
    bool pull() const { return succeeds({"ip", "-n", station, "link", "set", far, "down"}); }
    bool plug() const { return succeeds({"ip", "-n", station, "link", "set", far, "up"}); }

    [[nodiscard]] std::vector<std::string> at_host() const { return {"ip", "netns", "exec", host}; }
    [[nodiscard]] std::vector<std::string> at_station() const { return {"ip", "netns", "exec", station}; }

private:
    const std::string name_{std::to_string(::getpid())};
    const std::string host{"sth" + name_}, station{"stw" + name_}, near{"h" + name_}, far{"w" + name_};
    bool is_there_{false};
};

bool can_lay_cables() {
    if (::geteuid() == 0 && succeeds({"sh", "-c", "command -v ip && ip netns add \"$0\" && ip netns del \"$0\"", fmt::format("stp{}", ::getpid())}))
        return true;
    return has_the_rights("hosts of one's own need root and the program ip (iproute2), with network namespaces in the kernel");
}

AgentProcess::Options at(std::vector<std::string> wrapper) {
    AgentProcess::Options options;
    options.wrapper = std::move(wrapper);
    return options;
}

// The agent's host and the workstation, each with its programs; the workstation is paired.
struct Shop {
    Cable cable;
    TempDir home;
    AgentProcess agent;

    Shop() : agent{at(cable.at_host())} {
        REQUIRE(cable.is_there());
        agent.start();
        set_parameter(agent, "LanAddress", fmt::format("*:{}", port));
        const auto pairing = agent.must(ipc::keys::Invite{ipc::Role::order_manager, {}, host_address}).pairing;
        const auto file = home.path() / "pairing";
        std::ofstream{file} << pairing;
        const auto paired = here({"pair", "--file", file.string(), "--name", "ann@till-2"});
        REQUIRE_MESSAGE(paired.exit_code == 0, paired.errors);
    }

    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"HOME", home.path()}, {"XDG_CONFIG_HOME", home.path() / "config"}, {"XDG_DATA_HOME", home.path() / "data"},
                {"XDG_STATE_HOME", home.path() / "state"}, {"STOCKTRAY_PROFILE", ""}, {"STOCKTRAY_ENDPOINT", ""}};
    }
    // The command line at the workstation.
    [[nodiscard]] Finished here(std::vector<std::string> words) const {
        auto line = cable.at_station();
        line.push_back(STOCKTRAY_BIN_DIR "/stocktrayctl");
        line.insert(line.end(), words.begin(), words.end());
        return run({std::move(line), environment(), {}});
    }
    // A program at the workstation that submits one piece after another, as a till does.
    [[nodiscard]] Process till(const std::string& sku, int pieces) const {
        auto line = cable.at_station();
        const auto loop = fmt::format("for i in $(seq 1 {}); do {}/stocktrayctl submit {} 1 --reason adjustment --note $i --spool "
                                      "--timeout 0.2 || exit 1; done",
                                      pieces, STOCKTRAY_BIN_DIR, sku);
        line.insert(line.end(), {"sh", "-c", loop});
        return Process{{std::move(line), environment(), {}}};
    }
    // The notes of the SKU's changes, as they came to the agent.
    [[nodiscard]] std::vector<int> arrived(const std::string& sku) {
        std::vector<int> notes;
        std::optional<std::string> after;
        do {
            ipc::history::List list;
            list.sku = sku;
            list.kinds = {ipc::HistoryKind::change};
            list.after = after;
            const auto page = agent.must(list);
            for (const auto& entry : page.entries) {
                CHECK(entry.workstation);
                CHECK(entry.by);
                const auto* note = entry.data.find("note");
                REQUIRE((note != nullptr && note->as<std::string>() != nullptr));
                notes.push_back(std::stoi(*note->as<std::string>()));
            }
            after = page.next;
        } while (after);
        return notes;
    }
};

}  // namespace

TEST_SUITE("A cable between") {
    TEST_CASE("pulled and plugged in again while two programs submit: all arrives once and in order; then the workstation is shut out") {
        if (!can_lay_cables()) return;
        Shop shop;
        constexpr int pieces = 40;
        auto first = shop.till("SKU-A", pieces), second = shop.till("SKU-B", pieces);
        for (int round = 0; round < 4 && (first.is_running() || second.is_running()); ++round) {
            std::this_thread::sleep_for(700ms);
            REQUIRE(shop.cable.pull());
            std::this_thread::sleep_for(1'500ms);
            REQUIRE(shop.cable.plug());
        }
        CHECK(first.wait(120s) == 0);
        CHECK(second.wait(120s) == 0);
        CHECK(eventually([&] {
            const auto delivered = shop.here({"spool", "deliver", "--timeout", "5"});
            return delivered.exit_code == 0;
        }, 60s));
        std::vector<int> in_order(pieces);
        std::iota(in_order.begin(), in_order.end(), 1);
        CHECK(shop.arrived("SKU-A") == in_order);
        CHECK(shop.arrived("SKU-B") == in_order);

        const auto keys = shop.agent.must(ipc::keys::List{}).keys;
        REQUIRE(keys.size() == 1);
        CHECK(keys[0].address == "10.213.7.2");
        CHECK(shop.here({"status"}).exit_code == 0);
        shop.agent.must(ipc::keys::Revoke{keys[0].key});
        const auto refused = shop.here({"status"});
        CHECK(refused.exit_code == 5);
        CHECK(refused.errors.find("not allowed any more") != std::string::npos);
        // What it submits from now on stays with it, and is not lost without a word.
        (void)shop.here({"submit", "SKU-A", "1", "--reason", "adjustment", "--spool", "--timeout", "2"});
        const auto kept = shop.here({"spool", "list"});
        CHECK(kept.output.find("SKU-A") != std::string::npos);
        CHECK(shop.arrived("SKU-A") == in_order);
    }
}
