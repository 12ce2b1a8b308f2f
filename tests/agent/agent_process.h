// The real agent in a folder of its own, which can be killed and started again.
#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <optional>
#include <string>

#include "ipc/client/client.h"
#include "ipc/messages/registry.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

class AgentProcess {
public:
    struct Options {
        // agent.toml; quick times unless told otherwise.
        std::string configuration{
            "[log]\nlevel = \"warning\"\n[secrets]\nstore = \"file\"\n"
            "[retry]\nbase_ms = 20\ncap_ms = 200\n"
            "[doubts]\nbetween_reads_ms = 50\nafter_import_ms = 50\nretry_base_ms = 50\nretry_cap_ms = 500\n"};
        std::map<std::string, std::string> environment{};
        std::vector<std::string> wrapper{};  // runs the agent under another program (strace, faketime)
    };

    AgentProcess() : AgentProcess(Options{}) {}
    explicit AgentProcess(Options options);

    void start();               // and waits until it answers
    void start_without_waiting();
    void kill();                // SIGKILL
    [[nodiscard]] int stop();   // SIGTERM; the exit code
    [[nodiscard]] bool is_running() { return process_ && process_->is_running(); }
    [[nodiscard]] Process& process() { return *process_; }

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return dir_.path(); }
    [[nodiscard]] std::filesystem::path data_dir() const { return dir_.path() / "data"; }
    [[nodiscard]] std::string endpoint() const { return "ipc://" + (dir_.path() / "run" / "rpc.sock").string(); }
    [[nodiscard]] std::vector<std::string> command_line() const;
    [[nodiscard]] std::map<std::string, std::string> environment() const;

    // `reach_within`: long enough for an agent that has to wait for its turn on a busy machine.
    [[nodiscard]] ipc::Client client(std::chrono::milliseconds reach_within = std::chrono::seconds{5}) const;
    // Waits for either, at most half a minute or a little longer; false: it runs and is mute.
    [[nodiscard]] bool answers_or_ends();
    // Whether it runs, or what it wrote before it ended: for messages of tests.
    [[nodiscard]] std::string state();

    // A call that must succeed, however busy the machine is; throws std::runtime_error with the agent's words otherwise.
    template <ipc::Request T>
    typename T::Result must(const T& request, std::chrono::milliseconds limit = std::chrono::seconds{20}) {
        auto connected = client(limit);
        auto result = connected.call(request, limit);
        if (!result) throw std::runtime_error{std::string{T::method.name} + ": " + result.error().message + " " + state()};
        return std::move(*result);
    }
    // The same, expecting an error.
    template <ipc::Request T>
    ipc::Expected<typename T::Result> call(const T& request,
                                           std::chrono::milliseconds limit = std::chrono::seconds{20}) {
        auto connected = client(std::min<std::chrono::milliseconds>(limit, std::chrono::seconds{5}));
        return connected.call(request, limit);
    }

private:
    Options options_;
    TempDir dir_;
    std::optional<Process> process_;
};

// Asks until it holds; false after `limit`.
[[nodiscard]] bool eventually(const std::function<bool()>& holds,
                              std::chrono::milliseconds limit = std::chrono::seconds{30});

// To the end. A command line that did not reach the agent within its second (3) has done nothing: it is said again.
[[nodiscard]] Finished run_until_reached(const Command& command);

// A cart for a script URL, synchronized.
[[nodiscard]] ipc::carts::Create cart_for(const std::string& id, const std::string& url, const std::string& user,
                                          const std::string& password);
void set_parameter(AgentProcess& agent, const std::string& name, ipc::Value value);

}  // namespace stocktray::tests
