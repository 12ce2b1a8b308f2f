// The units of systemd: sound, as tight as is said in SECURITY.md, and not so tight that a program could not do its work.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/agent/bench.h"
#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/agent/lan/shared_agent.h"
#include "tests/support/needs.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

struct Unit {
    const char* kind;
    const char* program;
    double exposure;  // at most, as `systemd-analyze security` counts
};
constexpr Unit units[] = {{"system", "stocktray-agent", 1.4},
                          {"system", "stocktray-gateway", 1.2},
                          {"user", "stocktray-agent", 6.9},
                          {"user", "stocktray-gateway", 6.9}};

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

// As installed, with the program that was built.
std::string unit_text(const Unit& unit) {
    const auto source = std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "installer/systemd" / unit.kind / fmt::format("{}.service", unit.program);
    return std::regex_replace(text_of(source), std::regex{"@CMAKE_INSTALL_FULL_BINDIR@"}, STOCKTRAY_BIN_DIR);
}

bool has_systemd() {
    return has_what_it_needs(run({{"sh", "-c", "command -v systemd-analyze"}, {}, {}}).exit_code == 0 ? "" : "there is no systemd-analyze");
}

Finished analyze(const TempDir& folder, const Unit& unit, std::vector<std::string> words) {
    const auto file = folder.path() / fmt::format("{}.service", unit.program);
    std::ofstream{file} << unit_text(unit);
    std::vector<std::string> line{"systemd-analyze", "--no-pager", "--man=no"};
    if (unit.kind == std::string{"user"}) line.emplace_back("--user");
    line.insert(line.end(), words.begin(), words.end());
    line.push_back(file.string());
    return run({line, {{"XDG_RUNTIME_DIR", folder.path().string()}}, {}});
}

using Names = std::set<std::string>;

// systemd's sets of system calls, as its tool lists them.
std::map<std::string, Names> call_sets() {
    std::map<std::string, Names> sets;
    std::istringstream lines{run({{"systemd-analyze", "--no-pager", "syscall-filter"}, {}, {}}).output};
    std::string set;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("@")) set = line;
        else if (const auto at = line.find_first_not_of(' '); at != line.npos && line[at] != '#') sets[set].insert(line.substr(at));
    }
    return sets;
}

Names members(const std::map<std::string, Names>& sets, const std::string& set) {
    Names all;
    for (const auto& name : sets.at(set)) {
        if (name.starts_with("@")) all.merge(members(sets, name));
        else all.insert(name);
    }
    return all;
}

// What the unit's SystemCallFilter lets through.
Names allowed_by(const Unit& unit) {
    const auto sets = call_sets();
    Names allowed;
    std::istringstream lines{unit_text(unit)};
    for (std::string line; std::getline(lines, line);) {
        const std::string key = "SystemCallFilter=";
        if (!line.starts_with(key)) continue;
        auto words = line.substr(key.size());
        const bool is_forbidden = words.starts_with("~");
        std::istringstream names{words.substr(is_forbidden ? 1 : 0)};
        for (std::string name; names >> name;)
            for (const auto& call : name.starts_with("@") ? members(sets, name) : Names{name})
                is_forbidden ? void(allowed.erase(call)) : void(allowed.insert(call));
    }
    return allowed;
}

// The names in the table that `strace -c` writes.
Names calls_in(const std::filesystem::path& file) {
    Names names;
    std::istringstream lines{text_of(file)};
    for (std::string line; std::getline(lines, line);) {
        std::smatch found;
        if (std::regex_match(line, found, std::regex{R"(\s*[0-9.]+\s+[0-9.]+\s+[0-9]+\s+[0-9]+\s+(?:[0-9]+\s+)?([a-z_0-9]+))"}) && found[1] != "total")
            names.insert(found[1]);
    }
    return names;
}

// What stands behind `key`, in the section that it belongs to.
std::string setting(const Unit& unit, const std::string& section, const std::string& key) {
    std::istringstream lines{unit_text(unit)};
    std::string in;
    std::string found;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("[")) in = line;
        if (in == "[" + section + "]" && line.starts_with(key + "=")) found = line.substr(key.size() + 1);
    }
    return found;
}

std::set<int> numbers_in(const std::string& text, const std::regex& pattern) {
    std::set<int> numbers;
    for (std::sregex_iterator found{text.begin(), text.end(), pattern}, end; found != end; ++found) numbers.insert(std::stoi((*found)[1]));
    return numbers;
}

void check_allowed(const Names& calls, const char* program) {
    CHECK(calls.size() > 30);
    for (const auto& unit : units) {
        if (unit.program != std::string{program}) continue;
        CAPTURE(unit.kind);
        const auto allowed = allowed_by(unit);
        CHECK(!allowed.contains("ptrace"));
        // As root, who the test may be and the units' users are not, SQLite gives its files to their owner.
        for (const auto& call : calls) CHECK_MESSAGE((allowed.contains(call) || call == "fchown"), call);
    }
}

}  // namespace

TEST_SUITE("Units") {
    TEST_CASE("systemd finds nothing wrong in them, and they are as tight as is said") {
        if (!has_systemd()) return;
        for (const auto& unit : units) {
            CAPTURE(unit.kind);
            CAPTURE(unit.program);
            const TempDir folder;
            const auto verified = analyze(folder, unit, {"verify"});
            CHECK(verified.exit_code == 0);
            CHECK(verified.output + verified.errors == "");
            const auto rated = analyze(folder, unit, {"security", "--offline=true"});
            std::smatch figure;
            REQUIRE(std::regex_search(rated.output, figure, std::regex{R"(exposure level for [^:]+: ([0-9.]+))"}));
            CHECK(std::stod(figure[1]) <= unit.exposure);
            const auto said = text_of(STOCKTRAY_SOURCE_DIR "/SECURITY.md");
            CHECK_MESSAGE(said.find(fmt::format("{:.1f}", unit.exposure)) != std::string::npos, "SECURITY.md has another figure");
        }
    }

    TEST_CASE("who dies at once is started again at leisure and without end, unless that cannot help") {
        // As sysexits.h numbers them. A person has to do something about the first; what the others stand for may be over in a minute.
        const std::set<int> for_a_person{64, 65, 73, 78};  // command line, damaged or too new, held by another, configuration
        const std::set<int> may_pass{69, 71, 74};          // no endpoint, no memory, no disk
        const std::set<int> no_failure{0, 1};              // 1: what `--test` finds
        for (const auto& unit : units) {
            CAPTURE(unit.kind);
            CAPTURE(unit.program);
            CHECK(setting(unit, "Service", "Restart") == "on-failure");
            // A limit would leave it down for good after a disk that was full for a night; without one the pause is what keeps a
            // program that cannot start from being a load.
            CHECK(setting(unit, "Unit", "StartLimitIntervalSec") == "0");
            const auto pause = setting(unit, "Service", "RestartSec");
            REQUIRE(!pause.empty());
            CHECK(std::stoi(pause) >= 10);
            const auto given_up = numbers_in(setting(unit, "Service", "RestartPreventExitStatus"), std::regex{R"((\d+))"});
            const auto help = run({{std::string{STOCKTRAY_BIN_DIR "/"} + unit.program, "--help"}, {}, {}}).output;
            const auto codes = numbers_in(help.substr(std::min(help.size(), help.find("Exit codes:"))), std::regex{R"(\b(\d+) )"});
            CHECK(codes.size() > 4);
            for (const int code : codes) {
                CAPTURE(code);
                CHECK((for_a_person.contains(code) || may_pass.contains(code) || no_failure.contains(code)));
                CHECK(given_up.contains(code) == for_a_person.contains(code));
            }
            for (const int code : given_up) CHECK(codes.contains(code));
        }
    }

    TEST_CASE("what they forbid is nothing that the agent or the gateway does") {
        if (!has_systemd()) return;
        const TempDir folder;
        const auto traced = [&](const char* file) {
            return std::vector<std::string>{"strace", "-f", "-c", "-o", (folder.path() / file).string()};
        };
        {
            Bench bench{{.agent = {.wrapper = traced("agent")}, .script = "order_script.php"}};
            GatewayProcess gateway{bench.agent, ""};
            gateway.start(traced("gateway"));
            FormPost post;
            post.url = gateway.url();
            post.fields = {{"setifunction", "invupdate"}, {"setiuser", bench.store.user()}, {"password", bench.store.password()},
                           {"code", ""}, {"omversion", "5.900"}, {"update", "SKU-0001~-1|"}};
            CHECK(send(post).body.starts_with("SETIResponse=OK"));
            for (const auto child : children_of(gateway.process().id())) ::kill(child, SIGTERM);
            CHECK(gateway.process().wait(60s).has_value());

            const int port = free_port();
            set_parameter(bench.agent, "LanAddress", fmt::format("127.0.0.1:{}", port));
            CHECK(eventually([&] { return outcome(bench.agent, ipc::keys::Invite{ipc::Role::viewer, {}, {}}) == "answered"; }));
            const Workstation station;
            CHECK(station.pair(ipc::Pairing::parse(bench.agent.must(ipc::keys::Invite{ipc::Role::viewer, {}, "127.0.0.1"}).pairing).value()));
            CHECK(!bench.agent.must(ipc::agent::Diagnostics{}).path.empty());
            CHECK(bench.rests());
            bench.agent.must(ipc::agent::Shutdown{});
            CHECK(bench.agent.process().wait(60s).has_value());
        }
        check_allowed(calls_in(folder.path() / "agent"), "stocktray-agent");
        check_allowed(calls_in(folder.path() / "gateway"), "stocktray-gateway");
    }
}
