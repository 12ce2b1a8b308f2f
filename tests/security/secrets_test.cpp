// A whole day with everything that has a secret, and everything that fails, at the loudest log level. Then each secret is
// looked for wherever something was written: it is where SECURITY.md says, and nowhere else.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "agent/lan/agent_keys.h"
#include "core/cart/seti/form.h"
#include "ipc/codec/json.h"
#include "tests/agent/gateway/script/raw_client.h"
#include "tests/agent/bench.h"
#include "tests/agent/gateway/database/servers.h"
#include "tests/agent/lan/shared_agent.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string in_html(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
    return out;
}

std::string decoded(const std::string& percent) {
    std::string out;
    for (std::size_t i = 0; i < percent.size(); ++i) {
        const bool is_escaped = percent[i] == '%' && i + 2 < percent.size();
        out += is_escaped ? static_cast<char>(std::stoi(percent.substr(i + 1, 2), nullptr, 16)) : percent[i];
        if (is_escaped) i += 2;
    }
    return out;
}

// A shop's script that tells all that it is told, in each of the ways in which scripts do.
class TalkativeStore {
public:
    explicit TalkativeStore(const PracticeStore& store) : store_{store}, server_{[this](test::Connection& c) { serve(c); }} {}
    void talk(bool does) noexcept { does_talk_ = does; }
    [[nodiscard]] std::string url() const { return server_.url("/stocktray.php"); }
    [[nodiscard]] int ways() const noexcept { return way_; }
    static constexpr int all_ways = 8;

private:
    void serve(test::Connection& connection) {
        while (const auto request = connection.read_request()) {
            FormPost post;
            post.url = store_.url();
            post.raw_body = request->substr(request->find("\r\n\r\n") + 4);
            if (!does_talk_) {
                if (!connection.send(test::answer(send(post).body))) return;
                continue;
            }
            const auto& form = post.raw_body;
            const auto from = form.find("password=") + 9;
            const auto password = decoded(form.substr(from, form.find('&', from) - from));
            if (!connection.send(told(way_++ % all_ways, form, password))) return;
        }
    }
    static std::string told(int way, const std::string& form, const std::string& password) {
        switch (way) {
            case 0: return test::answer("SETIError: Access denied for " + form);
            case 1: return test::answer("<b>Warning</b>: mysqli_connect(user, " + password + ") in x.php", "500 Internal Server Error");
            case 2: return test::answer("<pre>" + in_html(password) + "</pre>" + form);
            case 3: return test::answer("", "302 Found", "Location: https://shop.example/?" + form + "\r\n");
            case 4: return test::answer("<?xml version=\"1.0\"?><SETIError><Code>1</Code><Description>" + in_html(password) + "</Description></SETIError>",
                                        "200 OK", "Content-Type: text/xml\r\n");
            case 5: return test::answer("denied", "403 " + password, "X-Debug: " + password + "\r\nRetry-After: " + password + "\r\n");
            case 6: return test::answer("SETIResponse=OK\nSKU-0001: " + password);
            default: return "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nSETIError: " + password.substr(0, password.size() - 1);
        }
    }

    const PracticeStore& store_;
    std::atomic<bool> does_talk_{false};
    std::atomic<int> way_{0};
    test::ScriptedServer server_;
};

// Everything that was written, by the name of where: files, what programs printed, what the system shows of them.
class Found {
public:
    void add(const std::string& where, const std::string& text) { texts_[where] += text; }
    void add_folder(const std::string& name, const fs::path& folder) {
        for (const auto& entry : fs::recursive_directory_iterator{folder})
            if (entry.is_regular_file()) add(name + "/" + entry.path().lexically_relative(folder).string(), text_of(entry.path()));
    }
    void add_process(const std::string& name, const Process& process) {
        add(name + " cmdline", text_of(fmt::format("/proc/{}/cmdline", process.id())));
        add(name + " environ", text_of(fmt::format("/proc/{}/environ", process.id())));
        CHECK(texts_.at(name + " cmdline").size() > 10);
        CHECK(texts_.at(name + " environ").size() > 10);
    }
    void add_output(const std::string& name, const Process& process) { add(name + " output", process.output() + process.errors()); }

    // Where it occurs, in any of the forms in which it could be written.
    [[nodiscard]] std::set<std::string> places_of(const std::string& secret) const {
        std::set<std::string> places;
        for (const auto& form : {secret, cart::seti::percent_encode(secret), in_html(secret), base64(secret)})
            for (const auto& [where, text] : texts_)
                if (text.find(form) != std::string::npos) places.insert(where);
        return places;
    }
    [[nodiscard]] const std::string& text(const std::string& where) const { return texts_.at(where); }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }

private:
    static std::string base64(const std::string& text) {
        constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string out;
        for (std::size_t i = 0; i + 3 <= text.size(); i += 3) {  // whole groups only: enough to be recognised
            const auto byte = [&](std::size_t n) { return static_cast<unsigned>(static_cast<unsigned char>(text[i + n])); };
            const unsigned bits = byte(0) << 16U | byte(1) << 8U | byte(2);
            for (const unsigned shift : {18U, 12U, 6U, 0U}) out += digits[bits >> shift & 63U];
        }
        return out;
    }

    std::map<std::string, std::string> texts_;
};

}  // namespace

TEST_SUITE("Secrets") {
    TEST_CASE("after a day of failures each secret is where it is said to be, and nowhere else") {
        REQUIRE(missing_for_servers() == "");
        const std::string odd_password = "p&w <\"d%\"> 'Zk9-odd';x", guess = "guessed-by-somebody-77", wrong_database_password = "wrong;database-password-31";
        const TempDir home;
        const auto in_home = [&](const char* name) { return (home.path() / name).string(); };

        PracticeStore store{{.products = 3, .floor = PracticeStore::Floor::none}};
        TalkativeStore talkative{store};
        SharedAgent agent{{.configuration = "[log]\nlevel = \"debug\"\n[secrets]\nstore = \"file\"\n[retry]\nbase_ms = 20\ncap_ms = 200\n"}};
        Listener listener{agent};
        const std::map<std::string, std::string> environment{{"HOME", home.path()}, {"XDG_DATA_HOME", in_home("data")}, {"XDG_STATE_HOME", in_home("state")},
                                                             {"XDG_CONFIG_HOME", in_home("config")}, {"STOCKTRAY_PROFILE", ""}, {"STOCKTRAY_ENDPOINT", ""}};
        const auto ctl = [&](std::vector<std::string> words, const std::string& password = "") {
            std::vector<std::string> line{"sh", "-c", "exec \"$@\" 3<\"$0\"", in_home("typed"), STOCKTRAY_BIN_DIR "/stocktrayctl", "--endpoint", agent.endpoint()};
            line.insert(line.end(), words.begin(), words.end());
            std::ofstream{in_home("typed")} << password << '\n';
            auto finished = run({line, environment, {}});
            fs::remove(in_home("typed"));
            return finished;
        };
        Process watch{{{STOCKTRAY_BIN_DIR "/stocktrayctl", "--endpoint", agent.endpoint(), "--json", "watch"}, environment, {}}};
        Found found;
        const auto keep = [&](const std::string& name, const Finished& finished) { found.add(name, finished.output + finished.errors); };

        // Carts: one whose store talks, one with a password that is written differently everywhere, one with a wrong one.
        set_parameter(agent, "SynchQOH", true);
        set_parameter(agent, "SettleSeconds", std::int64_t{1});
        take_counts(agent, store, 3);
        for (const auto& [cart, password] : {std::pair<std::string, std::string>{"good", store.password()}, {"odd", odd_password}, {"wrong", guess}}) {
            const auto added = ctl({"carts", "add", cart, "--name", cart, "--url", cart == "wrong" ? store.url() : talkative.url(), "--user", store.user(),
                                    "--synchronize", "--allow-http", "--answer-within", "1", "--password-fd", "3"}, password);
            REQUIRE_MESSAGE(added.exit_code == 0, added.errors);
            keep("ctl add " + cart, added);
        }
        CHECK(eventually([&] { return agent.must(ipc::stack::List{}).posts.empty(); }));
        talkative.talk(true);
        for (int n = 0; n < TalkativeStore::all_ways; ++n) {
            agent.must(a_submit({a_change(std::to_string(n), fmt::format("SKU-{:04}", 1 + n % 3), -1)}));
            for (const char* cart : {"good", "odd", "wrong"}) {
                ipc::carts::Test test;
                test.cart = cart;
                (void)agent.call(test);
            }
        }
        CHECK(eventually([&] { return talkative.ways() > 2 * TalkativeStore::all_ways; }));
        ipc::jobs::Start audit;
        audit.kind = ipc::JobKind::audit;
        audit.cart = "odd";
        (void)agent.call(audit);  // refused or begun: it says something
        for (const auto& words : {std::vector<std::string>{"carts", "test", "odd"}, {"carts", "test", "wrong"}, {"carts", "list"}, {"status"}, {"--json", "status"},
                                  {"stack", "list"}, {"alerts"}, {"history"}, {"explain", "SKU-0001"}, {"report"},
                                  {"report", "--html", in_home("report.html")}})
            keep("ctl " + words[0] + " " + words.back(), ctl(words));
        CHECK(fs::file_size(in_home("report.html")) > 1'000);

        // Other computers.
        Workstation station, other;
        const auto pairing = agent.invite(ipc::Role::viewer);
        REQUIRE(station.pair(pairing).has_value());
        auto wrong_token = pairing;
        wrong_token.token = std::string(31, '0') + "7";
        (void)other.pair(wrong_token);
        agent.must(ipc::keys::Rotate{});

        // The gateway: an Order Manager that logs in, somebody who guesses, and two databases, of which one refuses.
        auto database = mariadb_server();
        database->run("CREATE TABLE item (code VARCHAR(40) NOT NULL PRIMARY KEY, stock INTEGER)");
        database->run("INSERT INTO item VALUES ('SKU-0001', 5)");
        fs::create_directory(in_home("gateway"));
        for (const auto& [name, password] : {std::pair<std::string, std::string>{"erp.password", Server::password}, {"bad.password", wrong_database_password}}) {
            std::ofstream{in_home("gateway") + "/" + name} << password << '\n';
            fs::permissions(in_home("gateway") + "/" + name, fs::perms{0600});
        }
        const int port = free_port();
        std::ofstream toml{in_home("gateway") + "/gateway.toml"};
        toml << fmt::format("[log]\nlevel = \"debug\"\n[script]\nlisten = \"127.0.0.1:{}\"\nsource = \"good\"\nstore_timeout_seconds = 2\n", port);
        for (const char* name : {"erp", "bad"})
            toml << fmt::format("[[database]]\nname = \"{0}\"\nevery = 1\nconnection = \"{1}\"\npassword_file = \"{2}/{0}.password\"\n"
                                "query = \"SELECT code, stock FROM item\"\n", name, database->connection(), in_home("gateway"));
        toml.close();
        const std::vector<std::string> gateway_line{STOCKTRAY_BIN_DIR "/stocktray-gateway", "--config", in_home("gateway") + "/gateway.toml", "--data-dir",
                                                    in_home("gateway") + "/data", "--endpoint", agent.endpoint()};
        auto test_line = gateway_line;
        test_line.emplace_back("--test");
        keep("gateway --test", run({test_line, environment, {}}));
        Process gateway{{gateway_line, environment, {}}};
        const auto log_in = [&](const std::string& password, const std::string& function) {
            FormPost post;
            post.url = fmt::format("http://127.0.0.1:{}/good", port);
            post.fields = {{"setifunction", function}, {"setiuser", store.user()}, {"password", password}, {"code", ""}, {"omversion", "5.900"},
                           {"update", "SKU-0002~-1|"}};
            return send(post);
        };
        REQUIRE(eventually([&] { return log_in(guess, "sendversion").status != 0; }));
        talkative.talk(false);
        CHECK(eventually([&] { return log_in(store.password(), "invupdate").body.starts_with("SETIResponse=OK"); }));
        (void)log_in(guess, "invupdate");
        {
            RawClient garbage{static_cast<std::uint16_t>(port)};  // what only the loudest level tells of
            garbage.write("POST /good HTTP/1.1\r\npassword: " + guess + "\r\nContent-Length: none at all\r\n\r\n");
            (void)garbage.read_some();
        }
        talkative.talk(true);
        for (int n = 0; n < TalkativeStore::all_ways; ++n) (void)log_in(odd_password + std::to_string(n), "downloadqoh");
        CHECK(eventually([&] { return gateway.errors().find("bad") != std::string::npos; }));

        // What is saved while the agent is away; then all of it as it lies there after a crash, the log of the database too.
        const auto bundle = agent.must(ipc::agent::Diagnostics{}).path;
        std::string events;
        CHECK(eventually([&] {
            listener.listen();
            events.clear();
            for (const auto& event : listener.heard()) events += ipc::to_json(event.data, ipc::Layout::one_line);
            return events.find("(secret)") != std::string::npos;
        }));
        found.add_process("agent", agent.process());
        found.add_process("gateway", gateway);
        found.add_process("watch", watch);
        found.add_output("agent", agent.process());
        agent.kill();
        keep("ctl spooled", ctl({"--timeout", "0.3", "submit", "SKU-0003", "1", "--reason", "adjustment", "--spool"}));
        gateway.kill();
        found.add_output("gateway", gateway);
        found.add_output("watch", watch);
        found.add("events", events);
        found.add_folder("agent", agent.folder());
        found.add_folder("home", home.path());
        found.add_folder("station", station.profile_file().parent_path());
        found.add_folder("other", other.profile_file().parent_path());

        // There was something to be found.
        CHECK(found.text("agent/data/stocktray.db-wal").size() > 10'000);
        CHECK(found.text("home/data/stocktray/spool.db").size() > 1'000);
        CHECK(found.text("agent output").find("workstations can reach the agent") != std::string::npos);
        CHECK(found.text("gateway output").find(" debug ") != std::string::npos);
        CHECK(found.text("gateway output").find("was not taken") != std::string::npos);
        CHECK(found.text("watch output").find("last_error") != std::string::npos);
        CHECK(found.text(fmt::format("agent/data/{}/log.txt", fs::path{bundle}.filename().string())).find("is closed") != std::string::npos);
        CHECK(found.text("home/report.html").size() > 1'000);
        CHECK(found.size() > 30);

        const auto keys = agent::AgentKeys::open(agent.data_dir() / "agent-keys.json").value();
        REQUIRE(keys.old());
        using Places = std::set<std::string>;
        const Places passwords{"agent/data/passwords.json"}, key_file{"agent/data/agent-keys.json"}, profile{"station/shared-agent.json"}, nowhere;
        const std::tuple<const char*, std::string, Places> secrets[] = {
            {"a cart's password", store.password(), passwords},
            {"a cart's wrong password", guess, passwords},
            {"a database's password", Server::password, {"home/gateway/erp.password"}},
            {"a database's wrong password", wrong_database_password, {"home/gateway/bad.password"}},
            {"the agent's key", keys.current().secret_key.reveal(), key_file},
            {"the agent's key, as ZeroMQ has it", keys.current().secret_z85(), nowhere},
            {"the agent's key before", keys.old()->keys.secret_key.reveal(), key_file},
            {"a workstation's key", station.profile().own.secret_key.reveal(), profile},
            {"a workstation's key, as ZeroMQ has it", station.profile().own.secret_z85(), nowhere},
            {"a pairing token", pairing.token, nowhere},
            {"a wrong pairing token", wrong_token.token, nowhere},
        };
        for (const auto& [name, secret, places] : secrets) {
            CAPTURE(name);
            REQUIRE(secret.size() > 8);
            const auto seen = found.places_of(secret);
            for (const auto& place : seen) CHECK_MESSAGE(places.contains(place), place);
            CHECK(seen == places);
        }
        // Its quotation marks are written in JSON's way in the file; elsewhere it must not be in any.
        CHECK(found.places_of(odd_password) == nowhere);
        CHECK(found.text("agent/data/passwords.json").find(R"('Zk9-odd')") != std::string::npos);
        CHECK(found.places_of("'Zk9-odd'") == passwords);
    }
}
