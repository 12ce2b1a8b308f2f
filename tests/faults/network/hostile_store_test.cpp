// A store, or somebody in its place, that answers as an attacker would: what a person is told, that no post is lost or
// doubled by it, and that it costs the agent little.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "tests/faults/network/shop_front.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using test::Connection;

namespace {

constexpr std::size_t mebibyte = 1'024 * 1'024;

struct Attack {
    std::string name;
    ShopFront::Answer answer;
    std::string code;
    std::string sentence;  // how the message begins
    std::string hint;
};

// Until the agent has enough of it.
void send_without_end(Connection& connection, const std::string& head, const std::string& piece) {
    if (!connection.send(head)) return;
    for (std::size_t sent = 0; sent < 256 * mebibyte && connection.send(piece); sent += piece.size()) continue;
}

std::string gzipped_zeros() {
    return run({{"sh", "-c", "head -c 100000000 /dev/zero | gzip -9"}, {}, {}}).output;
}

std::string with_headers(const std::string& headers, const std::string& body) { return "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body; }

const std::string nothing_lost = "Nothing is lost; the posts wait and are sent again by themselves.";
const std::string look_at_url = "Check the Script URL in the cart's definition.";
const std::string too_long = "The store's answer was far too long.";
const std::string not_a_page = "Check that the Script URL is the import script and not a page of the shop.";
const std::string no_script = "A web page came back in place of the import script's answer.";
const std::string half = "Only half of the store's answer arrived.";

std::vector<Attack> attacks(const std::string& elsewhere) {
    const std::string kilobyte(1'000, 'x'), bomb = gzipped_zeros();
    const std::string lengths = fmt::format("Content-Length: {}\r\n", bomb.size());
    const std::string laughs =
        "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]><SETIError><Code>1</Code>"
        "<Description>&c;&d;</Description></SETIError>";
    const auto says = [](std::string bytes) { return [=](Connection& c, const std::string&) { c.send(bytes); }; };
    const auto redirect_to = [&](const std::string& place) { return says(test::answer("", "302 Found", "Location: " + place + "\r\n")); };
    return {
        {"redirect", redirect_to(elsewhere), "redirected", "The store sends the request to another address.",
         "Enter the final address as the Script URL (often https in place of http, or with www)."},
        {"redirect-file", redirect_to("file:///etc/passwd"), "redirected", "The store sends the request to another address.",
         "Enter the final address as the Script URL (often https in place of http, or with www)."},
        {"gzip-bomb", says(with_headers("Content-Encoding: gzip\r\n" + lengths, bomb)), "too_large", too_long, not_a_page},
        {"transfer-bomb", says(with_headers("Transfer-Encoding: gzip\r\nConnection: close\r\n", bomb)), "too_large", too_long, not_a_page},
        {"xml-bomb", says(test::answer(laughs, "200 OK", "Content-Type: text/xml\r\n")), "malformed",
         "The store's answer could not be read.", "Look at the store's error log; a PHP error may cut the answer."},
        {"endless-body", [=](Connection& c, const std::string&) { send_without_end(c, "HTTP/1.1 200 OK\r\n\r\n", kilobyte); }, "too_large",
         too_long, not_a_page},
        {"endless-headers",
         [=](Connection& c, const std::string&) { send_without_end(c, "HTTP/1.1 200 OK\r\n", "X-More: " + kilobyte + "\r\n"); }, "too_large",
         too_long, not_a_page},
        {"endless-header", [=](Connection& c, const std::string&) { send_without_end(c, "HTTP/1.1 200 OK\r\nX-One: ", kilobyte); }, "too_large",
         too_long, not_a_page},
        {"slow-body",
         [](Connection& c, const std::string& honest) {
             c.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", honest.size() + 100));
             for (const char byte : honest + std::string(100, ' ')) {
                 if (!c.send({&byte, 1})) return;
                 std::this_thread::sleep_for(50ms);
             }
         },
         "timeout", "The store did not answer in time.", "Look whether the store's web site is slow or hangs."},
        {"length-too-long",
         [](Connection& c, const std::string& honest) {
             c.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", honest.size() + 7, honest));
         },
         "truncated", half, nothing_lost},
        {"length-too-short",
         [](Connection& c, const std::string& honest) { c.send(with_headers("Content-Length: 5\r\n", honest.empty() ? "SETIResponse" : honest)); },
         "not_a_script", no_script, look_at_url},
        {"chunks-cut", says(with_headers("Transfer-Encoding: chunked\r\n", "ffff\r\nSETIResponse=OK")), "truncated", half, nothing_lost},
        {"http-09", [](Connection& c, const std::string& honest) { c.send(honest.empty() ? "SETIResponse=OK" : honest); }, "not_http",
         "What answers at the Script URL is no web server.", "Check host and port in the Script URL."},
        {"ssh", says("SSH-2.0-OpenSSH_9.2p1\r\n"), "not_http", "What answers at the Script URL is no web server.",
         "Check host and port in the Script URL."},
        {"reset", [](Connection& c, const std::string&) { c.reset(); }, "closed", "The connection was closed before the answer came.",
         "Look at the web server's error log; a PHP process may have crashed."},
        {"empty", says(test::answer("")), "no_answer", "The store's answer was empty.",
         "Look at the store's PHP error log: the script ended without a word."},
        {"terminal",
         says(test::answer("SETIError: \x1b]0;owned\x07\x1b[2J \xff\xfe bell\x07 <script>alert(1)</script>")), "store_error",
         "The store's script reported an error.", "Look at the text below and at the store's error log."},
    };
}

std::int64_t most_memory_kib(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/status", process)};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
    return 0;
}

}  // namespace

TEST_SUITE("Hostile store") {
    TEST_CASE("whatever comes back, it has a name and a hint, and each post is applied once") {
        std::atomic<int> calls_elsewhere{0};
        const test::ScriptedServer elsewhere{[&](Connection& c) {
            ++calls_elsewhere;
            while (c.read_request()) c.send(test::answer("SETIResponse=OK"));
        }};
        const auto table = attacks(elsewhere.url());
        ShortPatience shop;
        std::map<std::string, std::unique_ptr<ShopFront>> fronts;
        for (const auto& attack : table) {
            auto& front = *fronts.emplace(attack.name, std::make_unique<ShopFront>(attack.answer)).first->second;
            shop.add_cart(attack.name, front.url(), front.store);
        }
        shop.submit("hello", "SKU-0003", 1);
        REQUIRE(shop.rests());
        std::map<std::string, std::pair<long long, long long>> before;
        for (auto& [name, front] : fronts) before[name] = {front->store.count("SKU-0001"), front->store.count("SKU-0002")};
        const auto memory = most_memory_kib(shop.agent.process().id());

        for (auto& [name, front] : fronts) front->turn();
        shop.submit("applied", "SKU-0001", -1);
        shop.submit("not-applied", ShopFront::never_applied, -2);
        for (const auto& attack : table) {
            CAPTURE(attack.name);
            const auto error = shop.last_error(attack.name, attack.code);
            CHECK(error.code == attack.code);
            CHECK_MESSAGE(error.message.starts_with(attack.sentence), error.message);
            CHECK_MESSAGE(error.hint.starts_with(attack.hint), error.hint);
            CHECK(eventually([&] { return shop.is_late(attack.name); }));
        }
        CHECK(calls_elsewhere == 0);
        const auto grown = most_memory_kib(shop.agent.process().id()) - memory;
        MESSAGE(fmt::format("{} stores attacked at once: the agent's memory grew by {} KiB", table.size(), grown));
        CHECK(grown < 32 * 1'024);

        for (auto& [name, front] : fronts) front->be_honest();
        CHECK(shop.rests());
        for (auto& [name, front] : fronts) {
            CAPTURE(name);
            CHECK(front->store.count("SKU-0001") == before[name].first - 1);
            CHECK(front->store.count("SKU-0002") == before[name].second - 2);
            CHECK(eventually([&] { return !shop.is_late(name); }));
        }
    }

    TEST_CASE("an address that is no web address is refused before anything is asked") {
        AgentProcess agent;
        agent.start();
        const std::vector<std::string> addresses{"file:///etc/passwd", "gopher://127.0.0.1:70/_x", "ftp://127.0.0.1/x", "dict://127.0.0.1/d", "ldap://x/",
                                                 "javascript:1", "//127.0.0.1/x", "http://", "http:///x", "http://:80/x", "https://shop.example/ x",
                                                 "http://user:secret@127.0.0.1/x"};
        for (const auto& url : addresses) {
            CAPTURE(url);
            const auto refused = agent.call(cart_for("main", url, "u", "p"));
            REQUIRE(!refused);
            CHECK(refused.error().code == ipc::Code::invalid_params);
            CHECK(refused.error().message.find("secret") == std::string::npos);
            CHECK_MESSAGE(refused.error().message.find("Script URL") != std::string::npos, refused.error().message);
        }
        CHECK(agent.must(ipc::carts::List{}).carts.empty());
    }
}
