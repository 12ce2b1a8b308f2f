#include "tests/agent/agent_process.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

namespace stocktray::tests {

using namespace std::chrono_literals;

AgentProcess::AgentProcess(Options options) : options_{std::move(options)} {
    std::ofstream{dir_.path() / "agent.toml"} << options_.configuration;
}

std::vector<std::string> AgentProcess::command_line() const {
    auto line = options_.wrapper;
    for (const auto& word : {std::string{STOCKTRAY_BIN_DIR "/stocktray-agent"}, std::string{"--data-dir"}, data_dir().string(),
                             std::string{"--endpoint"}, endpoint(), std::string{"--config"},
                             (dir_.path() / "agent.toml").string()})
        line.push_back(word);
    return line;
}

std::map<std::string, std::string> AgentProcess::environment() const {
    auto environment = options_.environment;
    environment["XDG_STATE_HOME"] = (dir_.path() / "state").string();
    return environment;
}

void AgentProcess::start_without_waiting() { process_.emplace(Command{command_line(), environment(), {}}); }

void AgentProcess::start() {
    start_without_waiting();
    if (!answers_or_ends() || !process_->is_running()) throw std::runtime_error{"No answer; " + state()};
}

std::string AgentProcess::state() {
    if (!process_) return "the agent was not started";
    return (is_running() ? "the agent runs: " : "the agent has ended: ") + process_->errors();
}

void AgentProcess::kill() {
    if (process_) process_->kill();
    process_.reset();
}

int AgentProcess::stop() {
    process_->send_signal(SIGTERM);
    const auto code = process_->wait(20s);  // it promises 5 s; a store may hang for 30 s
    process_.reset();
    return code.value_or(-1);
}

ipc::Client AgentProcess::client(std::chrono::milliseconds reach_within) const {
    return ipc::Client::open({.endpoint = endpoint(), .reach_within = reach_within}).value();
}

// Short looks notice its end at once; where the machine is so busy that a connection takes longer than they last, none of them
// would ever be answered, so each is longer than the one before.
bool AgentProcess::answers_or_ends() {
    std::chrono::milliseconds patience = 50ms;
    return eventually([&] {
        if (!is_running()) return true;
        patience = std::min<std::chrono::milliseconds>(2 * patience, 10s);
        auto connected = client(patience);
        return connected.call(ipc::agent::Hello{"test", 1}, 5 * patience).has_value();
    });
}

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (holds()) return true;
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(10ms);
    }
}

Finished run_until_reached(const Command& command) {
    constexpr int not_reached = 3;
    Finished done;
    (void)eventually([&] {
        done = run(command);
        return done.exit_code != not_reached;
    });
    return done;
}

ipc::carts::Create cart_for(const std::string& id, const std::string& url, const std::string& user,
                            const std::string& password) {
    ipc::carts::Create cart;
    cart.cart = id;
    cart.name = id;
    cart.url = url;
    cart.user = user;
    cart.password = ipc::Secret{password};
    cart.allow_http = true;
    cart.synchronize_inventory = true;
    return cart;
}

void set_parameter(AgentProcess& agent, const std::string& name, ipc::Value value) {
    ipc::parameters::Set set;
    set.parameters[name] = std::move(value);
    agent.must(set);
}

}  // namespace stocktray::tests
