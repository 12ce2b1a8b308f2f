// A network that breaks in each of its ways: the posts end right to the piece, the cart is named as late with its cause, and
// the other carts notice nothing.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "tests/faults/network/shop_front.h"
#include "tests/faults/network/wire.h"
#include "tests/support/needs.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

// A store at the end of a wire of its own.
struct Line {
    explicit Line(Reach reach = Reach::loopback) : wire{front.port(), reach} {}
    ShopFront front;
    Wire wire;
    std::map<std::string, long long> expected{};

    void sell(const std::string& sku, long long pieces) {
        if (!expected.contains(sku)) expected[sku] = front.store.count(sku);
        expected[sku] -= pieces;
    }
    void check() {
        for (const auto& [sku, count] : expected) {
            CAPTURE(sku);
            CHECK(front.store.count(sku) == count);
        }
    }
};

using Lines = std::map<std::string, std::unique_ptr<Line>>;

// Sells at all of them, in several posts.
void sell_everywhere(ShortPatience& shop, Lines& lines, const std::string& round) {
    for (int n = 1; n <= 3; ++n) {
        const auto sku = fmt::format("SKU-{:04}", n);
        for (auto& [name, line] : lines) line->sell(sku, n);
        shop.submit(fmt::format("{}-{}", round, n), sku, -n);
    }
}

bool succeeds(std::vector<std::string> words) { return run({std::move(words), {}, {}}).exit_code == 0; }

// A host of its own behind a cable, with a firewall and a name server of its own. Gone with its owner.
class Host {
public:
    static constexpr const char* this_side = "10.213.8.1";

    Host() {
        forget_those_of_the_dead();
        std::filesystem::create_directories(etc_);
        std::ofstream{etc_ / "resolv.conf"} << "nameserver " << this_side << "\n";
        std::ofstream{etc_ / "hosts"} << "127.0.0.1 localhost\n";
        is_there_ = succeeds({"ip", "netns", "add", name_}) &&
                    succeeds({"ip", "link", "add", near_, "type", "veth", "peer", "name", far_, "netns", name_}) &&
                    succeeds({"ip", "addr", "add", std::string{this_side} + "/24", "dev", near_}) && succeeds({"ip", "link", "set", near_, "up"}) &&
                    succeeds({"ip", "-n", name_, "addr", "add", "10.213.8.2/24", "dev", far_}) &&
                    succeeds({"ip", "-n", name_, "link", "set", far_, "up"}) && succeeds({"ip", "-n", name_, "link", "set", "lo", "up"}) &&
                    nft("add table inet t") && nft("add chain inet t out { type filter hook output priority 0; }") &&
                    nft("add rule inet t out udp dport 53 drop");  // questions to the name server are lost
    }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    ~Host() {
        (void)succeeds({"ip", "netns", "del", name_});
        std::error_code ignored;
        std::filesystem::remove_all(etc_, ignored);
    }

    [[nodiscard]] bool is_there() const { return is_there_; }
    [[nodiscard]] std::vector<std::string> inside() const { return {"ip", "netns", "exec", name_}; }
    [[nodiscard]] bool nft(const std::string& rule) const { return succeeds({"ip", "netns", "exec", name_, "nft", rule}); }
    [[nodiscard]] bool breaks(int port, const std::string& how) const { return nft(fmt::format("add rule inet t out tcp dport {} {}", port, how)); }
    [[nodiscard]] bool heals() const { return nft("flush chain inet t out"); }
    // In place: the program on that host has this very file.
    void knows(const std::string& host, const std::string& address) const {
        std::ofstream{etc_ / "hosts", std::ios::app} << address << ' ' << host << '\n';
    }

private:
    // A test that was killed leaves its host behind, with this side's address.
    static void forget_those_of_the_dead() {
        std::error_code error;
        for (const auto& host : std::filesystem::directory_iterator{"/run/netns", error}) {
            const auto name = host.path().filename().string();
            const auto owner = name.starts_with("stn") ? name.substr(3) : std::string{};
            if (owner.empty() || !std::ranges::all_of(owner, [](char c) { return c >= '0' && c <= '9'; }) ||
                std::filesystem::exists("/proc/" + owner))
                continue;
            (void)succeeds({"ip", "netns", "del", name});
            std::filesystem::remove_all(std::filesystem::path{"/etc/netns"} / name, error);
        }
    }

    const std::string name_{"stn" + std::to_string(::getpid())}, near_{"sn" + std::to_string(::getpid())}, far_{"sf" + std::to_string(::getpid())};
    const std::filesystem::path etc_{std::filesystem::path{"/etc/netns"} / name_};
    bool is_there_{false};
};

bool can_have_hosts() {
    if (::geteuid() == 0 && succeeds({"sh", "-c", "command -v nft && ip netns add \"$0\" && ip netns exec \"$0\" nft add table inet t; r=$?; ip netns del \"$0\"; exit $r",
                                      fmt::format("stnp{}", ::getpid())}))
        return true;
    return has_the_rights("a host of one's own needs root, ip (iproute2) and nft (nftables), with network namespaces in the kernel");
}

}  // namespace

TEST_SUITE("Broken network") {
    TEST_CASE("half-open, silent, reset, byte by byte: the posts end right, the others notice nothing, and a person is told and untold") {
        ShortPatience shop;
        Lines lines;
        for (const char* name : {"fine", "half-open", "silent", "reset", "slow"}) {
            auto& line = *lines.emplace(name, std::make_unique<Line>()).first->second;
            // Byte by byte takes its time, and more of it on a busy machine: slow is not silent.
            shop.add_cart(name, fmt::format("http://127.0.0.1:{}/stocktray.php", line.wire.port()), line.front.store,
                          name == std::string{"slow"} ? 15s : 1s);
        }
        sell_everywhere(shop, lines, "before");
        REQUIRE(shop.rests());

        lines.at("half-open")->wire.set(Carriage::no_answers);
        lines.at("silent")->wire.set(Carriage::silent);
        lines.at("reset")->wire.set(Carriage::resets);
        lines.at("slow")->wire.set(Carriage::byte_by_byte);
        sell_everywhere(shop, lines, "while");
        CHECK(shop.rests("fine"));
        CHECK(shop.rests("slow"));
        for (const auto& [name, code] : {std::pair{"half-open", "timeout"}, {"silent", "timeout"}, {"reset", "closed"}}) {
            CAPTURE(name);
            CHECK(shop.says(name, code));
            CHECK(eventually([&] { return shop.is_late(name); }));
        }
        CHECK(!shop.is_late("fine"));
        sell_everywhere(shop, lines, "still");
        CHECK(shop.rests("fine"));
        lines.at("fine")->check();

        for (auto& [name, line] : lines) line->wire.set(Carriage::whole);
        CHECK(shop.rests());
        for (auto& [name, line] : lines) {
            CAPTURE(name);
            line->check();
            CHECK(eventually([&] { return !shop.is_late(name); }));
        }
    }

    TEST_CASE("a name server that never answers, a black hole, lost packets, a firewall that resets: each alone holds up its own cart alone") {
        if (!can_have_hosts()) return;
        const Host host;
        REQUIRE(host.is_there());
        ShortPatience shop{"", {.wrapper = host.inside()}};
        Lines lines;
        for (const char* name : {"fine", "hole", "loss", "firewall", "no-name"}) {
            auto& line = *lines.emplace(name, std::make_unique<Line>(Reach::all)).first->second;
            const std::string where = name == std::string{"no-name"} ? "shop.example" : Host::this_side;
            shop.add_cart(name, fmt::format("http://{}:{}/stocktray.php", where, line.wire.port()), line.front.store);
        }
        sell_everywhere(shop, lines, "before");
        for (const char* name : {"fine", "hole", "loss", "firewall"}) REQUIRE(shop.rests(name));

        REQUIRE(host.breaks(lines.at("hole")->wire.port(), "drop"));
        REQUIRE(host.breaks(lines.at("loss")->wire.port(), "numgen random mod 100 < 20 drop"));
        REQUIRE(host.breaks(lines.at("firewall")->wire.port(), "reject with tcp reset"));
        sell_everywhere(shop, lines, "while");
        CHECK(shop.rests("fine"));
        for (const auto& [name, code] : {std::pair{"hole", "timeout"}, {"firewall", "connect"}, {"no-name", "name_lookup"}}) {
            CAPTURE(name);
            CHECK(shop.says(name, code));
            CHECK(eventually([&] { return shop.is_late(name); }));
        }
        CHECK(!shop.is_late("fine"));
        sell_everywhere(shop, lines, "still");
        CHECK(shop.rests("fine"));
        lines.at("fine")->check();

        REQUIRE(host.heals());
        host.knows("shop.example", Host::this_side);
        CHECK(shop.rests());
        for (auto& [name, line] : lines) {
            CAPTURE(name);
            line->check();
            CHECK(eventually([&] { return !shop.is_late(name); }));
        }
    }
}
