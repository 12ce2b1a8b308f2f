// agent.*: who answers, how everything is, and that nobody can disturb anybody else.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "ipc/codec/framing.h"
#include "tests/agent/bench.h"
#include "tests/agent/raw_client.h"
#include "tests/support/sqlite_file.h"

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

std::string code_in(const std::optional<std::string>& message) {
    if (!message) return "silence";
    const auto document = ipc::Document::parse(*message);
    const auto response = ipc::read_response(document);
    if (!response) return "no response";
    if (response->error.is(ipc::Kind::nil)) return "answered";
    return std::string{ipc::to_string(ipc::read_error(response->error).code)};
}

}  // namespace

TEST_SUITE("AgentMethods") {
    TEST_CASE("hello says who answers, and every capability is a method that answers") {
        AgentProcess agent;
        agent.start();
        const auto hello = agent.must(ipc::agent::Hello{"test 1", 1});
        CHECK(hello.protocol == 1);
        CHECK(hello.role == ipc::Role::admin);
        CHECK(!hello.agent.empty());
        CHECK(!hello.incarnation.empty());
        CHECK(!hello.restored);
        CHECK(hello.capabilities.size() == ipc::Requests::size);
        for (const auto& name : hello.capabilities) {
            if (name == "agent.shutdown") continue;
            CAPTURE(name);
            auto client = agent.client();
            const auto answer = client.call_raw(name, "\x80", 10s);
            if (!answer) CHECK(answer.error().code != ipc::Code::unknown_method);
        }
        const auto again = agent.must(ipc::agent::Hello{"test 2", 1});
        CHECK(again.run == hello.run);
        CHECK(again.agent == hello.agent);
    }

    TEST_CASE("the agent's id outlives its run, the run's id does not") {
        AgentProcess agent;
        agent.start();
        const auto before = agent.must(ipc::agent::Hello{"test", 1});
        CHECK(agent.stop() == 0);
        agent.start();
        const auto after = agent.must(ipc::agent::Hello{"test", 1});
        CHECK(after.agent == before.agent);
        CHECK(after.incarnation == before.incarnation);
        CHECK(after.run != before.run);
    }

    TEST_CASE("a newer protocol is unsupported and a nameless client invalid") {
        AgentProcess agent;
        agent.start();
        CHECK(outcome(agent, ipc::agent::Hello{"test", 2}) == "unsupported");
        CHECK(outcome(agent, ipc::agent::Hello{"test", 0}) == "invalid_params");
        CHECK(outcome(agent, ipc::agent::Hello{"", 1}) == "invalid_params");
    }

    TEST_CASE("an unknown method is named in its error") {
        AgentProcess agent;
        agent.start();
        auto client = agent.client();
        const auto answer = client.call_raw("qoh.teleport", "\x80", 10s);
        REQUIRE(!answer);
        CHECK(answer.error().code == ipc::Code::unknown_method);
        CHECK(answer.error().message.find("qoh.teleport") != std::string::npos);
    }

    TEST_CASE("status of an agent without carts is empty and says that synchronization is off") {
        AgentProcess agent;
        agent.start();
        const auto status = agent.must(ipc::agent::Status{});
        CHECK(status.carts.empty());
        CHECK(status.stack == ipc::agent::StackCounts{});
        CHECK(!status.synch_qoh);
        CHECK(!status.restored.value_or(false));
        CHECK(status.run == agent.must(ipc::agent::Hello{"test", 1}).run);
    }

    TEST_CASE("metrics are one number a line with a name that Prometheus takes") {
        Bench bench;
        const auto text = bench.agent.must(ipc::agent::Metrics{}).text;
        CHECK(text.find("stocktray_posts{cart=\"main\",state=\"queued\"} 0\n") != std::string::npos);
        std::istringstream lines{text};
        int count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            CAPTURE(line);
            CHECK(line.starts_with("stocktray_"));
            const auto number = line.substr(line.rfind(' ') + 1);
            CHECK(!number.empty());
            CHECK(number.find_first_not_of("-0123456789") == std::string::npos);
        }
        CHECK(count > 5);
    }

    TEST_CASE("who asks for much makes nobody else wait for all of it") {
        AgentProcess agent;
        agent.start();
        CHECK(agent.stop() == 0);
        SqliteFile{agent.data_dir() / "stocktray.db"}.query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            " INSERT INTO alerts (kind, severity, sku, since, message, hint) SELECT 'needs_decision', 'info', 'X-' || i,"
            " 1700000000000, printf('%.300c', 'm'), '' FROM n");
        agent.start();
        auto greedy = agent.client();
        auto other = agent.client();
        REQUIRE(other.call(ipc::agent::Status{}, 20s));
        std::vector<ipc::Pending<ipc::alerts::List>> much;
        for (int i = 0; i < 400; ++i) much.push_back(*greedy.send(ipc::alerts::List{.limit = 300}));
        const auto last = *greedy.send(ipc::agent::Status{});
        REQUIRE(eventually([&] {
            greedy.poll(100ms);
            return greedy.take(much.front()).has_value();
        }));
        const auto status = other.call(ipc::agent::Status{}, 20s);
        REQUIRE(status);
        std::optional<ipc::Expected<ipc::agent::StatusResult>> behind_all;
        REQUIRE(eventually([&] {
            greedy.poll(100ms);
            return (behind_all = greedy.take(last)).has_value();
        }));
        REQUIRE(behind_all->has_value());
        // The agent's own time of each turn.
        CHECK(status->uptime_ms < (*behind_all)->uptime_ms);
    }

    TEST_CASE("shutdown is answered, and the agent ends with 0") {
        AgentProcess agent;
        agent.start();
        agent.must(ipc::agent::Shutdown{});
        CHECK(agent.process().wait(20s) == 0);
    }

    TEST_CASE("a password is in no answer, event, log, database or bundle") {
        const std::string secret = "Xq7-never-to-be-seen-9Zk";
        AgentProcess::Options options;
        options.configuration =
            "[log]\nlevel = \"debug\"\n[secrets]\nstore = \"file\"\n[retry]\nbase_ms = 20\ncap_ms = 200\n";
        AgentProcess agent{options};
        agent.start();
        Listener listener{agent};
        PracticeStore store;
        set_parameter(agent, "SynchQOH", true);
        auto cart = cart_for("main", store.url(), store.user(), secret);
        cart.id = "call-1";
        agent.must(cart);
        ipc::carts::Update update;
        update.cart = "main";
        update.password = ipc::Secret{secret};
        update.id = "call-2";
        agent.must(update);
        ipc::carts::Test test;
        test.cart = "main";
        CHECK(!agent.must(test).ok);
        auto change = a_change("c1", "SKU-0001", -1);
        change.by = "Customer Confidential";
        change.note = "call 555-0199";
        change.reason_text = "for Mrs Confidential";
        agent.must(a_submit({change}));
        REQUIRE(eventually([&] {
            const auto status = agent.must(ipc::agent::Status{});
            return status.carts.at(0).health == ipc::Health::credentials;
        }));
        const auto bundle = agent.must(ipc::agent::Diagnostics{}).path;
        REQUIRE(std::filesystem::is_directory(bundle));
        CHECK(std::filesystem::status(bundle).permissions() == std::filesystem::perms::owner_all);
        const auto bundled = everything_in(bundle);
        CHECK(bundled.find("health credentials") != std::string::npos);
        CHECK(bundled.find(secret) == std::string::npos);
        CHECK(bundled.find("Confidential") == std::string::npos);
        CHECK(bundled.find("555-0199") == std::string::npos);

        for (const auto& method : ipc::methods()) {
            if (method.name == "agent.shutdown") continue;
            auto client = agent.client();
            if (const auto answer = client.call_raw(method.name, "\x80", 10s)) {
                const auto document = answer->message.tokens();
                for (const auto& token : document)
                    if (token.kind == ipc::Kind::text)
                        CHECK(std::string_view(token.bytes, token.size).find(secret) ==
                              std::string_view::npos);
            }
        }
        REQUIRE(listener.wait_for<ipc::events::AlertRaised>());  // the password was wrong; all before it has come with it
        for (const auto& event : listener.heard())
            for (const auto& token : event.message.tokens())
                if (token.kind == ipc::Kind::text)
                    CHECK(std::string_view(token.bytes, token.size).find(secret) == std::string_view::npos);

        auto& process = agent.process();
        const auto log = process.errors() + process.output();
        CHECK(agent.stop() == 0);
        CHECK(log.find(secret) == std::string::npos);
        CHECK(everything_in(agent.folder() / "state").find(secret) == std::string::npos);
        for (const auto& entry : std::filesystem::directory_iterator{agent.data_dir()}) {
            if (!entry.is_regular_file()) continue;
            CAPTURE(entry.path().string());
            std::ifstream file{entry.path(), std::ios::binary};
            const std::string text{std::istreambuf_iterator<char>{file}, {}};
            const bool is_secret_store = entry.path().filename() == "passwords.json";
            CHECK((text.find(secret) != std::string::npos) == is_secret_store);
            if (is_secret_store)
                CHECK(entry.status().permissions() ==
                      (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
        }
    }
}

TEST_SUITE("AgentClients") {
    TEST_CASE("malformed, oversized, unknown and half messages do not disturb another client") {
        AgentProcess agent;
        agent.start();
        auto good = agent.client();
        const auto hello = ipc::request(7, ipc::agent::Hello{"good", 1});
        const std::string bad[] = {
            "",
            "\xc1",
            "hello",
            std::string(1'000, '\x91'),
            std::string(1'000'000, '\xc0'),
            hello.substr(0, hello.size() / 2),
            hello + hello,
            hello + "x",
            "\x94\x02\x07\xa1x\x90",
            "\x93\x02\xa1x\x90",
            std::string{"\x94\x00\xc0\xa1x\x91\x80", 7},
            std::string{"\x94\x00\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1x\x91\x80", 15},
            std::string{"\xdd\xff\xff\xff\xff", 5},
            std::string{"\xdb\xff\xff\xff\xff", 5}};
        for (int round = 0; round < 20; ++round) {
            RawClient stranger{agent.endpoint()};
            for (const auto& bytes : bad) stranger.send(bytes);
            stranger.send_parts("one part", "and another");
            stranger.send_parts("", hello);
            CHECK(good.call(ipc::agent::Hello{"good", 1}, 20s).has_value());
        }
        RawClient giant{agent.endpoint()};
        giant.send(std::string(9u * 1'024 * 1'024, 'x'));
        CHECK(good.call(ipc::agent::Hello{"good", 1}, 20s).has_value());
        CHECK(agent.is_running());
    }

    TEST_CASE("what can be answered is answered with the reason") {
        AgentProcess agent;
        agent.start();
        RawClient client{agent.endpoint()};
        const auto ask = [&](std::string_view bytes) {
            client.send(bytes);
            return code_in(client.receive());
        };
        CHECK(ask(ipc::request(1, ipc::agent::Hello{"raw", 1})) == "answered");
        CHECK(ask(ipc::request(2, "agent.nothing", "\x80")) == "unknown_method");
        CHECK(ask(ipc::request(3, "agent.hello", "\x80")) == "invalid_params");
        CHECK(ask(std::string{"\x94\x00\x04\xabqoh.explain\x90", 16}) == "invalid_request");
        CHECK(ask(std::string{"\x94\x00\x05\xa5hello\x91\x01", 11}) == "invalid_request");
        CHECK(ask(std::string{"\x93\x00\x06\xa5hello", 9}) == "invalid_request");
        const auto deep = std::string{"\x94\x00\x07\xa1x\x91\x81\xa1y", 9} + std::string(20, '\x91') + '\xc0';
        CHECK(ask(deep) == "too_large");
    }

    TEST_CASE("a REQ client gets its delimiter back") {
        AgentProcess agent;
        agent.start();
        RawClient client{agent.endpoint(), zmq::socket_type::req};
        client.send(ipc::request(9, ipc::agent::Hello{"req", 1}));
        CHECK(code_in(client.receive()) == "answered");
    }

    TEST_CASE("a client that never reads its answers costs bounded memory and disturbs nobody") {
        AgentProcess agent;
        agent.start();
        auto good = agent.client();
        REQUIRE(good.call(ipc::agent::Status{}, 20s).has_value());
        const auto before = memory_kib(agent.process().id());
        RawClient deaf{agent.endpoint()};
        deaf.keep_answers(1);
        const auto question = ipc::request(1, ipc::agent::Metrics{});
        // Only who has been let in can be kept waiting.
        deaf.send(question);
        REQUIRE(deaf.receive(20s));
        int sent = 0;
        while (sent < 60'000 && deaf.send(question, 2s)) {
            if (++sent % 5'000 == 0) CHECK(good.call(ipc::agent::Status{}, 20s).has_value());
        }
        CHECK(sent > 1'000);
        CHECK(good.call(ipc::agent::Status{}, 20s).has_value());
        const auto grown = memory_kib(agent.process().id()) - before;
        CAPTURE(sent);
        CHECK(grown < 64 * 1'024);
    }

    TEST_CASE("five hundred requests under way on one connection are all answered") {
        AgentProcess agent;
        agent.start();
        auto client = agent.client();
        std::vector<ipc::Pending<ipc::parameters::Get>> pending;
        for (int n = 0; n < 500; ++n) {
            auto sent = client.send(ipc::parameters::Get{});
            REQUIRE(sent);
            pending.push_back(*sent);
        }
        std::size_t answered = 0;
        CHECK(eventually([&] {
            client.poll(100ms);
            answered += std::erase_if(pending, [&](const auto& one) {
                const auto result = client.take(one);
                return result && result->has_value();
            });
            return answered == 500;
        }));
    }
}
