#include "tests/agent/gateway/script/gateway_process.h"

#include <fmt/format.h>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "tests/support/sqlite_file.h"
#include "tests/support/wait_until.h"

namespace stocktray::tests {
namespace {

constexpr std::chrono::seconds patience{90};  // counts are taken over five seconds after the last of them, and may be many

}  // namespace

GatewayProcess::GatewayProcess(const AgentProcess& agent, std::string table, std::string authority)
    : endpoint_{agent.endpoint()}, authority_{std::move(authority)}, environment_{agent.environment()} {
    std::ofstream{dir_.path() / "gateway.toml"} << fmt::format("[log]\nlevel = \"debug\"\n[script]\nlisten = \"127.0.0.1:{}\"\n{}\n",
                                                               port_, table);
}

std::string GatewayProcess::url(const std::string& cart) const { 
    return fmt::format("{}://127.0.0.1:{}/{}", authority_.empty() ? "http" : "https", port_, cart);
}

std::vector<std::string> GatewayProcess::command() const {
    return {std::string{STOCKTRAY_BIN_DIR} + "/stocktray-gateway", "--config", (dir_.path() / "gateway.toml").string(), "--data-dir",
            data_dir().string(), "--endpoint", endpoint_};
}

void GatewayProcess::start_without_waiting(std::vector<std::string> wrapper) {
    for (auto& word : command()) wrapper.push_back(word);
    process_.emplace(Command{wrapper, environment_, {}});
}

void GatewayProcess::start(std::vector<std::string> wrapper) {
    start_without_waiting(std::move(wrapper));
    const bool is_up = wait_until([&] {
        FormPost probe;
        probe.url = url("");
        probe.ca_file = authority_;
        probe.fields = {{"setifunction", "sendversion"}};
        return !process_->is_running() || send(probe).status == 404;
    }, std::chrono::seconds{60});
    if (!is_up || !process_->is_running()) throw std::runtime_error{"the gateway does not answer: " + process_->errors()};
}

void GatewayProcess::kill() {
    process_->kill();
    process_.reset();
}

int GatewayProcess::stop() {
    process_->send_signal(SIGTERM);
    const auto code = process_->wait(std::chrono::seconds{20});
    process_.reset();
    return code.value_or(-1);
}

Finished GatewayProcess::test() {
    auto words = command();
    words.emplace_back("--test");
    return run({words, environment_, {}});
}

Finished GatewayProcess::end_of_start() { return run({command(), environment_, {}}); }

GatewayBench::GatewayBench(const Options& options)
    : bench{{.skus = options.skus, .script = "order_script.php", .script_query = options.query}},
      gateway{bench.agent, options.table, options.authority} {
    gateway.start();
}

Fields GatewayBench::fields(const std::string& function, const Fields& more) const {
    Fields fields{{"setifunction", function},
                  {"setiuser", bench.store.user()},
                  {"password", bench.store.password()},
                  {"code", ""},
                  {"omversion", "5.900"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

Reply GatewayBench::call(const std::string& function, const Fields& more, const std::string& cart) const {
    FormPost post;
    post.url = gateway.url(cart);
    post.fields = fields(function, more);
    post.ca_file = gateway.authority();
    return send(post);
}

std::string GatewayBench::post(const std::string& sku, int delta, const std::string& cart) const {
    (void)call("sendversion", {}, cart);  // the Order Manager asks it before each piece of work
    return call("invupdate", {{"update", fmt::format("{}~{}|", sku, delta)}}, cart).body;
}

std::string GatewayBench::with_count(std::string answer, const std::string& sku) const {
    (void)eventually([&] {
        if (answer != fmt::format("SETIResponse=OK;SKU={};NOTE=", sku)) return true;
        answer = call("invupdate", {{"update", fmt::format("{}~0|", sku)}}).body;
        return false;
    });
    return answer;
}

bool GatewayBench::rests() {
    SqliteFile spool{gateway.data_dir() / "spool.db"};
    return eventually([&] { return spool.number("SELECT count(*) FROM entries WHERE state = 'waiting'") == 0; }) && bench.rests();
}

bool GatewayBench::store_has(const std::string& sku, long long count) {
    return eventually([&] { return bench.store.count(sku) == count; }, patience) && rests() && bench.store.count(sku) == count;
}

bool GatewayBench::book_has(const std::string& sku, long long count) {
    return eventually([&] { return bench.book(sku) == count; }, patience);
}

}  // namespace stocktray::tests
